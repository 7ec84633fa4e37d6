"""What may be asked of the access log, by those who see all rows."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    column,
    false,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.access import Actor
from domain.access_log.model import AccessLogEntry
from domain.roles import Scope
from domain.selection import ids
from domain.selection.entities import DESC, Column, Entity, Row

SUBJECT = "Customer"
"""The type of the subjects' ids."""


def visible_to(actor: Actor, _: Row) -> ColumnElement[bool]:
    """Entries name customers of every branch: only who sees all sees them."""
    return true() if actor.scope is Scope.ALL else false()


def _shown(entry: Row) -> ColumnElement[object]:
    subject = func.unnest(entry.c.subject_ids).table_valued(column("key", BigInteger)).render_derived()
    listed = select(func.array_agg(ids.shown(SUBJECT, subject.c.key), type_=ARRAY(Text())))
    none = literal_column("'{}'::text[]", ARRAY(Text()))
    return func.coalesce(listed.select_from(subject).correlate(entry).scalar_subquery(), none)


class AccessLog(Entity):
    subjects = Column(
        value=lambda row: row.c.subject_ids,
        sql_type=BigInteger(),
        shown=_shown,
        nullable=False,
        read=lambda sent: ids.key(sent, SUBJECT),
    )


access_log = AccessLog(
    "AccessLogEntry", AccessLogEntry.__table__, visible_to=visible_to, order=(("at", DESC),)
)
