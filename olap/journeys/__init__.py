"""Questions about the ways of customers: who came back (`cohort`), and who went how far (`funnel`).

`parameters` reads the words, `cohorts` and `funnels` put them into a plan, `cohort_sql` and `funnel_sql` into SQL.
Their answers are tables like those of any question: with a summary, pages, formats, an explanation and a cache. They
are bound where every question is bound, so that the caller's row filter lies below every part of them: below the
search for a customer's first purchase, and below each step of a funnel.

What a fact tells of a customer's way stands in the cube's model file under `journey`: the column of the customer, the
moment, and which aggregate counts what happens (of sales the orders: a line returned is no purchase). Refused: cohorts
and steps as dimensions of the star. They depend on the cell and on who asks, so nothing of them can be kept beside a
fact.
"""
