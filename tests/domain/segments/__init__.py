"""Segments: rules asked of customers, lists, and membership as history."""
