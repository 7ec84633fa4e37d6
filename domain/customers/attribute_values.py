"""Values of custom attributes: given as text, checked against the declaration, kept in the column of their type."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.customers.attribute_model import AttributeType, CustomerAttribute, CustomerAttributeValue
from domain.customers.attributes import LONGEST_TEXT
from domain.customers.errors import AttributeRetired
from domain.errors import Invalid
from domain.messages import say

_NUMBER = re.compile(r"-?\d{1,14}(\.\d{1,6})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

COLUMNS = ("text_value", "number_value", "boolean_value", "date_value")


@dataclass(frozen=True)
class GivenAttribute:
    """The value of the attribute of this name, as text: `true`, `12.5`, `2026-03-01`; None clears it."""

    name: str
    value: str | None


async def set_attributes(
    session: AsyncSession, customer_id: int, given: Sequence[GivenAttribute] | None
) -> None:
    """The customer has these values; attributes that are not named are left as they are. None clears them all.

    Raises Invalid, AttributeRetired. At most three statements.
    """
    value = CustomerAttributeValue
    if given is None:
        await session.execute(delete(value).where(value.customer_id == customer_id))
        return
    if not given:
        return
    found = checked(given, await declared(session))
    cleared = [name for name, columns in found.items() if columns is None]
    if cleared:
        await session.execute(
            delete(value).where(value.customer_id == customer_id, rows.among(value.attribute, cleared))
        )
    wanted = [
        {"customer_id": customer_id, "attribute": name, **dict.fromkeys(COLUMNS), **columns}
        for name, columns in sorted(found.items())
        if columns is not None
    ]
    if wanted:
        placed = insert(value).values(wanted)
        await session.execute(
            placed.on_conflict_do_update(
                index_elements=[value.customer_id, value.attribute],
                set_={name: placed.excluded[name] for name in COLUMNS},
            )
        )


async def declared(session: AsyncSession) -> dict[str, Any]:
    """The attributes by their names: name, type, choices and when each was retired. One statement."""
    attribute = CustomerAttribute
    found = await session.execute(
        select(attribute.name, attribute.type, attribute.choices, attribute.retired_at).order_by(
            attribute.name
        )
    )
    return {row.name: row for row in found}


def checked(
    given: Sequence[GivenAttribute], declared: Mapping[str, Any]
) -> dict[str, dict[str, object] | None]:
    """The values by attribute, each as the column of its type holds it; None takes it away. `declared` as the function
    of this name gives it. Raises Invalid, AttributeRetired.
    """
    found: dict[str, dict[str, object] | None] = {}
    for place, each in enumerate(given):
        path = ("attributes", place)
        row = declared.get(each.name)
        if row is None:
            raise Invalid(_unknown(each.name, declared), *path, "name")
        if each.name in found:
            raise Invalid(say("the attribute {name!r} is given twice", name=each.name), *path, "name")
        if each.value is None:
            found[each.name] = None
            continue
        if row.retired_at is not None:
            raise AttributeRetired(each.name, *path, "name")
        found[each.name] = _read(row, each.value, (*path, "value"))
    return found


def _unknown(name: str, declared: Mapping[str, Any]) -> str:
    known = [key for key, row in declared.items() if row.retired_at is None]
    if not known:
        return say("there is no attribute {name!r}; none is declared", name=name[:60])
    return say(
        "there is no attribute {name!r}; declared are: {known}", name=name[:60], known=", ".join(known[:30])
    )


def _read(declared: Any, given: str, path: tuple[str | int, ...]) -> dict[str, object]:
    match AttributeType(declared.type):
        case AttributeType.TEXT:
            return {"text_value": text.prose(given, *path, limit=LONGEST_TEXT)}
        case AttributeType.CHOICE:
            return {"text_value": _choice(declared, given, path)}
        case AttributeType.NUMBER if _NUMBER.fullmatch(given):
            return {"number_value": Decimal(given)}
        case AttributeType.BOOLEAN if given in ("true", "false"):
            return {"boolean_value": given == "true"}
        case AttributeType.DATE if (day := _day(given)) is not None:
            return {"date_value": day}
    raise Invalid(_wanted(declared), *path)


def _choice(declared: Any, given: str, path: tuple[str | int, ...]) -> str:
    found = text.clean(given.strip(), *path)
    if found not in declared.choices:
        allowed = ", ".join(declared.choices[:30])
        message = say(
            "this is no choice of the attribute {name!r}; allowed are: {allowed}",
            name=declared.name,
            allowed=allowed,
        )
        raise Invalid(message, *path)
    return found


def _day(given: str) -> date | None:
    if _DATE.fullmatch(given) is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _wanted(declared: Any) -> str:
    match AttributeType(declared.type):
        case AttributeType.NUMBER:
            return say(
                "the attribute {name!r} is a number: at most 14 digits before the point and 6 after it",
                name=declared.name,
            )
        case AttributeType.BOOLEAN:
            return say("the attribute {name!r} is true or false", name=declared.name)
    return say("the attribute {name!r} is a day: give YYYY-MM-DD", name=declared.name)
