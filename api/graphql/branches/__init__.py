"""Branches in the schema."""
