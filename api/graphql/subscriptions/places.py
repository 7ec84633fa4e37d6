"""How many connections a process holds open for subscriptions: WebSockets and event streams, in all and of a client.

Each takes memory for as long as it lives (a WebSocket 60 kB), whatever it asks for: without an
end to their number one client ends the service for all.
"""

from collections import Counter

from api.errors import ApiError, Code
from domain.messages import say

MOST_PER_CLIENT = 200
"""Of one credential, in one process."""


class Place:
    """What one connection takes. It is given back once, by `leave`."""

    def __init__(self, places: "Places") -> None:
        self._places = places
        self._client: str | None = None

    def belongs_to(self, client: str) -> None:
        """The place counts for this client from now on. Raises ApiError where he has as many as one may have."""
        self._places.count(client)
        self._client = client

    def leave(self) -> None:
        """The place is free."""
        self._places.free(self._client)


class Places:
    """`most` places; `taken` says how many connections there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._clients: Counter[str] = Counter()
        self.taken = 0

    def take(self) -> Place:
        """A place for a connection of somebody. Raises ApiError where all are taken."""
        if self.taken >= self._most:
            message = say(
                "{most} connections are open for subscriptions, and more are not held; try again in a moment",
                most=self._most,
            )
            raise ApiError(Code.BUSY, message)
        self.taken += 1
        return Place(self)

    def count(self, client: str) -> None:
        """One more is this client's. Raises ApiError."""
        if self._clients[client] >= MOST_PER_CLIENT:
            message = say(
                "{most} connections are open already, and more are not allowed", most=MOST_PER_CLIENT
            )
            raise ApiError(Code.RATE_LIMITED, message)
        self._clients[client] += 1

    def free(self, client: str | None) -> None:
        """One less is taken, this client's if it was anybody's."""
        self.taken -= 1
        if client is not None:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]
