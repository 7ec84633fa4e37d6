"""Rules of segments are asked of the cube where it can tell, and memberships carried back into the domain."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from api.backend import Backend
from api.errors import ApiError, Code
from api.settings import Settings
from domain.access import Actor
from domain.feed import LAST_ID, Cursor
from domain.segments.elsewhere import Asked, Elsewhere, Found
from olap.engines.names import EngineName

if TYPE_CHECKING:  # a worker that asks no cube has no use for the engine
    from olap.ask import Engine
    from olap.mining.asking import Rule
    from olap.serving.interruptible import StoppableCube


async def preview_over(
    backend: Backend,
    asked: Asked,
    actor: Actor,
    *,
    sample: int,
    gone: Callable[[], Awaitable[None]] | None = None,
) -> tuple[int, list[int]] | None:
    """How many customers that the actor may see meet the rule, and the first by key; None where no cube can tell."""
    from api.slicer.access import sight_of
    from olap.mining.asking import preview_of
    from olap.mining.segments import NotInStar

    rule, cube = _rule(asked), backend.cube

    def ask(engine: "Engine") -> tuple[int, list[int]]:
        return preview_of(engine, cube.freshness(), rule, sight_of(actor), sample=sample)

    try:
        return await backend.asking.ask(ask, cube.engine, gone)
    except NotInStar:
        return None
    except ApiError as error:
        _require_busy(error)
        return None


def over(backend: Backend) -> Elsewhere:
    """Asks the process's cube."""

    async def ask(asked: Asked) -> Found | None:
        cube = backend.cube
        try:
            return await backend.asking.ask(lambda engine: _found(engine, cube, asked), cube.engine)
        except ApiError as error:
            _require_busy(error)
            return None

    return ask


def _require_busy(error: ApiError) -> None:
    """A cube that cannot be asked just now stops nobody: Postgres can tell, too, only not so fast. Raises any other."""
    if error.code is not Code.BUSY:
        raise error


def _found(engine: "Engine", cube: "StoppableCube", asked: Asked) -> Found | None:
    from olap.mining.asking import members_of
    from olap.mining.segments import NotInStar

    fresh = cube.freshness()  # before it is asked: what is found may be fresher, never staler
    try:
        keys = list(members_of(engine, fresh, _rule(asked)))
    except NotInStar:
        return None
    return Found(keys, Cursor(fresh.epoch, fresh.watermark - 1, LAST_ID))


def of_owner(settings: Settings) -> Elsewhere:
    """Asks the owner of the cube's file, where there is one: for a process that has no cube."""

    async def ask(asked: Asked) -> Found | None:
        if settings.cube_engine is not EngineName.DUCKDB:
            return None
        return await asyncio.to_thread(_of_owner, settings.cube_path, asked)

    return ask


def _of_owner(path: Path, asked: Asked) -> Found | None:
    from olap.errors import CubeError
    from olap.owner.remote import RemoteCube

    try:
        with closing(RemoteCube(path)) as cube:
            return _found(cube.engine, cube, asked)
    except CubeError:  # nobody owns it, or the owner has ended
        return None


def _rule(asked: Asked) -> "Rule":
    from olap.mining.asking import Rule

    return Rule(asked.rule, asked.today, asked.attributes)
