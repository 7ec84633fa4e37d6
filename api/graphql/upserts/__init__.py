"""Upserts: rows of other systems, thousands a call, by the names that these systems have for things.

The rows of a call are not made into objects: graphql-core's coercion and Strawberry's conversion took longer than all
the rest together (measured). They stay the dicts that graphql-core would give, made by `coercion`, and the answers of
all rows are made at once, by `rows`. Both are held to graphql-core's own ways by property tests.
"""
