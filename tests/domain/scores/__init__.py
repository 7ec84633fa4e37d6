"""Scores of customers and their schemes, on a real Postgres."""
