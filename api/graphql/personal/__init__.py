"""Retention, exports and erasures of persons in the schema."""
