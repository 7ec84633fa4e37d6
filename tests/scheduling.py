"""Which process runs which test: all of one file run in one process, since what they share is made there once.

So do all tests of the embedded server: accounts and binaries are the machine's, not a test's own; and all tests of the
feed, which have a server of the oldest version. The groups of xdist
3.8 (`--dist loadgroup`) are lost with pytest 9.2, which keeps a test's id elsewhere: files were torn apart, and what
their tests share was made twice.

Two processes keep two processors busy; a third runs the tests that mostly wait, which would leave one idle.
"""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

WAITING = (
    "tests/api/transport/",
    "tests/domain/jobs/",
    "tests/domain/postgres",
    "tests/olap/store/test_readers.py",
    "tests/olap/store/test_remote.py",
    "tests/olap/store/test_store.py",
)
"""For stalled jobs, clients that do not read, servers that start and stop, the cube's next look at the feed."""

REAL = "tests/readme/test_readme.py"

TOGETHER = (
    REAL,
    "tests/api/importing/test_online_retail.py",
    "tests/domain/demo/",
    "tests/olap/journeys/test_online_retail.py",
)
"""Files whose tests share the real data, or a demo company: half a minute each."""

FOLDERS = ("/postgres", "/feed")
"""All tests of each in one process."""

LONG = (
    *TOGETHER,
    "tests/api/access/test_leaks.py",
    "tests/api/access/test_matrix.py",
    "tests/api/graphql/test_every_filter.py",
    "tests/api/zones/",
    "tests/domain/feed/",
    "tests/olap/cube/test_property.py",
    "tests/olap/engines/test_clickhouse.py",
    "tests/olap/refresh/",
    "tests/olap/store/",
)
"""Half a minute and more, each."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The next file for whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        folder, _, _ = file.rpartition("/")
        return folder if folder.endswith(FOLDERS) else REAL if file.startswith(TOGETHER) else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        waits = self.numnodes > 2 and node.gateway.id == f"gw{self.numnodes - 1}"
        suits = next((scope for scope in self.workqueue if scope.startswith(WAITING) == waits), None)
        if suits is not None:
            self.workqueue.move_to_end(suits, last=False)
        super()._assign_work_unit(node)
