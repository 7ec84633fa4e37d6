"""What one process holds while it serves: settings, connections, who may ask, and the cube."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.auth import Authenticator
from api.settings import Settings

if TYPE_CHECKING:
    import asyncpg

    from domain.db import Engine
    from olap.store import Store


@dataclass(frozen=True)
class Backend:
    """Made once at start-up (api/app.py), found at `request.app.state.backend`.

    `engine` runs commands in transactions, `reads` runs planned reads in autocommit, `cube` answers drill-downs.
    """

    settings: Settings
    auth: Authenticator
    engine: "Engine"
    reads: "asyncpg.Pool[asyncpg.Record]"
    cube: "Store"
