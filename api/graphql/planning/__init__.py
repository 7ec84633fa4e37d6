"""An operation becomes a selection.

collect.py     which fields are asked, aliases, fragments and directives resolved
arguments.py   arguments as templates: structure now, values at each call
shape.py       what of the variables the structure depends on: the plan's key
readings.py    what each kind of field turns into
pages.py       windows, orders and the parts of a connection
filters.py     filter inputs as conditions
rights.py      who may ask for the field
planner.py     the walk that holds them together
"""
