"""Offers, and their grants to customers."""
