"""The timeline of a customer: what happened, of every kind, in one connection."""
