"""One follower of the feed for a whole process, which hands each event to the subscribers that want it."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from api.errors import ApiError, Code
from domain.feed import Cursor, Event, Operation
from domain.following import FeedRestarted, follow, present
from domain.messages import say

if TYPE_CHECKING:
    from domain.db import Engine

log = structlog.get_logger("subscriptions")

HELD_EVENTS = 50_000
"""How many events may wait for one subscriber; those that wait for several are held once (0.4 kB each)."""

MOST_PER_CLIENT = 200
"""How many subscriptions one client may hold in one process."""

READERS = 2
"""How many subscriptions read rows at once: the other connections are for those who ask."""


@dataclass(frozen=True)
class Wanted:
    """Which events: of one aggregate, with one of these operations, of one row or of all (None)."""

    aggregate: str
    operations: frozenset[Operation]
    key: int | None = None

    def holds(self, event: Event) -> bool:
        return event.operation in self.operations and self.key in (None, event.aggregate_id)


@dataclass(eq=False)
class Subscriber:
    """The events that wait for one subscription. `fault` ends it."""

    wanted: Wanted
    client: str
    fault: ApiError | None = None
    _events: deque[Event] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, event: Event) -> None:
        """The event waits, or the subscription ends because too many do."""
        if len(self._events) >= HELD_EVENTS:
            self.end(too_slow())
            return
        self._events.append(event)
        self._woken.set()

    def end(self, fault: ApiError) -> None:
        """The subscription ends with this error, at once."""
        self.fault = self.fault or fault
        self._events.clear()
        self._woken.set()

    async def take(self, most: int) -> Sequence[Event]:
        """The next events, at least one. Raises the fault that ends the subscription."""
        while True:
            if self.fault is not None:
                raise self.fault
            if self._events:
                return [self._events.popleft() for _ in range(min(most, len(self._events)))]
            self._woken.clear()
            await self._woken.wait()


def too_slow() -> ApiError:
    """What a subscriber is told who does not keep up."""
    return ApiError(Code.BUSY, say("changes came faster than they were taken; read anew and subscribe again"))


class Hub:
    """Follows the feed while anybody subscribes. `closing` is set when this process is about to stop."""

    def __init__(self) -> None:
        self.closing = asyncio.Event()
        self.reading = asyncio.Semaphore(READERS)
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._clients: Counter[str] = Counter()
        self._following: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def join(self, engine: "Engine", wanted: Wanted, client: str) -> Subscriber:
        """A subscriber to whom everything is offered that is committed from now on. Raises ApiError."""
        self._admit(client)
        subscriber = Subscriber(wanted, client)
        self._clients[client] += 1
        try:
            async with self._starting:
                if self._following is None or self._following.done():
                    start = await present(engine)
                    self._following = asyncio.create_task(self._follow(engine, start))
                self._subscribers.setdefault(wanted.aggregate, set()).add(subscriber)
        except BaseException:
            self._forget(client)
            raise
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Nothing is offered to the subscriber any more; the last one to leave stops the follower."""
        of_aggregate = self._subscribers.get(subscriber.wanted.aggregate, set())
        if subscriber not in of_aggregate:
            return
        of_aggregate.remove(subscriber)
        self._forget(subscriber.client)
        if not any(self._subscribers.values()):
            self._follow_no_more()

    @property
    def open(self) -> int:
        """How many subscriptions there are."""
        return sum(map(len, self._subscribers.values()))

    def close(self) -> None:
        """Every subscription ends and no new one begins: this process is about to stop."""
        self.closing.set()
        self._end_all(stopping())
        self._follow_no_more()

    def _admit(self, client: str) -> None:
        if self.closing.is_set():
            raise stopping()
        if self._clients[client] >= MOST_PER_CLIENT:
            message = say(
                "{most} subscriptions are open already, and more are not allowed", most=MOST_PER_CLIENT
            )
            raise ApiError(Code.RATE_LIMITED, message)

    def _forget(self, client: str) -> None:
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]

    def _follow_no_more(self) -> None:
        if self._following is not None:
            self._following.cancel()
            self._following = None

    async def _follow(self, engine: "Engine", start: Cursor) -> None:
        try:
            async with aclosing(follow(engine, start)) as batches:
                async for events in batches:
                    self._hand_out(events)
        except FeedRestarted:
            self._end_all(ApiError(Code.BUSY, say("the store was restored; read anew and subscribe again")))
        except Exception as error:  # a fault here must not leave subscribers waiting for ever
            log.error("follower stopped", error=type(error).__name__)
            self._end_all(ApiError(Code.BUSY, say("changes cannot be followed now; subscribe again")))
            raise

    def _hand_out(self, events: Sequence[Event]) -> None:
        for event in events:
            for subscriber in self._subscribers.get(event.aggregate, ()):
                if subscriber.wanted.holds(event):
                    subscriber.offer(event)

    def _end_all(self, fault: ApiError) -> None:
        for subscribers in self._subscribers.values():
            for subscriber in subscribers:
                subscriber.end(fault)


def stopping() -> ApiError:
    """What callers are told while this process stops."""
    return ApiError(Code.BUSY, say("the server is about to stop; subscribe again"))
