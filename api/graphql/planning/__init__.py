"""An operation becomes a selection.

planner.py     the walk that holds the others together
collect.py     which fields are asked, aliases, fragments and directives resolved
asked.py       one field of the operation, as its reading sees it
arguments.py   arguments as templates: structure now, values at each call
shape.py       what of the variables the structure depends on: the plan's key
readings.py    what each kind of field turns into
nodes.py       which entity a type of node shows
browsing.py    the filters and orderings of an entity's connections
pages.py       windows, orders and the parts of a connection
mixtures.py    connections of rows of several types
filters.py     filter inputs as conditions
rights.py      who may ask for the field
"""
