"""Many rows or keys in one statement: given as one parameter, so that it has one plan, however many they are."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Text,
    any_,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

T = TypeVar("T")
Key = InstrumentedAttribute[T] | KeyedColumnElement[T]


def given(rows: Sequence[Mapping[str, Any]], *columns: InstrumentedAttribute[Any]) -> TableValuedAlias:
    """A table `given` of the rows, with the names and types of `columns`; what a row leaves out is null.

    Postgres reads the values from their text: decimals, times and dates lose nothing.
    """
    text = literal(json.dumps([dict(row) for row in rows], default=str), Text())
    typed = [column(each.key, each.type) for each in columns]
    return (
        func.json_to_recordset(cast(text, JSON))
        .table_valued(*typed, name="given")
        .render_derived("given", with_types=True)
    )


def among(key: Key[T], values: Collection[T]) -> ColumnElement[bool]:
    """The column holds one of the values."""
    return key == any_(literal(list(values), ARRAY(key.type)))


async def known(
    session: AsyncSession, key: Key[int], keys: Collection[int], *also: ColumnElement[bool]
) -> frozenset[int]:
    """Those of the keys whose row exists and meets the conditions. One statement; none for no keys."""
    if not keys:
        return frozenset()
    return frozenset(await session.scalars(select(key).where(among(key, keys), *also)))
