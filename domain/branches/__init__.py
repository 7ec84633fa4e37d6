"""Branches: shops, the web shop, the call centre."""
