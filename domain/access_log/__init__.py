"""Who read what of whom: one row for each request that showed contact, unique or sensitive data, and each export.

Append only: a trigger refuses changes. Rows past their retention are deleted by a job that says so (dangol.erasing).
What it holds itself is keys and names of groups, no personal value.
"""
