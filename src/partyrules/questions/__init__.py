"""What an application asks: audits, decisions, explanations, records of them, and what looks like a slip."""
