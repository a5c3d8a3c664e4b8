"""What rules come to over facts: the reference, the columns, and durable-rules as a second opinion."""
