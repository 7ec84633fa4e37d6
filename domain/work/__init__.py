"""What cases, opportunities and tasks have in common: a customer is meant, a branch does it, somebody owns it."""
