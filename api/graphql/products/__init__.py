"""Products in the schema."""
