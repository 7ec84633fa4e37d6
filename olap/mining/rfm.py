"""Recency, frequency and monetary value of all customers at the end of a day, over the cube's star.

An order is one with a line of the kind SALE, as in the cube; its day is that of the company's zone, months go by the
calendar (31 May less 3 months is 28 February). The mean order value is all net revenue in the scheme's currency,
returns taken off, by the orders in it, to 4 decimals; thresholds are compared with the exact quotient. A customer
without orders scores 1, 1, 1. Source: crm.md, section 3.

Lines are summed to orders, orders to customers; nothing is joined to a line but the three columns that tell its day,
kind and currency. Measured: bench/rfm.py.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

import pyarrow as pa

from olap.engines.duckdb import DuckDB
from olap.mining.schemes import Quantiles, Scheme

MODEL = 1
"""Raised when the same orders and scheme give other scores than before."""

_BEHAVIOUR = """
WITH days AS (
    SELECT date_key, on_date FROM date WHERE on_date IS NULL OR on_date <= $tau
), orders AS (
    SELECT s.customer_id, s.order_id, any_value(d.on_date) AS on_date,
           bool_or(k.kind IS NOT DISTINCT FROM 'sale') AS sold,
           bool_or(c.code IS NOT DISTINCT FROM $currency) AS valued,
           sum(s.net_revenue) FILTER (WHERE c.code = $currency) AS revenue
    FROM sales s
    JOIN days d USING (date_key) JOIN line_kind k USING (line_kind_key) JOIN currency c USING (currency_key)
    WHERE s.customer_id <> 0
    GROUP BY s.customer_id, s.order_id
), lasts AS (
    SELECT customer_id, max(on_date) FILTER (WHERE sold) AS last_on, count(*) FILTER (WHERE sold) AS orders,
           count(*) FILTER (WHERE sold AND valued) AS valued_orders, sum(revenue) AS revenue
    FROM orders GROUP BY customer_id
), windows AS (
    SELECT l.customer_id, count(o.order_id) AS orders
    FROM lasts l JOIN orders o
        ON o.customer_id = l.customer_id AND o.sold
        AND o.on_date > {end} - to_months($frequency_months) AND o.on_date <= {end}
    GROUP BY l.customer_id
), behaviour AS (
    SELECT b.customer_id, l.last_on, coalesce(l.orders, 0) AS all_orders, coalesce(w.orders, 0) AS orders,
           coalesce(l.valued_orders, 0) AS valued_orders, CAST(l.revenue AS DECIMAL(28, 4)) AS revenue,
           CASE WHEN l.valued_orders > 0 AND l.revenue IS NOT NULL THEN CAST(
               CAST(sign(l.revenue)
                    * ((2 * CAST(abs(CAST(l.revenue AS DECIMAL(28, 4))) * 10000 AS HUGEINT) + l.valued_orders)
                       // (2 * l.valued_orders)) AS DECIMAL(23, 0))
               * CAST('0.0001' AS DECIMAL(5, 4)) AS DECIMAL(19, 4)) END AS mean_order_value
    FROM (SELECT customer_id FROM customer WHERE is_current AND customer_id <> 0) b
    LEFT JOIN lasts l USING (customer_id) LEFT JOIN windows w USING (customer_id)
)
"""

_THRESHOLDS = """
SELECT customer_id,
       CASE WHEN last_on >= $tau - to_months($recency_3_months) THEN 3
            WHEN last_on >= $tau - to_months($recency_2_months) THEN 2 ELSE 1 END AS recency,
       CASE WHEN orders >= $frequency_3_orders THEN 3
            WHEN orders >= $frequency_2_orders THEN 2 ELSE 1 END AS frequency,
       CASE WHEN valued_orders = 0 THEN 1
            WHEN revenue >= CAST($monetary_3_from AS DECIMAL(19, 4)) * valued_orders THEN 3
            WHEN revenue > CAST($monetary_2_above AS DECIMAL(19, 4)) * valued_orders THEN 2 ELSE 1 END AS monetary,
       last_on AS last_ordered_on, CAST(orders AS INTEGER) AS orders, mean_order_value
FROM behaviour
"""

_QUANTILES = """
, ranked AS (
    SELECT customer_id,
           rank() OVER (ORDER BY last_on NULLS LAST) - 1 AS earlier, count(last_on) OVER () AS dated,
           rank() OVER (ORDER BY orders) - 1 AS rarer, count(*) OVER () AS counted,
           rank() OVER (ORDER BY mean_order_value NULLS LAST) - 1 AS cheaper,
           count(mean_order_value) OVER () AS valued
    FROM behaviour WHERE all_orders > 0
)
SELECT b.customer_id,
       CASE WHEN b.last_on IS NULL THEN 1 ELSE CAST(1 + $levels * r.earlier // r.dated AS INTEGER) END AS recency,
       CASE WHEN r.customer_id IS NULL THEN 1 ELSE CAST(1 + $levels * r.rarer // r.counted AS INTEGER) END AS frequency,
       CASE WHEN b.mean_order_value IS NULL THEN 1
            ELSE CAST(1 + $levels * r.cheaper // r.valued AS INTEGER) END AS monetary,
       b.last_on AS last_ordered_on, CAST(b.orders AS INTEGER) AS orders, b.mean_order_value
FROM behaviour b LEFT JOIN ranked r USING (customer_id)
"""


def score_customers(engine: DuckDB, scheme: Scheme, tau: date) -> pa.Table:
    """The scores of every customer at the end of the day `tau`, in no order; orders placed later are not seen.

    Columns: customer_id, recency, frequency, monetary, last_ordered_on, orders (those that frequency counts),
    mean_order_value. One statement.
    """
    query, values = _query(scheme, tau)
    with engine.reading() as cursor:
        return cursor.sql(query, params=values).to_arrow_table()


def _query(scheme: Scheme, tau: date) -> tuple[str, dict[str, Any]]:
    by = {name: value if isinstance(value, int) else str(value) for name, value in asdict(scheme.by).items()}
    values = {"tau": tau, "currency": scheme.currency, "frequency_months": scheme.frequency_months, **by}
    ending = _BEHAVIOUR.format(end="l.last_on" if scheme.at_last_order else "$tau")
    return ending + (_QUANTILES if isinstance(scheme.by, Quantiles) else _THRESHOLDS), values
