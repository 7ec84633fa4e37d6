"""A cube as the API shows it: its model, and tables of values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from api.errors import ApiError, Code
from api.graphql.scalars import CubeValue
from domain.messages import say


def shown(value: Any) -> Any:
    """The value in JSON: exact decimals and days as text, counts, ratios, texts and null as they are."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


class SizedField(StrawberryField):
    """A field whose cost is not what its type says: `cost` points besides, or a list of `assumed` rows."""

    cost: int = 0
    assumed: int | None = None

    @classmethod
    def by(
        cls, resolver: Any, returns: Any, description: str, *, cost: int = 0, assumed: int | None = None
    ) -> Any:
        """Such a field, answered by the resolver."""
        field = cls(
            python_name=resolver.__name__,
            base_resolver=StrawberryResolver(resolver),
            type_annotation=StrawberryAnnotation(returns),
            description=description,
        )
        field.cost, field.assumed = cost, assumed
        return field


MOST_COLUMNS, MOST_AGGREGATES = 200, 100
"""Of one answer: one with more is refused (`fitting`). A cube has 110 attributes and 23 aggregates today."""


def fitting(names: Sequence[str], most: int) -> Sequence[str]:
    """The names, if there are so many at `most`: so many an answer was counted for. Raises ApiError."""
    if len(names) > most:
        told = say(
            "the answer would have {given} columns; at most {most} are allowed", given=len(names), most=most
        )
        raise ApiError(Code.VALIDATION, told)
    return names


def few(assumed: int, **options: Any) -> Any:
    """A list of so many rows at most, for its cost; inside a list, so many on average of the longest one."""
    field = SizedField(**options)
    field.assumed = assumed
    return field


@strawberry.type(description="A level of a hierarchy, e.g. month.")
class CubeLevel:
    name: str
    label: str
    key: str = strawberry.field(description="The attribute that cuts and orders name.")
    attributes: list[str] = strawberry.field(description="What an answer at this level holds.")


@strawberry.type(description="A way down a dimension, outermost level first.")
class CubeHierarchy:
    name: str
    label: str
    levels: list[CubeLevel] = few(2)


@strawberry.type(description="What facts are parted by, e.g. the product.")
class CubeDimension:
    name: str
    label: str
    description: str | None
    default_hierarchy: str
    hierarchies: list[CubeHierarchy] = few(2)


@strawberry.enum(
    description="Along which dimensions an aggregate's cells add up to the aggregate of the whole."
)
class CubeAdditivity(Enum):
    ALL_DIMENSIONS = "ALL_DIMENSIONS"
    ALL_BUT_DATE = "ALL_BUT_DATE"
    NO_DIMENSION = "NO_DIMENSION"

    @classmethod
    def of(cls, aggregate: Mapping[str, Any]) -> "CubeAdditivity":
        """Of an aggregate as the Slicer describes it."""
        known = {"all": cls.NO_DIMENSION, "time": cls.ALL_BUT_DATE}
        return known.get(aggregate.get("nonadditive") or "", cls.ALL_DIMENSIONS)


@strawberry.type(description="What is counted or summed, e.g. the net revenue.")
class CubeAggregate:
    name: str
    label: str
    description: str | None
    unit: str | None = strawberry.field(description="What it is counted in: money, or another word.")
    format: str | None
    additive: CubeAdditivity = strawberry.field(description="Whether a client may add up its cells.")


@strawberry.type(description="A column of an answer.")
class CubeColumn:
    ref: str
    label: str


@strawberry.type(description="Rows of an answer; each has a value for each column, in their order.")
class CubeTable:
    columns: list[CubeColumn] = few(MOST_COLUMNS)
    rows: list[list[CubeValue | None]]
    cut_short: bool = strawberry.field(description="Whether this page lacks rows that it should have.")


@strawberry.type(description="An aggregate's value.")
class CubeSummary:
    aggregate: str
    value: CubeValue | None


@strawberry.type(description="The aggregates of a cell, and of its parts.")
class CubeAggregation:
    summary: list[CubeSummary] = few(MOST_AGGREGATES, description="Of the whole cell.")
    cells: CubeTable = strawberry.field(description="Of its parts; empty where nothing was drilled down.")
    total_cell_count: int = strawberry.field(description="Parts on all pages.")
    watermark: str = strawberry.field(
        description="Up to which change of the feed the answer is complete, at least."
    )
    lag_ms: int = strawberry.field(description="How long ago the cube was in step with the store.")
    rollup: str | None = strawberry.field(
        description="The rollup that answered; null where the facts themselves did."
    )


@strawberry.type(description="A rollup that was not taken.")
class CubeRefusal:
    rollup: str
    reason: str


@strawberry.type(description="How a question would be answered; nothing of it is run.")
class CubeExplanation:
    plan: str = strawberry.field(description="What is run, as JSON.")
    sql: str
    values: list[str | None] = strawberry.field(description="What stands for $1, $2 and so on.")
    rollup: str | None = strawberry.field(
        description="The rollup that is read; null where the facts themselves are."
    )
    refused: list[CubeRefusal] = few(20, description="The other rollups, and why not.")


def columns(names: Sequence[str], labels: Mapping[str, str]) -> list[CubeColumn]:
    """The columns with what heads them for a person."""
    return [CubeColumn(ref=name, label=labels.get(name, name)) for name in names]
