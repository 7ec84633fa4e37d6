"""Contents in the schema."""
