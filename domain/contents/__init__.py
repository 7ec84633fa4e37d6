"""Contents: information to give to customers."""
