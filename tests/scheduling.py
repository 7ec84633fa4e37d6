"""Which process runs which test: all of one file run in one process, since what they share is made there once.

So do all tests of the embedded server: accounts and binaries are the machine's, not a test's own. The groups of xdist
3.8 (`--dist loadgroup`) are lost with pytest 9.2, which keeps a test's id elsewhere: files were torn apart, and what
their tests share was made twice.
"""

from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The next file for whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        folder, _, _ = file.rpartition("/")
        return folder if folder.endswith("/postgres") else file
