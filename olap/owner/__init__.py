"""One process owns a cube's file: `dangol serve`, or whoever opens it first. Others ask it over a local socket.

DuckDB lets no second process open a file that has a writer, not even to read.
"""
