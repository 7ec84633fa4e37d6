"""Targets beside the actual: `cells` says of which cell a row and a target are, `periods` of which days, `planned`
puts what was planned beside what came.

A target belongs to a row where both are of the same cell (the same members of the same dimensions, time aside) and
of the same days. Where none is, those of shorter periods that lie in the row's without gap or overlap are added up,
if the aggregate may be added over time. A target of longer days than the row's is not split: nobody said how. So is
none shown where a row's days have no end, and beside others.
"""
