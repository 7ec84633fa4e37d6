"""Machine keys in the schema."""
