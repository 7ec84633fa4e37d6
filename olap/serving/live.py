"""Postgres in the cube's place: it holds every write that was committed, and takes longer to answer."""

from dataclasses import dataclass

import sqlalchemy as sa

from olap.freshness import Freshness
from olap.serving.interruptible import Stoppable


def has_begun(engine: Stoppable, xid: int) -> bool:
    """Whether the store has begun the transaction: what it tells as written lies below its next one. One query."""
    snapshot = sa.cast(sa.func.pg_snapshot_xmax(sa.func.pg_current_snapshot()), sa.Text())
    (found,) = engine.fetch(sa.select(sa.cast(snapshot, sa.BigInteger()).label("next")), {}).to_pylist()
    return bool(xid < found["next"])


@dataclass(frozen=True)
class Live:
    """The mart itself. What it holds is never the same for long, so its answers have no version."""

    engine: Stoppable
    time_zone: str
    epoch: int
    xid: int
    """A transaction that the answers hold."""

    def freshness(self) -> Freshness:
        """As fresh as can be."""
        return Freshness(watermark=self.xid + 1, lag_ms=0, fault=None, epoch=self.epoch)
