"""Touchpoints: each contact with a customer, on any channel."""
