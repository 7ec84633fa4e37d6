"""Why a try failed, noted beside the job: the error's class and Postgres' code, never its text."""

import asyncio
import traceback
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason, JobContext
from procrastinate.worker import Worker
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from domain.db import Engine
from domain.jobs.tries import GivenBack, TryFailed

log = structlog.get_logger("jobs")

_NOTE = text("""
    INSERT INTO jobs.faults (job_id, error, sqlstate, error_id)
    SELECT :job_id, :error, :sqlstate, :error_id WHERE EXISTS (SELECT FROM jobs.procrastinate_jobs WHERE id = :job_id)
""")


def noting(engine: Engine) -> Callable[[Callable[[], Awaitable[Any]], JobContext, Worker], Awaitable[Any]]:
    """What stands around every try: an error is noted and told on without its text."""

    async def around(do: Callable[[], Awaitable[Any]], context: JobContext, _: Worker) -> None:
        try:
            await do()
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.USER_REQUEST:
                raise JobAborted from None
            raise GivenBack from None
        except Exception as error:  # noqa: BLE001  # the edge of a job: what went wrong is noted, and told on as its class
            await _note(engine, context, error)
            raise TryFailed(error) from None

    return around


async def _note(engine: Engine, context: JobContext, error: Exception) -> None:
    cause = getattr(error, "orig", None) or error
    noted = {
        "error": type(cause).__name__,
        "sqlstate": getattr(cause, "sqlstate", None),
        "error_id": str(uuid.uuid4()),
    }
    frames = traceback.extract_tb(error.__traceback__)
    log.error(
        "job_fault",
        kind=context.job.task_name,
        job_id=context.job.id,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        **noted,
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(_NOTE, {"job_id": context.job.id, **noted})
    except (SQLAlchemyError, OSError) as unwritten:
        log.error("job_fault_not_noted", job_id=context.job.id, error=type(unwritten).__name__)
