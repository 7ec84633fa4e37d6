"""The GraphQL API: types that say which columns and relations they show, and reads planned before they run.

    http.py        GraphQL over HTTP: bytes in, bytes out
    documents.py   a document by its hash: parsed and validated once
    planning/      an operation becomes a selection of the domain (domain/selection) and so one statement
    execution.py   the plan is run; what cannot be planned goes through Strawberry with the same answer
    fields.py      `column`, `relation`, ...: what a field stands for, said beside the field
    writes.py      `writes`: how a mutation is declared
    inputs.py      what a mutation's input says, for the domain
    <aggregate>/   types.py, query.py, inputs.py, mutation.py

**A plan** belongs to (document, operation, role, scope, shape of the variables). The shape holds what the statement's
text depends on: which variables and input keys are there or null, booleans, page sizes, orderings, and the types that
opaque ids name. All other values are bound at each call. So a request costs a look-up, the binding of its values and
one statement, whose text is the answer: no object per row and no resolver per field.

**What cannot be planned** is a field without a reading: introspection, mutations, hand-written resolvers. Then the
plannable root fields are still one statement; its answer is Strawberry's root value, and each field reads
`source[response key]` from it. Values were formatted by SQL and pass through scalars unchanged, so both ways give the
same bytes (tests/api/graphql/test_two_ways.py).

**Who may** is decided while planning: a field whose group the role lacks refuses the document before anything runs.

Refused: resolvers with DataLoader (16 times slower here); Strawberry's own relay (offset cursors, objects per row).
"""

import api.graphql.later  # noqa: F401  # before any type is declared
