"""Touchpoints in the schema."""
