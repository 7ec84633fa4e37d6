"""A cube as a process serves it to others: answers kept as long as they hold, questions bounded, writes awaited."""

from dataclasses import dataclass
from functools import cached_property

from olap.freshness import Freshness
from olap.owner.remote import RemoteCube
from olap.requests import RequestLog
from olap.serving.cache import Cached
from olap.serving.interruptible import StoppableCube

__all__ = ["Serving"]


@dataclass(frozen=True)
class Serving:
    """An open cube whose answers are kept until it changes, and whose requests are logged if there is a log."""

    store: StoppableCube
    requests: RequestLog | None = None

    @cached_property
    def engine(self) -> Cached:
        """Answers what was asked before without a query."""
        return Cached(self.store.engine, lambda: self.store.freshness().version, requests=self.requests)

    @property
    def time_zone(self) -> str:
        """The zone of the business days in the cube."""
        return self.store.time_zone

    @property
    def distant(self) -> bool:
        """Whether another process is asked, so that even `freshness` waits for an answer."""
        return isinstance(self.store, RemoteCube)

    def freshness(self) -> Freshness:
        """How fresh the cube is now: taken before a query, it holds for the answer."""
        return self.store.freshness()
