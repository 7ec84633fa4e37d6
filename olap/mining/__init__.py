"""Models over the cube's star: what is worked out of all customers at once, in the engine, by SQL.

They know the star and nothing of the domain; `api/scoring.py` carries their results back.
"""
