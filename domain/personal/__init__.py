"""What is held about persons, as a whole: how long, what of it leaves the house, and how it is taken away.

Every table with a way to a customer is found by walking the foreign keys, and every personal column has a rule
(`rules.py`): a test fails on a column without one, so that a new table can be forgotten neither by an export nor by an
erasure.
"""
