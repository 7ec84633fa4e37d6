"""What the models know of customers: how often, how long ago and for how much each has ordered."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from olap.engines.duckdb import DuckDB
from olap.mining.lifetime.series import Counts, Floats

DAYS = 7.0
"""Of a week, in which the models count."""

# As in olap/mining/rfm.py: an order is one with a line of the kind SALE, its day is that of the company's zone. Orders
# of one day are one: the models count days with orders. What is paid is that of the repeat days, in one currency.
_QUERY = """
WITH days AS (
    SELECT s.customer_id, d.on_date, sum(s.net_revenue) AS paid
    FROM sales s
    JOIN date d USING (date_key) JOIN line_kind k USING (line_kind_key) JOIN currency c USING (currency_key)
    WHERE s.customer_id <> 0 AND c.code = $currency AND d.on_date <= $tau
    GROUP BY s.customer_id, d.on_date
    HAVING bool_or(k.kind IS NOT DISTINCT FROM 'sale')
), firsts AS (
    SELECT *, min(on_date) OVER (PARTITION BY customer_id) AS first_on FROM days
)
SELECT customer_id, count(*) - 1 AS x, max(on_date) - first_on AS seen, $tau - first_on AS known,
       coalesce(CAST(avg(CAST(paid AS DOUBLE)) FILTER (WHERE on_date > first_on) AS DOUBLE), 0) AS mean
FROM firsts GROUP BY customer_id, first_on ORDER BY customer_id
"""


@dataclass(frozen=True)
class Histories:
    """Of each customer with an order: `x` repeat order days, `t` weeks from the first to the last, `T` from the first
    to the day of asking, `m` the mean amount of a repeat day (0 where there is none)."""

    customers: Counts
    x: Counts
    t: Floats
    T: Floats  # as in every paper on it
    m: Floats

    def __len__(self) -> int:
        return len(self.customers)

    def some(self, most: int) -> "Histories":
        """At most so many of them, evenly spread over the customers' keys."""
        if len(self) <= most:
            return self
        places = np.linspace(0, len(self) - 1, most).astype(np.int64)
        return Histories(
            self.customers[places], self.x[places], self.t[places], self.T[places], self.m[places]
        )


def histories(engine: DuckDB, currency: str, tau: date) -> Histories:
    """Of all customers who ordered in this currency by the end of the day `tau`. One statement."""
    with engine.reading() as cursor:
        found = cursor.sql(_QUERY, params={"currency": currency, "tau": tau}).to_arrow_table()

    def column(name: str, kind: type) -> "np.ndarray[tuple[int], np.dtype[np.generic]]":
        return np.asarray(found.column(name).to_numpy().astype(kind))

    return Histories(
        customers=column("customer_id", np.int64),  # type: ignore[arg-type]  # of that kind
        x=column("x", np.int64),  # type: ignore[arg-type]
        t=column("seen", np.float64) / DAYS,  # type: ignore[operator]
        T=column("known", np.float64) / DAYS,  # type: ignore[operator]
        m=column("mean", np.float64),  # type: ignore[arg-type]
    )
