"""Opportunities: possible sales, from the first hint to the order or to the reason why there is none."""
