"""Households: people who live, and often buy, together. A customer is in one at a time."""
