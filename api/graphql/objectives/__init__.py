"""Objectives and targets in the schema."""
