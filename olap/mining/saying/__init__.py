"""A cell as a rule over customers, where a rule says exactly who has facts in it.

A rule speaks of customers as they are, and of windows of days that end today. So does a cell of sales or of touchpoints
whose traits are those of now and whose days reach up to today; the window then moves with the days. So does a cell of
customers as they stand in the running month, by traits or by their scores of RFM, which there are those of now.
Whatever else cuts it no rule can say, and it is refused by its name: the customers of such a cell are a list.

`cells` puts the rule together, `traits` says what customers are, `deeds` what they did, `days` in which window,
`standing` in which month they stand, and `names` what has a key there and a name in a cell, which whoever keeps the
names has to tell. Refused: a region of branches as the branches that it has today, and an owner or a segment as a list.
They would select the right customers now and others than the cell tomorrow.
"""

from olap.mining.saying.cells import names_of, rule_of
from olap.mining.saying.members import NotSayable
from olap.mining.saying.names import Names, Wanted

__all__ = ["Names", "NotSayable", "Wanted", "names_of", "rule_of"]
