"""What is asked of the store, as a tree, and the one SQL statement that answers it in JSON.

A *selection* is a frozen tree (tree.py): the fields of one answer by the key they have in it, the relations they
follow, with filter, order and page. It is said over *entities* (entities.py): what may be asked of an aggregate,
declared in domain/<aggregate>/queries.py. `compile.py` turns a selection into one statement (statement.py) whose JSON
Postgres builds; `run.py` asks it. Nothing here knows GraphQL.

Why so: no object per row, no query per row, one snapshot per answer, and one place that formats values. Values
(values.py) are no part of the statement's text: literals and variables are bound, so a selection is compiled once and
asked many times. Page sizes, orderings and the presence of a filter are part of the text, because the plan that
Postgres makes depends on them: with a bound LIMIT it never settles on a generic plan and plans anew at each call.

Who asks is part of every row's condition: each entity names its `visible_to`, and nothing is read without it, also
not inside filters. A cursor (cursors.py) is only a place in an order: an altered one can move the reader, never show
him more.

The rows of a page come from a source: one entity (sources.py), a search in the order of a name, share by share
(found.py), or several entities in one order (mixed.py), each read by an index of its own and no further than the page.

Refused: json_build_object and json_agg (25 % slower, spaces in the output, at most 50 pairs); objects of the ORM
(one per row); a join of to-many relations (pages of children come out wrong); for searches a table of ordered grams
(ten rows to write for each customer) and LIKE over all names (0.2 s for 1,000,000); nulls first in one direction, as
Postgres has it.
"""
