"""The access log in the schema."""
