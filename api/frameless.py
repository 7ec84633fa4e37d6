"""pyarrow without pandas, which it loads wherever that is installed as soon as it converts anything: 0.35 s of CPU and
tens of megabytes of each process that starts, for frames that none of ours makes (measured).

Imported by processes of our own before they convert anything. What loads pandas later still makes frames of tables and
tables of frames.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

PANDAS = "pandas"


class _Absent(MetaPathFinder):
    """To the thread that made this, pandas is as if it were not installed."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == PANDAS and threading.get_ident() == self._thread:
            raise ModuleNotFoundError("No module named 'pandas'", name=name)
        return None


@contextmanager
def _without_pandas() -> Iterator[None]:
    absent = _Absent()
    sys.meta_path = [absent, *sys.meta_path]  # a new one: other threads walk the old one while they import
    try:
        yield
    finally:
        sys.meta_path = [each for each in sys.meta_path if each is not absent]


if PANDAS not in sys.modules:
    with _without_pandas():
        import pyarrow as pa

        pa.scalar(1)  # it looks for pandas once
