"""The stages of the lifecycle: told by a dated rule set from a customer's orders, never set by hand.

An order is one with a line of the kind SALE, as everywhere. With the thresholds in force at `now`, the first of these
that holds:

    PROSPECT   never ordered
    LAPSED     silent for `lapsed_days` or longer
    AT_RISK    silent for `at_risk_days` or longer
    WON_BACK   came back after a silence of `lapsed_days`, less than `won_back_days` ago
    LOYAL      `loyal_orders` or more in the last `loyal_within_days`
    GROWING    `growing_orders` or more in all
    NEW        otherwise: ordered, not often enough to grow, not silent yet

The default rules, in force from the year 1: growing 2 orders; loyal 5 orders in 365 days; at risk after 120 days,
lapsed after 365; won back for 90 days. Days are of 24 hours. Since quiet counts before everything, a customer who was
loyal and has gone quiet is at risk: the stage says what to do next.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.history_model import LifecycleRules
from domain.errors import Conflict, Invalid
from domain.messages import say

# Orders lie above customers: they are known here by name alone.
_FOUND = """
    WITH rule AS MATERIALIZED (
        SELECT * FROM lifecycle_rules WHERE valid_from <= :now ORDER BY valid_from DESC LIMIT 1
    ), sales AS (
        SELECT o.customer_id, o.ordered_at,
               o.ordered_at - lag(o.ordered_at) OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at) AS silence
        FROM orders o
        WHERE o.customer_id IS NOT NULL AND o.ordered_at <= :now {only_orders}
          AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE')
    ), behaviour AS (
        SELECT s.customer_id, count(*) AS orders, max(s.ordered_at) AS last_at,
               count(*) FILTER (WHERE s.ordered_at > :now - make_interval(days => r.loyal_within_days)) AS lately,
               max(s.ordered_at) FILTER (WHERE s.silence >= make_interval(days => r.lapsed_days)) AS returned_at
        FROM sales s CROSS JOIN rule r GROUP BY s.customer_id
    ), found AS (
        SELECT c.id, c.lifecycle_stage AS was, c.lifecycle_since AS was_since,
               CASE WHEN b.customer_id IS NULL THEN 'PROSPECT'
                    WHEN :now - b.last_at >= make_interval(days => r.lapsed_days) THEN 'LAPSED'
                    WHEN :now - b.last_at >= make_interval(days => r.at_risk_days) THEN 'AT_RISK'
                    WHEN :now - b.returned_at < make_interval(days => r.won_back_days) THEN 'WON_BACK'
                    WHEN b.lately >= r.loyal_orders THEN 'LOYAL'
                    WHEN b.orders >= r.growing_orders THEN 'GROWING'
                    ELSE 'NEW' END AS stage
        FROM customers c CROSS JOIN rule r LEFT JOIN behaviour b ON b.customer_id = c.id
        WHERE c.erased_at IS NULL {only_customers}
    ), moved AS MATERIALIZED (
        SELECT * FROM found WHERE stage <> was
    ), begun AS (
        INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
        SELECT m.id, m.was, m.was_since FROM moved m
        WHERE m.was_since < :now
          AND NOT EXISTS (SELECT FROM customer_lifecycle_stages s WHERE s.customer_id = m.id)
        ORDER BY m.id
    ), reached AS (
        INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
        SELECT m.id, m.stage, :now FROM moved m ORDER BY m.id
        ON CONFLICT (customer_id, since) DO UPDATE SET stage = excluded.stage
    ), changed AS (
        UPDATE customers c SET lifecycle_stage = m.stage, lifecycle_since = :now FROM moved m WHERE c.id = m.id
        RETURNING c.id
    )
    SELECT count(*) FROM changed
"""


async def refresh_lifecycle(
    session: AsyncSession, *, now: datetime, customer_ids: Collection[int] | None = None
) -> int:
    """Every customer (or these) is in the stage that the rules tell from the orders up to `now`; how many have moved.

    A customer that moves gets a new version and a row in the history of its stages, since `now`; others are not
    written, and erased ones never. One statement over all orders: give it a connection for bulk work.
    """
    only = customer_ids is not None
    statement = _FOUND.format(
        only_orders="AND o.customer_id = ANY(:ids)" if only else "",
        only_customers="AND c.id = ANY(:ids)" if only else "",
    ).replace(":now", "CAST(:now AS timestamptz)")
    given = {"now": now, **({"ids": sorted(customer_ids)} if customer_ids is not None else {})}
    moved = await session.scalar(text(statement), given)
    return int(moved or 0)


@dataclass(frozen=True)
class Thresholds:
    """The numbers of a rule set; see the module's text."""

    growing_orders: int
    loyal_orders: int
    loyal_within_days: int
    at_risk_days: int
    lapsed_days: int
    won_back_days: int


class RulesTaken(Conflict):
    """Another rule set begins at the same moment."""


async def add_lifecycle_rules(
    session: AsyncSession, rules: Thresholds, *, valid_from: datetime, now: datetime
) -> int:
    """From `valid_from` on, stages are told by these thresholds; its key. What was told before stands.

    Raises Invalid, RulesTaken. One statement.
    """
    if valid_from < now:
        raise Invalid(say("rules are valid from now on or later: the past is not told anew"), "valid_from")
    _check(rules)
    made: int | None = await session.scalar(
        insert(LifecycleRules)
        .values(valid_from=valid_from, **asdict(rules))
        .on_conflict_do_nothing(index_elements=[LifecycleRules.valid_from])
        .returning(LifecycleRules.id)
    )
    if made is None:
        raise RulesTaken(say("other rules are valid from the same moment"), "valid_from")
    return made


def _check(rules: Thresholds) -> None:
    for name, value in asdict(rules).items():
        if not 1 <= value <= 36_500:
            raise Invalid(
                say("{given} is out of range: 1 to {most} are allowed", given=value, most=36_500), name
            )
    if not 1 < rules.growing_orders < rules.loyal_orders:
        message = say("it takes at least 2 orders to grow, and more to be loyal than to grow")
        raise Invalid(message, "growing_orders")
    if rules.at_risk_days >= rules.lapsed_days:
        raise Invalid(say("a customer is at risk before it has lapsed: give fewer days"), "at_risk_days")
