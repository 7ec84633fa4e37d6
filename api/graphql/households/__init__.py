"""Households in the schema."""
