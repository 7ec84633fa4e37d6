"""The language of rule trees: what can be said of a customer, as data.

A tree is JSON, kept as it was told: `{"all": [{"trait": {"name": "REGION", "in": ["서울"]}}, {"orders": {"atLeast": 3,
"days": 90}}]}`. `reading` checks it and makes the tree of `tree`; what asks it of customers compiles that, on Postgres
(domain/segments) or over the star (olap, which reads the same JSON). Windows are of company days: `days: 90` are the
last 90, today included.
"""
