"""Where a task came from: a case, an opportunity, a touchpoint, or nothing that has a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.cases import queries as cases
from domain.cases.model import Case
from domain.errors import Invalid
from domain.messages import say
from domain.opportunities import queries as opportunities
from domain.opportunities.model import Opportunity
from domain.tasks.model import TaskSource
from domain.touchpoints import queries as touchpoints
from domain.touchpoints.model import Touchpoint


@dataclass(frozen=True)
class CameFrom:
    """The kind of the source, and its key if the source is a row."""

    kind: TaskSource
    key: int | None = None


BY_HAND = CameFrom(TaskSource.MANUAL)


_COLUMNS: Mapping[TaskSource, str] = {
    TaskSource.CASE: "case_id",
    TaskSource.OPPORTUNITY: "opportunity_id",
    TaskSource.TOUCHPOINT: "touchpoint_id",
}


async def source_columns(session: AsyncSession, source: CameFrom, *, actor: Actor) -> dict[str, Any]:
    """The columns that say where the task came from, with `customer_id`, the source's customer, where it has one.

    Raises Invalid for a source that is not there or may not be seen. One statement; none where there is no row.
    """
    column = _COLUMNS.get(source.kind)
    if column is None or source.key is None:
        return {"source": source.kind}
    row, seen = _rows(source.kind, actor)
    found = (
        await session.execute(select(row.c.customer_id).where(row.c.id == source.key, seen))
    ).one_or_none()
    if found is None:
        raise Invalid(
            say("there is no such {kind}, or you may not see it", kind=source.kind), "source", column
        )
    customer = {} if found.customer_id is None else {"customer_id": found.customer_id}
    return {"source": source.kind, column: source.key, **customer}


def _rows(kind: TaskSource, actor: Actor) -> tuple[FromClause, ColumnElement[bool]]:
    match kind:
        case TaskSource.CASE:
            return Case.__table__, cases.visible_to(actor)
        case TaskSource.OPPORTUNITY:
            return Opportunity.__table__, opportunities.visible_to(actor)
        case _:
            return Touchpoint.__table__, touchpoints.visible_to(actor)
