"""Bulk intake: many rows of another system become ours, set by set, by their external ids.

Rows are copied into temporary tables of the connection (`staging`) and merged from there by a number of
statements that does not grow with the rows. Temporary, because then nothing is left of an intake that dies; what
it had committed is whole, and the next one finds it UNCHANGED. Stored staging was refused: it would have to be
watched, cleaned and secured, to save reading files again, which is the cheaper half of the work.

Each transaction holds whole aggregates and lasts about a second, since an open one holds the feed of changes back.
"""
