"""Jobs as lines for people at a terminal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid
from domain.jobs.commands import JobNotFound
from domain.jobs.model import JobState, overview
from domain.messages import say

_FAULTS = text("SELECT at, error, sqlstate, error_id FROM jobs.faults WHERE job_id = :id ORDER BY id")


@dataclass(frozen=True)
class Job:
    """One job: its times in UTC."""

    id: int
    kind: str
    state: str
    tries: int
    key: str | None
    ids: dict[str, int]
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    sqlstate: str | None
    error_id: str | None

    def cells(self) -> list[str]:
        """What a table shows."""
        times = (self.created_at, self.started_at, self.finished_at)
        return [str(self.id), self.kind, self.state, str(self.tries), *map(_time, times), self.error or ""]

    def shown(self) -> dict[str, str]:
        """Everything, by name."""
        return {
            "job": str(self.id),
            "kind": self.kind,
            "ids": ", ".join(f"{name} {key}" for name, key in sorted(self.ids.items())),
            "state": self.state,
            "tries": str(self.tries),
            "key": self.key or "",
            "created": _time(self.created_at),
            "due": _time(self.due_at),
            "started": _time(self.started_at),
            "finished": _time(self.finished_at),
        }


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def state_named(name: str) -> JobState:
    """The state of this name, in any case. Raises Invalid."""
    try:
        return JobState(name.upper())
    except ValueError:
        known = ", ".join(state.value.lower() for state in JobState)
        raise Invalid(say("unknown state {given!r}; known: {known}", given=name, known=known)) from None


async def jobs(session: AsyncSession, *, state: JobState | None, kind: str | None, first: int) -> list[Job]:
    """The newest jobs, at most so many."""
    statement = select(overview).order_by(overview.c.id.desc()).limit(first)
    if state is not None:
        statement = statement.where(overview.c.state == state)
    if kind is not None:
        statement = statement.where(overview.c.kind == kind)
    return [Job(**row) for row in (await session.execute(statement)).mappings()]


async def job(session: AsyncSession, job_id: int) -> Job:
    """One job. Raises JobNotFound."""
    row = (await session.execute(select(overview).where(overview.c.id == job_id))).mappings().one_or_none()
    if row is None:
        raise JobNotFound
    return Job(**row)


async def faults(session: AsyncSession, job_id: int) -> list[str]:
    """The faults of the job's tries, oldest first, a line each."""
    rows = await session.execute(_FAULTS, {"id": job_id})
    return [" ".join(filter(None, (_time(row.at), row.error, row.sqlstate, row.error_id))) for row in rows]
