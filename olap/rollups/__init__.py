"""Rollups: facts aggregated in advance, and the choice of the one that answers a plan.

They are declared in `olap/model/<cube>.rollups.json` by their keys alone: columns of the fact, or of dimensions that
it reaches. What they keep follows from the cube's aggregates: sums, counts and distinct counts as far as those stay
exact, never averages. So a new aggregate touches the model file and nothing here.

A distinct count is exact from a rollup in two ways. Either what is counted is a key of the rollup (customers from
customer and day): then it is counted again among the cells. Or no member can lie in two cells that count it (orders:
one order has one day, one customer, one branch; the model says so under `determined`, and `verify` proves it): then
the counts of the cells are added.

Refused: adding what changed to the cells. Counts of distinct orders and unknown costs cannot be subtracted; touched
cells are computed anew. Refused too: approximate counts (sketches), which no one can reconcile.
"""
