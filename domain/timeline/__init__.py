"""What happened with a customer, of every kind in one order: newest first.

It has no table: each kind is read from its own by the index over (customer, time, id), a page's worth of each, and put
in order. A table of its own would be written twice for every touchpoint, and late for some.
"""
