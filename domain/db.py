"""Connections to Postgres: engines for commands, pools for planned reads, and transactions that retry.

Why two ways: a planned read is one statement in autocommit and pays neither a reset query nor a ping
(measured per call: bare asyncpg 29 us, its pool 78, without reset 49, SQLAlchemy 159, with ping 217). See domain/reads.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from domain.errors import DomainError, Erased
from domain.messages import say
from domain.moments import exact, exact_engine
from domain.reads import AWAY, SCARCE, Busy, Reads

ROLE_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "8s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
}
"""What every interactive connection sets. Source: reliability rules, section 2; the planner's guesses let a default
PostgreSQL 15 compile for 1.5 s what ran for 0.2 (measured)."""

BULK_SETTINGS = {**ROLE_SETTINGS, "statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
"""For imports, migrations and the demo, which work for minutes in one statement."""

GONE = "23503"
"""A row that is referred to is gone. Commands look for it first, so it went in between, in a merge: the next try looks
again and says that it is not found."""

RETRIABLE = frozenset({"40001", "40P01", "55P03", GONE})
TRIES = 5

TWO_UPDATERS = "new multixact has more than one updating member"
"""A race inside PostgreSQL, without a state of its own: whoever has just rolled back still counts as changing the row.
Seen once on 15.18, among many short transactions on five orders, a fifth of which rolled back."""

CANCELLED = "57014"

ERASED_NAME = say("this external id belongs to a person who was erased: the person is not taken in again")

ERASED = {
    "DGERA": say("this customer was erased: what is left is not changed, and takes nothing personal"),
    "DGERB": ERASED_NAME,
}
"""What triggers say about erased persons (migrations/sql/personal.sql), by their codes."""

SETTLE_SECONDS = 6
"""How long a lost COMMIT is asked after: a killed server serves again within 5 s."""

_BEGUN = text(
    "SELECT pg_current_xact_id()::text AS xid, (SELECT feed_epoch FROM company) AS epoch"
    " FROM set_config('dangol.origin', :origin, true)"
)

WRITTEN_AT = "written_at"
"""What a session of `run` knows at `session.info[WRITTEN_AT]`: the feed's epoch and its transaction's id in it."""
_STATUS = text("SELECT pg_xact_status(CAST(CAST(:xid AS text) AS xid8))")

T = TypeVar("T")

Engine = AsyncEngine
Session = AsyncSession
"""The names by which the layers above, which know no SQLAlchemy, speak of them."""


class TooSlow(DomainError):
    """The statement was cancelled because it took too long."""


class Unsettled(Busy):
    """Nobody knows yet whether the change was committed."""


def sqlalchemy_url(url: str) -> str:
    """The libpq URL, for SQLAlchemy with asyncpg."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+asyncpg://" + url.removeprefix(scheme)
    return url


def engine(url: str, *, pool_size: int = 10, settings: dict[str, str] | None = None) -> AsyncEngine:
    """An engine for commands. Connections are pinged: after a server restart the first call would fail (measured)."""
    made = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=True,
        connect_args={"server_settings": settings or ROLE_SETTINGS},
        hide_parameters=True,  # an error's text must not quote what was written
    )
    return exact_engine(made)


def is_here(url: str) -> bool:
    """Whether the server is on this machine: behind a socket in a folder or on a loopback address."""
    parts = urlsplit(url)
    hosts = parse_qs(parts.query).get("host") or [parts.hostname or ""]
    return all(host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1") for host in hosts)


async def _no_reset(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Planned reads leave nothing behind in a session that would need a reset."""


async def read_pool(
    url: str,
    *,
    size: int = 8,
    at_once: int | None = None,
    connection_class: type[Any] = asyncpg.Connection,
) -> Reads:
    """A pool for reads: autocommit, no reset query, statements of any length cached.

    Where the server shares this machine's processors, few short reads run at once (gate.py), unless `at_once` says
    how many.
    """
    pool = Reads(
        url,
        at_once=at_once or (min(size, 2 * (os.cpu_count() or 1) + 1) if is_here(url) else size),
        min_size=1,
        max_size=size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        loop=None,
        connection_class=connection_class,
        record_class=asyncpg.Record,
        reset=_no_reset,
        init=exact,
        statement_cache_size=256,
        max_cacheable_statement_size=0,
        server_settings=ROLE_SETTINGS,
    )
    return await pool


def lost(error: DBAPIError) -> bool:
    """Whether the connection was lost. asyncpg reports a server's shutdown as a plain error: its state or the broken
    connection tells (measured)."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(("57P", "08"))


def scarce(error: DBAPIError) -> bool:
    """Whether the server has no disk, memory or connections left: the transaction is undone, and nobody is at fault."""
    return (getattr(error.orig, "sqlstate", None) or "").startswith("53")


def held_up(error: DBAPIError) -> Busy | None:
    """What a caller is told where the server has no room left, or is away; None where it is something else."""
    if scarce(error):
        return Busy(SCARCE)
    return Busy(AWAY) if lost(error) else None


def retriable(error: DBAPIError) -> bool:
    """Whether others were in the way, so that the same transaction may succeed when it is run again."""
    return getattr(error.orig, "sqlstate", None) in RETRIABLE or TWO_UPDATERS in str(error.orig)


async def pause(attempt: int) -> None:
    """Waits before the next try: 10 to 500 ms, longer from try to try, with full jitter."""
    await asyncio.sleep(random.uniform(0.01, min(0.5, 0.02 * 2**attempt)))


async def run(
    on: AsyncEngine, work: Callable[[AsyncSession], Awaitable[T]], *, origin: str, tries: int = TRIES
) -> T:
    """`work` has run in one transaction, committed; a serialization failure, deadlock or lock time-out ran it again.

    So did a connection that was lost before COMMIT. One lost during COMMIT is settled by asking Postgres what became
    of the transaction: never by running blindly again. `origin` is what the change feed says about who caused the
    changes. Waits 10 to 500 ms between tries, with full jitter. An error of `work` rolls everything back and is
    raised. Raises Busy, TooSlow and Unsettled.
    """
    for attempt in range(1, tries + 1):
        committing, xid = False, ""
        try:
            async with AsyncSession(on, expire_on_commit=False) as session, session.begin():
                begun = (await session.execute(_BEGUN, {"origin": origin})).one()
                xid = begun.xid
                session.info[WRITTEN_AT] = (int(begun.epoch or 0), int(xid))
                result = await work(session)
                committing = True
            return result
        except NoConnectionInTime:
            raise Busy(say("all connections are in use; ask again in a moment")) from None
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == CANCELLED:
                raise TooSlow(say("the statement took too long and was cancelled")) from None
            if state in ERASED:
                raise Erased(ERASED[state]) from None
            if committing and lost(error):
                if await _committed(on, xid):
                    return result
            elif not (retriable(error) or lost(error)):
                if (busy := held_up(error)) is not None:
                    raise busy from error
                raise
            if attempt == tries:
                if state == GONE:  # nobody else can be the cause so often: a command did not look
                    raise
                others = Busy(say("others kept changing the same; ask again in a moment"))
                raise held_up(error) or others from error
            await pause(attempt)
        except OSError as error:
            if xid:  # of the work: nobody listens only before a transaction has begun
                raise
            if attempt == tries or isinstance(error, TimeoutError):
                raise Busy(AWAY) from error
            await pause(attempt)
    raise AssertionError("unreachable: the last try returns or raises")


async def _committed(on: AsyncEngine, xid: str) -> bool:
    """Whether the transaction was committed, asked until the server knows. Raises Unsettled if it does not in time."""
    until = asyncio.get_running_loop().time() + SETTLE_SECONDS
    attempt = 0
    while asyncio.get_running_loop().time() < until:
        attempt += 1
        try:
            async with on.connect() as connection:
                found = await connection.scalar(_STATUS, {"xid": xid})
        except (DBAPIError, NoConnectionInTime, OSError):
            found = "unknown: the server does not answer yet"
        if found in ("committed", "aborted"):
            return bool(found == "committed")
        await pause(attempt)
    raise Unsettled(
        say(
            "the connection was lost while the change was committed, and whether it was is not known yet; "
            "send the same request again with its idempotency key"
        )
    )


def commanding(on: AsyncEngine) -> tuple[int, int]:
    """How many connections of the engine are in use, and how many there may be."""
    pool: Any = on.pool
    return pool.checkedout(), pool.size()


async def schema_revision(reads: "asyncpg.Pool[asyncpg.Record]") -> str | None:
    """The revision that the store stands at; None for a store that was never migrated."""
    try:
        revision: str | None = await reads.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision
