"""Read your writes: the cube is asked once it holds a write, else Postgres is, which holds it already."""

import asyncio

from api.errors import ApiError, Code
from api.positions import Position, position
from domain.messages import say
from olap.serving.interruptible import Stoppable, StoppableCube
from olap.serving.live import Live, has_begun
from olap.serving.positions import OtherEpoch

HEADER = "X-Dangol-At-Least"
RAW_HEADER = HEADER.lower().encode()
"""As the server tells it."""

PATIENCE = 3.0
"""Seconds to wait for the cube; a change shows within one, unless an older transaction is open for longer."""
PAUSE = 0.02


async def holding(
    token: str | None, cube: StoppableCube, postgres: Stoppable | None, *, patience: float = PATIENCE
) -> StoppableCube:
    """A cube that holds the write of the token; without a token the given one as it is.

    Raises ApiError for a token that is none of this store's or of no write yet, and where the write does not show in
    time and there is no Postgres to ask.
    """
    if not token:
        return cube
    wanted = position(token)
    if await _shown(wanted, cube, patience):
        return cube
    if postgres is None:
        raise ApiError(
            Code.BUSY,
            say(
                "the cube did not hold this write within {seconds} s; ask again in a moment, or without at_least",
                seconds=int(patience),
            ),
        )
    if not await asyncio.to_thread(has_begun, postgres, wanted.xid):
        raise ApiError(
            Code.BAD_REQUEST,
            say(
                "at_least is the token of a write that there is not yet; give the extensions.token of a mutation as it "
                "was told"
            ),
        )
    return Live(postgres, cube.time_zone, wanted.epoch, wanted.xid)


async def _shown(wanted: Position, cube: StoppableCube, patience: float) -> bool:
    """Whether the cube holds the write; it is waited for. Raises ApiError for a token of another epoch."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        fresh = await asyncio.to_thread(cube.freshness)
        try:
            if wanted.shown(fresh):
                return True
        except OtherEpoch:
            raise ApiError(
                Code.BAD_REQUEST,
                say(
                    "at_least is a token of another store, or from before this one was restored; ask without it"
                ),
            ) from None
        if loop.time() >= end or fresh.fault is not None:
            return False
        await asyncio.sleep(PAUSE)
