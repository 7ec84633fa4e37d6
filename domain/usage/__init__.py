"""Whether the system is used: how often which role asked for which operation on which day, and how many people did.

The cube `usage` shows roles and operations, and counts people without saying who they are.
"""
