"""Which nodes of a plan rollups understand. What a plan says beyond that is answered from the facts."""

from dataclasses import MISSING, fields
from typing import Any

from olap.conditions import AllOf, AnyOf, Belongs, Compare, IsNull, Joined, OneOf, Without
from olap.journeys.shapes import Cohort, Deciles
from olap.physical import Count, CountDistinct, Join, Ratio, Sum
from olap.plan import Aggregation, Beside, Bound, Members, Ranking, Reach, Shift, Spine, Star

UNDERSTOOD: dict[type, frozenset[str]] = {
    Sum: frozenset({"column", "money", "given"}),
    Count: frozenset(),
    CountDistinct: frozenset({"column", "only", "ignore"}),
    Ratio: frozenset({"numerator", "denominator"}),
    Join: frozenset({"fact", "key", "version", "day"}),
    # `days` and `conversion` are there with snapshots and converted amounts alone, which no rollup answers.
    Star: frozenset({"fact", "joins", "where", "days", "conversion"}),
    Aggregation: frozenset(
        {"star", "attributes", "split", "aggregates", "currency", "order", "page", "beside"}
    ),
    Beside: frozenset(
        {"steps", "sets", "totals", "share", "shared", "conditions", "ranking", "shift", "reach", "spine"}
    ),
    Bound: frozenset({"column", "operator", "slot", "double"}),
    Ranking: frozenset({"refs", "by", "descending", "size", "others", "conditions", "formulas"}),
    Shift: frozenset({"day", "months", "by", "today", "settled", "own", "back", "below", "every", "where"}),
    Reach: frozenset({"star", "day", "periods", "where", "back", "by", "today"}),
    Spine: frozenset({"day", "periods", "where", "open_start", "open_end", "today"}),
    Members: frozenset({"star", "join", "attributes", "where", "order", "page"}),
    Cohort: frozenset(
        {
            *("star", "attributes", "aggregates", "currency", "keys", "measured", "order", "page"),
            *("began", "seen", "customer", "event", "unit", "columns", "days", "open_end", "today"),
        }
    ),
    Deciles: frozenset(
        {
            *("star", "attributes", "aggregates", "currency", "keys", "measured", "order", "page"),
            *("customer", "by", "parts"),
        }
    ),
    Compare: frozenset({"column", "operator", "slot"}),
    OneOf: frozenset({"column", "slot"}),
    IsNull: frozenset({"column"}),
    AllOf: frozenset({"parts"}),
    AnyOf: frozenset({"parts"}),
    Without: frozenset({"part", "nulls"}),
    Joined: frozenset({"join", "part"}),
    Belongs: frozenset({"customer", "day", "version", "part"}),
}
"""The fields that were thought of, by the very class. Another field is understood while it says nothing."""


def beyond(node: Any) -> str | None:
    """What the node says that rollups do not understand, as one word; None where they understand all of it."""
    known = UNDERSTOOD.get(type(node))
    if known is None:
        return type(node).__name__
    for field in fields(node):
        if field.name not in known and getattr(node, field.name) != _silent(field):
            return field.name
    return None


def _silent(field: Any) -> Any:
    """The field's default; without one there is no saying nothing."""
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
