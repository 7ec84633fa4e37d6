"""An open cube in ClickHouse: built where that was not done yet, following the feed."""

import re
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from olap.engines.ceilings import USUAL, Ceilings
from olap.engines.clickhouse.connect import EMBEDDED
from olap.engines.clickhouse.copy import Copy
from olap.engines.clickhouse.engine import ClickHouse
from olap.errors import CubeError
from olap.follow import Follower
from olap.owner.lock import hold
from olap.owner.server import Deeds, listening
from olap.progress import Progress, silent
from olap.store import Store

NAME = "dangol"
"""Of the database where the address names none."""


def in_clickhouse(
    database_url: str,
    path: Path,
    *,
    url: str,
    cluster: str | None = None,
    ceilings: Ceilings = USUAL,
    progress: Progress = silent,
) -> Store:
    """The cube at a server's address, whose path is the name that its databases begin with.

    Blocks for the first build only, which `progress` is told of. Raises Owned where another process of this machine
    keeps it (`path` says so), CubeError where there is no server.
    """
    server, name = parted(url)
    with ExitStack() as opening:
        lock = opening.enter_context(hold(path))
        engine = opening.enter_context(ClickHouse(server, cluster=cluster, ceilings=ceilings))
        follower = Follower(Copy(engine, name), database_url)
        opening.callback(follower.stop)
        deeds: Deeds = {"rebuild": follower.rebuild, "verify": lambda _: follower.verify()}
        lock.say(opening.enter_context(listening(deeds)))
        follower.fill(progress)
        follower.start()
        return Store(engine, follower, opening.pop_all())


def parted(url: str) -> tuple[str, str]:
    """A server's address without its path, and the path as a name. Raises CubeError where that is no name."""
    if url.startswith(EMBEDDED):
        return url, NAME
    parts = urlsplit(url)
    name = parts.path.strip("/") or NAME
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is None:
        raise CubeError(f"the cube's name {name[:40]!r} must be letters, digits and underscores")
    return parts._replace(path="").geturl(), name
