"""Segments: who meets a rule, or whom a list names."""
