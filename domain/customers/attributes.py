"""Declaring custom attributes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Row, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.customers.attribute_model import (
    AttributeType,
    CustomerAttribute,
    CustomerAttributeValue,
    PersonalTag,
)
from domain.customers.errors import AttributeNameTaken, AttributeNotFound, AttributeRetired, ChoiceInUse
from domain.errors import Invalid, StaleVersion
from domain.messages import say

MOST_ATTRIBUTES = 200
MOST_CHOICES = 200
LONGEST_TEXT = 500

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


@dataclass(frozen=True)
class Declaration:
    """An attribute as it is declared. `name` is its key and never changes, nor does its type."""

    name: str
    type: AttributeType
    label_en: str
    label_ko: str
    choices: Sequence[str] = ()
    reportable: bool = False
    personal: PersonalTag = PersonalTag.BASIC


class DeclarationChanges(TypedDict, total=False):
    """A key that is absent leaves the value as it is; none can be cleared."""

    label_en: str
    label_ko: str
    choices: Sequence[str]
    reportable: bool
    personal: PersonalTag


async def declare_attribute(session: AsyncSession, declared: Declaration) -> int:
    """The attribute is declared; its key. Raises Invalid, AttributeNameTaken. Two statements."""
    if _NAME.fullmatch(declared.name) is None:
        raise Invalid(
            say("the name of an attribute is of small letters a-z, digits and _, at most 60, a letter first"),
            "name",
        )
    count = await session.scalar(select(func.count()).select_from(CustomerAttribute))
    if (count or 0) >= MOST_ATTRIBUTES:
        raise Invalid(
            say("{most} attributes are declared; there can be no more", most=MOST_ATTRIBUTES), "name"
        )
    values: dict[str, Any] = {
        "name": declared.name,
        "type": declared.type,
        "label_en": text.name(declared.label_en, "label_en"),
        "label_ko": text.name(declared.label_ko, "label_ko"),
        "choices": _choices(declared.type, declared.choices),
        "reportable": declared.reportable,
        "personal": declared.personal,
    }
    made: int | None = await session.scalar(
        insert(CustomerAttribute)
        .values(values)
        .on_conflict_do_nothing(index_elements=[CustomerAttribute.name])
        .returning(CustomerAttribute.id)
    )
    if made is None:
        raise AttributeNameTaken(declared.name)
    return made


async def update_attribute(
    session: AsyncSession, attribute_id: int, *, changes: DeclarationChanges, expected_version: int
) -> None:
    """The declaration stands as changed. A choice that a customer has stays.

    Raises AttributeNotFound, StaleVersion, AttributeRetired, Invalid, ChoiceInUse. At most three statements.
    """
    row = await _locked(session, attribute_id, expected_version)
    if row.retired_at is not None:
        raise AttributeRetired(row.name, "id")
    values: dict[str, Any] = {}
    for key, value in changes.items():
        if value is None:
            raise Invalid(say("{field} cannot be cleared: every attribute has one", field=key), key)
        values[key] = text.name(str(value), key) if key.startswith("label_") else value
    if "choices" in changes:
        values["choices"] = _choices(AttributeType(row.type), changes["choices"])
        await _check_unused(session, row.name, set(row.choices) - set(values["choices"]))
    if values:
        await session.execute(
            update(CustomerAttribute).where(CustomerAttribute.id == attribute_id).values(values)
        )


async def retire_attribute(
    session: AsyncSession, attribute_id: int, *, expected_version: int, now: datetime
) -> None:
    """The attribute takes no new values; those it has stay and can be read and cleared.

    Raises AttributeNotFound, StaleVersion, AttributeRetired. Two statements.
    """
    row = await _locked(session, attribute_id, expected_version)
    if row.retired_at is not None:
        raise AttributeRetired(row.name, "id")
    await session.execute(
        update(CustomerAttribute).where(CustomerAttribute.id == attribute_id).values(retired_at=now)
    )


async def _locked(session: AsyncSession, attribute_id: int, expected_version: int) -> Row[Any]:
    row = (
        await session.execute(
            select(CustomerAttribute.__table__)
            .where(CustomerAttribute.id == attribute_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        raise AttributeNotFound("id")
    if row.version != expected_version:
        raise StaleVersion("attribute", attribute_id, expected=expected_version, current=row.version)
    return row


def _choices(type_: AttributeType, given: Sequence[str]) -> list[str]:
    if type_ is not AttributeType.CHOICE:
        if given:
            raise Invalid(say("only an attribute of the type CHOICE has choices"), "choices")
        return []
    if not given:
        raise Invalid(say("an attribute of the type CHOICE needs at least one choice"), "choices")
    if len(given) > MOST_CHOICES:
        message = say(
            "{given} choices are given; at most {most} are allowed", given=len(given), most=MOST_CHOICES
        )
        raise Invalid(message, "choices")
    found = [text.name(each, "choices", place, limit=100) for place, each in enumerate(given)]
    for place, each in enumerate(found):
        if each in found[:place]:
            raise Invalid(say("the choice {choice!r} is given twice", choice=each), "choices", place)
    return found


async def _check_unused(session: AsyncSession, name: str, gone: set[str]) -> None:
    value = CustomerAttributeValue
    if not gone:
        return
    used = (
        await session.execute(
            select(value.text_value, func.count().label("customers"))
            .where(value.attribute == literal(name), rows.among(value.text_value, gone))
            .group_by(value.text_value)
            .order_by(value.text_value)
            .limit(1)
        )
    ).one_or_none()
    if used is not None:
        raise ChoiceInUse(used.text_value, used.customers)
