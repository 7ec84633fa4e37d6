"""Puts work into the queue, in the transaction of the business that asks for it: both happen or neither.

    EXPORT_SUBJECT = JobKind("export_subject", ids=("export_id",))
    await enqueue(session, EXPORT_SUBJECT, export_id=7)

Whoever asks for work names its kind; what is done then is told in `domain.jobs`, above everything that may ask.
A job's arguments are ids, never values: what a job works on is read when it runs, and nothing personal lies in the
queue. Jobs with the same key run one after the other, in the order they were asked for.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE = "default"

_DEFER = text("""
    SELECT (jobs.procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :kind, 0, :key, NULL, CAST(:ids AS jsonb), :at)::jobs.procrastinate_job_to_defer_v1
    ]))[1]
""").bindparams(bindparam("at", type_=DateTime(timezone=True)))


class NotAnId(TypeError):
    """A job was asked for with other arguments than the ids of its kind."""


@dataclass(frozen=True)
class JobKind:
    """A kind of work. `key` makes the lock from the ids, e.g. "export:{export_id}"; without it, jobs run together."""

    name: str
    ids: tuple[str, ...] = ()
    key: str | None = None


async def enqueue(session: AsyncSession, kind: JobKind, *, at: datetime | None = None, **ids: int) -> int:
    """The job is in the queue once the session commits, not to run before `at`; its id. One statement.

    Raises NotAnId where the ids are not those of the kind.
    """
    if set(ids) != set(kind.ids) or any(type(value) is not int for value in ids.values()):
        raise NotAnId(f"{kind.name} takes the ids ({', '.join(kind.ids)}) and nothing else")
    key = None if kind.key is None else kind.key.format_map(ids)
    values = {"queue": QUEUE, "kind": kind.name, "key": key, "ids": json.dumps(ids), "at": at}
    made = await session.scalar(_DEFER, values)
    assert made is not None, "the queue gives every job an id"
    return int(made)
