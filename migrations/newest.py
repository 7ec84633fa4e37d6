"""The newest revision that this code knows, read off the files of the versions: a probe asks for it, and loading
alembic for that would take a sixth of a second and 5 MB in each process that serves (measured)."""

import re
from functools import cache
from pathlib import Path

_REVISION = re.compile(r'^(down_)?revision\b.*= "(.+)"$', re.MULTILINE)


@cache
def head() -> str:
    """The revision that no other stands upon."""
    (newest,) = known() - {name for down, name in _told() if down}
    return newest


@cache
def known() -> frozenset[str]:
    """Every revision that there is."""
    return frozenset(name for down, name in _told() if not down)


@cache
def _told() -> tuple[tuple[str | None, str], ...]:
    """What the files say: `down_revision` lines and `revision` lines, with the names behind them."""
    return tuple(
        (found[1], found[2])
        for path in (Path(__file__).parent / "versions").glob("*.py")
        for found in _REVISION.finditer(path.read_text())
    )
