"""How much each credential may ask for: a bucket of points that fills by the second.

A request takes what it may cost before it runs, and gets back what it did not use. The buckets live in this process,
which hands out its part of the limit only: all processes together never give more than the limit.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from api.errors import ApiError, Code
from domain.messages import say

REMEMBERED = 10_000
"""Buckets held; the one that was used longest ago goes first, and is full when its owner comes back."""


class RateLimited(ApiError):
    """The bucket is empty. `retryAfter` is in seconds, whole and at least 1."""

    def __init__(self, cost: int, *, remaining: int, seconds: float) -> None:
        wait = max(1, math.ceil(seconds))
        message = say(
            "this costs {cost} points and {remaining} are left; ask again in {wait} s",
            cost=cost,
            remaining=remaining,
            wait=wait,
        )
        super().__init__(
            Code.RATE_LIMITED, message, retryAfter=wait, cost={"requested": cost, "remaining": remaining}
        )


@dataclass
class _Bucket:
    points: float
    at: float


class Rates:
    """The buckets of one kind of request."""

    def __init__(
        self, per_second: float, *, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`burst` is what a full bucket holds: at least the most that one request may cost. `refused` counts."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self.refused = 0

    def take(self, client: str, cost: int) -> None:
        """The points are the caller's. Raises RateLimited, and then nothing was taken."""
        bucket = self._bucket(client)
        if cost > bucket.points:
            self.refused += 1
            missing = cost - bucket.points
            raise RateLimited(cost, remaining=int(bucket.points), seconds=missing / self._per_second)
        bucket.points -= cost

    def give_back(self, client: str, cost: int) -> int:
        """What was taken and not used is back in the bucket. How many points are left, rounded down."""
        bucket = self._bucket(client)
        bucket.points = min(self._burst, bucket.points + cost)
        return int(bucket.points)

    def _bucket(self, client: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(self._burst, now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(client)
        bucket.points = min(self._burst, bucket.points + (now - bucket.at) * self._per_second)
        bucket.at = now
        return bucket
