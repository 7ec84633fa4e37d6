"""What every table shares: naming, text collation, personal-data tags, enums as text, and the columns of a root.

Text is collated "C" everywhere, so that orders, ranges and cursors are the same on every server and in
every cube engine. Enums are stored as text under the names that the API shows, held by a CHECK.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Integer,
    MetaData,
    Numeric,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.types import UserDefinedType


class Personal(StrEnum):
    """How personal a column is; every column carries one of these and a test fails on one that does not."""

    NONE = "none"
    BASIC = "basic"
    CONTACT = "contact"
    UNIQUE = "unique"
    SENSITIVE = "sensitive"


class Xid8(UserDefinedType[str]):
    """Postgres' 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Base(DeclarativeBase):
    """All tables of the operational store."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(collation="C"),
        datetime: DateTime(timezone=True),
        int: BigInteger,
    }


AMOUNT = Numeric(18, 2)
"""An amount of a document, at its currency's scale."""

FINE = Numeric(19, 4)
"""A unit price, unit cost or line amount: summed unrounded, rounded only when shown."""

QUANTITY = Numeric(15, 3)
"""A quantity: pieces, or weights to the gram."""


GRAMS = ARRAY(Text(collation="C"))
"""What leads a search near a name; triggers keep it (migrations/sql/search.sql)."""


def tagged(tag: Personal, *args: Any, **options: Any) -> MappedColumn[Any]:
    """A column that says how personal it is."""
    return mapped_column(*args, info={"personal": tag}, **options)


def plain(*args: Any, **options: Any) -> MappedColumn[Any]:
    """A column that says nothing about a person by itself."""
    return tagged(Personal.NONE, *args, **options)


NAMES = "names"
"""Where a CHECK says which column it lets hold names only: letters, digits and underscores."""


def one_of(column: str, choices: type[StrEnum], *, name: str | None = None) -> CheckConstraint:
    """The column holds one of the names of `choices` (or null where it may be null). Raises ValueError."""
    if odd := [choice.value for choice in choices if not choice.value.isidentifier()]:
        raise ValueError(f"not names: {odd}")
    listed = ", ".join(f"'{choice.value}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known", info={NAMES: column})


def sane_time(column: str) -> CheckConstraint:
    """The time lies in the years 1 to 9999, which every engine and client can show."""
    return CheckConstraint(
        f"{column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00'",
        name=f"{column}_sane",
    )


class Root:
    """The columns of an aggregate's root row.

    `version` counts the transactions that changed the aggregate, `changed_xid` is the last of them. Triggers
    alone write both (migrations/sql), whoever changes the aggregate.
    """

    @declared_attr
    def id(cls) -> Mapped[int]:
        return plain(BigInteger, Identity(), primary_key=True, sort_order=-10)

    @declared_attr
    def version(cls) -> Mapped[int]:
        return plain(Integer, nullable=False, server_default=text("1"), sort_order=90)

    @declared_attr
    def changed_xid(cls) -> Mapped[str]:
        return plain(Xid8, nullable=False, server_default=text("pg_current_xact_id()"), sort_order=91)

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return plain(nullable=False, server_default=text("now()"), sort_order=92)

    @declared_attr
    def updated_at(cls) -> Mapped[datetime]:
        return plain(nullable=False, server_default=text("now()"), sort_order=93)
