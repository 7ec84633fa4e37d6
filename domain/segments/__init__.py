"""Segments: customers whom a rule picks or a list names. Membership is history: entered and left.

A rule is asked of one customer or of all by the same statement (`membership`), which joins each behaviour once and
tests the tree on its result: a plan whose cost grows with rows, never with rows times conditions. Correlated
subqueries were refused: right for one customer, and hours for a million under OR.
"""
