"""Importing files: a mapping says which column is what, readers stream the files, rows are checked and staged.

The flow is one way: `sources` opens a file of any format and yields batches of raw columns; `rows` turns a batch into
typed columns, refusing bad rows with their reason; `staged` forms the tables that domain.intake merges. Each
distinct value of a batch is parsed once, in Python, which costs little and gives every format the same rules
and reasons; everything per row is done on whole columns by Arrow and numpy.

All files are read and staged before anything is merged: a file that ends in its middle changes nothing.
"""
