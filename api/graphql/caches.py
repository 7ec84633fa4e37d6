"""A bounded memory of what was made before: the least recently used goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Holds values of a total weight of at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K) -> V | None:
        """The value, which is now the most recently used."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """The value is held, and the oldest ones beyond the limit are not."""
        _, before = self._held.pop(key, (None, 0))
        self._held[key] = (value, weight)
        self._weight += weight - before
        while self._weight > self._limit and len(self._held) > 1:
            _, (_, freed) = self._held.popitem(last=False)
            self._weight -= freed
