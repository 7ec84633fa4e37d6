"""Products and the category tree."""
