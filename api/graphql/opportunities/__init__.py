"""Opportunities in the schema."""
