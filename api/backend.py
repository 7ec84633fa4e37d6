"""What one process holds while it serves: settings, connections, who may ask, and the cube."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from api.access_log.recorder import AccessLog
from api.auth import Authenticator
from api.graphql.subscriptions.hub import Hub
from api.graphql.subscriptions.places import Places
from api.metrics.counted import Requests
from api.rates import Rates
from api.settings import Settings
from api.usage.counted import Usage

if TYPE_CHECKING:
    from api.asking import Asking
    from domain.db import Engine
    from domain.reads import Reads
    from olap.serving.interruptible import Stoppable, StoppableCube

LIMIT = 10_000
"""Points that one request may cost."""

BULK_LIMIT = 500_000
"""The same for a bulk request."""

SAVED_SECONDS = 10
"""So many seconds of the rate may be saved up."""


@dataclass(frozen=True)
class Backend:
    """Made once at start-up (api/app.py), found at `request.app.state.backend`.

    `engine` runs commands in transactions, `reads` runs planned reads in autocommit, `cube` answers drill-downs, and
    `postgres` those that must hold what the cube does not hold yet.
    """

    settings: Settings
    auth: Authenticator
    engine: "Engine"
    reads: "Reads"
    cube: "StoppableCube"
    postgres: "Stoppable | None" = None

    @cached_property
    def asking(self) -> "Asking":
        """How many questions the cube is asked at once."""
        from api.asking import Asking

        return Asking()

    @cached_property
    def hub(self) -> Hub:
        """Where subscriptions get their events from."""
        return Hub()

    @cached_property
    def places(self) -> Places:
        """How many connections are held open for subscriptions."""
        return Places(self.settings.live_connections)

    @cached_property
    def access_log(self) -> AccessLog:
        """Whom guarded data was shown to; written while `access_log.writing()` is open."""
        return AccessLog(self.reads)

    @cached_property
    def requests(self) -> Requests:
        """What this process has answered."""
        return Requests()

    @cached_property
    def usage(self) -> Usage:
        """Who has called what; written while `api.usage.recorder.writing` is open."""
        return Usage()

    @cached_property
    def rates(self) -> Rates:
        """What each credential may ask for interactively."""
        return _rates(self.settings.rate, self.settings.processes, LIMIT)

    @cached_property
    def bulk_rates(self) -> Rates:
        """What each machine may send in bulk."""
        return _rates(self.settings.bulk_rate, self.settings.processes, BULK_LIMIT)


def _rates(per_second: int, processes: int, most: int) -> Rates:
    """One process's part; a full bucket lets the dearest request through."""
    return Rates(per_second / processes, burst=max(most, SAVED_SECONDS * per_second / processes))
