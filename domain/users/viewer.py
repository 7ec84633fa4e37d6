"""Whoever asks, as one row that a selection can start from."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, literal_column, select

from domain.selection.entities import Entity, Row, computed, one
from domain.users.queries import users


def _said(name: str) -> Any:
    """What the actor says of himself, as a parameter: one statement serves everyone."""
    return computed(lambda _: bindparam(name, None, Text()), Text(), nullable=False)


def _is(_: Row, user: Row) -> ColumnElement[bool]:
    return user.c.id == bindparam("actor_user_id", None, BigInteger())


class Viewers(Entity):
    subject = _said("actor_subject")
    role = _said("actor_role")
    scope = _said("actor_scope")
    user = one(lambda: users, on=_is)


viewers = Viewers("Viewer", select(literal_column("1").label("one")).subquery("viewer"))
