"""Upserts: what ERP and SCM say about things that they and we both know, thousands of rows a call.

A row names what it is about by `key`: our id, or the name that its system has for it. What is not there is created
under that name; what is there changes in what the row says: absent = left, null = cleared. So several systems can speak
about one customer, each of what it knows. Rows are staged and merged as those of files are (domain/intake), by a
number of statements that does not grow with them.

What was decided:

- `sourceVersion` is a number or a time that the source counts up. It is kept per (system, name). A row with an older
  one than was seen is STALE and changes nothing, so late and doubled deliveries do no harm. An *equal* one counts as
  newer: a source whose clock ticks in seconds may change a thing twice in one, and the same content again is
  UNCHANGED anyway. Where a source goes over from numbers to times, or back, the new kind begins anew. A row that is
  named by our id has no version of its source.
- A row that says what it said before, of what has not changed since, is UNCHANGED without another look (before.py).
- The same key twice in a call: the first row counts, later ones are DUPLICATE_IN_BATCH. So are two names of one thing.
- A row that refers to what is not there, or what its writer may not see, is REJECTED, also a touchpoint: guessing an
  anonymous contact out of a customer who comes later would lose whose it was. Send it again afterwards.
- A row of one thing costs itself alone; under REJECT_ALL it costs all, and the others say NOT_WRITTEN.
- Lists that belong to a row: the lines of an order or a shipment are replaced as a multiset; contact points and further
  names of a customer or a product are added and never taken away, since another system may have brought them.
- Refused: taking the newest of several rows of one key (which one the source meant is its own affair), and stale rows
  as errors (a late delivery is no fault of the source).
"""
