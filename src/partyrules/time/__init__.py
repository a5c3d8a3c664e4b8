"""Civil dates, calendar periods, declared terms, zones."""
