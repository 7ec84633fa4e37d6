"""What an answer shows beside the aggregates of its cells: totals, the first n and others, other times, shares.

`parameters` reads the words, `times` and `binding` put them into a plan, `branches` and `values` into SQL.
Everything is aggregated from facts once for each thing that is shown, so that it is right for distinct counts and
ratios as well; nothing is made of results.
"""
