"""The aggregates of a model file as formulas over the star, parsed once when the model is loaded."""

import re
from collections.abc import Mapping
from typing import Any

from olap.errors import ModelError
from olap.physical import Column, Count, CountDistinct, Formula, Ratio, Snapshot, Sum, column_at

DAY = "date_key"
"""The column of every fact that says its day."""
QUOTIENT = re.compile(r"(\w+) / (\w+)")


def formulas_of(described: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Formula]:
    """Each aggregate's formula by its name. `parts` are aggregates that only expressions see.

    `of_day` are attributes that lie on the fact and say something of its day. Raises ModelError for an unknown
    function, measure, dimension or part.
    """
    money = {item["name"] for item in described["measures"] if item["info"]["unit"] == "money"}
    everything = [*described["aggregates"], *described.get("parts", [])]
    simple = {
        item["name"]: _simple(item, columns, described, money=item.get("measure") in money)
        for item in everything
        if "expression" not in item
    }
    ratios = {item["name"]: _ratio(item, simple) for item in everything if "expression" in item}
    named = {**simple, **ratios}
    return {item["name"]: named[item["name"]] for item in described["aggregates"]}


def _simple(
    item: Mapping[str, Any], columns: Mapping[str, Column], described: Mapping[str, Any], *, money: bool
) -> Formula:
    fact = described["fact"]
    match item["function"]:
        case "sum":
            given = item.get("given")
            return Sum(
                column=_column(item, item["measure"], columns),
                money=money,
                given=None if given is None else _column(item, given, columns),
            )
        case "count":
            return Count()
        case "count_distinct":
            only = item.get("only", {})
            return CountDistinct(
                column=_column(item, item["measure"], columns),
                only=tuple((_column(item, name, columns), tuple(members)) for name, members in only.items()),
                ignore=item.get("ignore"),
            )
        case "last" | "first" as end:
            return Snapshot(
                column=_column(item, item["measure"], columns) if "measure" in item else None,
                money=money,
                day=column_at(f"{fact}.{DAY}"),
                told=tuple(_column(item, name, columns) for name in described.get("of_day", ())),
                per=tuple(column_at(f"{fact}.{name}") for name in item.get("per", ())),
                end=end,
            )
        case function:
            raise ModelError(
                f"aggregate {item['name']!r} has the function {function!r}; known: "
                "sum, count, count_distinct, last, first"
            )


def _column(item: Mapping[str, Any], name: str, columns: Mapping[str, Column]) -> Column:
    if name not in columns:
        raise ModelError(f"aggregate {item['name']!r} names {name!r}; known: {', '.join(columns)}")
    return columns[name]


def _ratio(item: Mapping[str, Any], simple: Mapping[str, Formula]) -> Ratio:
    parsed = QUOTIENT.fullmatch(item["expression"])
    if parsed is None or not set(parsed.groups()) <= set(simple):
        raise ModelError(
            f"aggregate {item['name']!r} has the expression {item['expression']!r}; "
            f"known: <aggregate> / <aggregate> of {', '.join(simple)}"
        )
    return Ratio(numerator=simple[parsed[1]], denominator=simple[parsed[2]])
