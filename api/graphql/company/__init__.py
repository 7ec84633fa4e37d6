"""The company's exchange rates."""
