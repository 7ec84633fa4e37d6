"""Scores of customers and the schemes they are told by."""
