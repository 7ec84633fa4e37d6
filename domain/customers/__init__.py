"""Customers with their external ids, contact points and dated traits."""
