"""The same work done by others: good SQL on DuckDB, a bare NumPy pass, and two rule engines used alone."""
