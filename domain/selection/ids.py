"""Opaque ids: base64 of `Type:key`, made by Postgres, read here."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, LargeBinary, Text, cast, func, literal_column

from domain.errors import Invalid
from domain.messages import say
from domain.selection.sql import Known

_PLAIN = re.compile(r"([A-Za-z]+):([1-9][0-9]{0,18})")
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Id:
    """What an opaque id says: the type of the node and the key of its row."""

    type: str
    key: int


class BadId(Invalid):
    """Not an id of this API, or one of another type."""


def shown(type_name: str, key: ColumnElement[int]) -> ColumnElement[str]:
    """The opaque id of a row, in SQL. At most 43 characters, so that encode() never breaks the line."""
    plain = literal_column(f"'{type_name}:'", Text()).concat(cast(key, Text()))
    return Known(func.encode(cast(plain, LargeBinary()), literal_column("'base64'"), type_=Text()), bare=True)


def made(type_name: str, key: int) -> str:
    """The opaque id of a row, the same that `shown` makes in SQL."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


@lru_cache(maxsize=1024)
def read(opaque: str) -> Id:
    """What the id says. Raises BadId for anything that this API has not made."""
    try:
        plain = base64.b64decode(opaque, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    found = _PLAIN.fullmatch(plain)
    if found is None or int(found[2]) > LARGEST or made(found[1], int(found[2])) != opaque:
        raise BadId(say("{id} is not an id of this API", id=repr(opaque[:80])))
    return Id(found[1], int(found[2]))


def several(opaque: Sequence[str], *, most: int | None) -> list[Id]:
    """What the ids say. Raises BadId for one that is none, and for more than `most`."""
    if most is not None and len(opaque) > most:
        raise BadId(say("{given} ids are given; at most {most} are allowed", given=len(opaque), most=most))
    return [read(each) for each in opaque]


def key(opaque: str, type_name: str) -> int:
    """The key inside an id of this type. Raises BadId for another type, naming both."""
    said = read(opaque)
    if said.type != type_name:
        raise BadId(
            say(
                "{id} is an id of {type}; needed: an id of {wanted}",
                id=repr(opaque),
                type=said.type,
                wanted=type_name,
            )
        )
    return said.key
