"""The newest revision that this code knows, read off the files of the versions: a probe asks for it, and loading
alembic for that would take a sixth of a second and 5 MB in each process that serves (measured)."""

import re
from functools import cache
from pathlib import Path

_REVISION = re.compile(r'^(down_)?revision\b.*= "(.+)"$', re.MULTILINE)


@cache
def head() -> str:
    """The revision that no other stands upon."""
    told = [
        found.groups()
        for path in (Path(__file__).parent / "versions").glob("*.py")
        for found in _REVISION.finditer(path.read_text())
    ]
    newest = {name for down, name in told if not down} - {name for down, name in told if down}
    assert len(newest) == 1, "the versions are one line"
    return newest.pop()
