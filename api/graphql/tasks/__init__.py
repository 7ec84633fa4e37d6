"""Tasks in the schema."""
