"""What may be said about objectives and targets, and what of it is allowed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from domain import text
from domain.errors import Invalid
from domain.messages import say
from domain.money import fine


class ObjectiveDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it: without parent it stands at the top."""

    statement: str
    parent_id: int | None
    owner_id: int | None
    starts_on: date | None
    ends_on: date | None


class TargetDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it.

    `cube`, `aggregate` and `cut` are checked by whoever knows the cubes; here they are names.
    """

    objective_id: int | None
    cube: str
    aggregate: str
    cut: str | None
    period_from: date
    period_to: date
    value: Decimal
    owner_id: int | None


OF_TARGET = ("cube", "aggregate", "period_from", "period_to", "value")
"""What every target has."""


def objective_columns(given: ObjectiveDetails, *, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write; `standing` is what the objective says already. Raises Invalid."""
    found: dict[str, Any] = dict(given)
    if "statement" in found:
        if found["statement"] is None:
            raise Invalid(
                say("{key} cannot be cleared: every objective has one", key="statement"), "statement"
            )
        found["statement"] = text.line(found["statement"], "statement", limit=500)
    _check_order({**standing, **found}, "starts_on", "ends_on")
    return found


def target_columns(given: TargetDetails, *, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write; `standing` is what the target says already. Raises Invalid."""
    found: dict[str, Any] = dict(given)
    for key in OF_TARGET:
        if key in found and found[key] is None:
            raise Invalid(say("{key} cannot be cleared: every target has one", key=key), key)
    for key in ("cube", "aggregate"):
        if key in found:
            found[key] = text.key(found[key], key, limit=100)
    if "cut" in found:
        found["cut"] = text.key(found["cut"], "cut", limit=4_000) if found["cut"] else ""
    if "value" in found:
        found["value"] = fine(found["value"], "value")
    _check_order({**standing, **found}, "period_from", "period_to")
    return found


def conclusion(given: str | None) -> str | None:
    """What was learnt, as the store keeps it. Raises Invalid."""
    return None if given is None else text.prose(given, "conclusion", limit=2_000, clearable=True)


def _check_order(row: Mapping[str, Any], start: str, end: str) -> None:
    first, last = row.get(start), row.get(end)
    if first is not None and last is not None and last <= first:
        raise Invalid(
            say(
                "{end} {last} is not after {start} {first}",
                end=end,
                last=last.isoformat(),
                start=start,
                first=first.isoformat(),
            ),
            end,
        )
