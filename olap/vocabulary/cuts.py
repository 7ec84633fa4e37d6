"""From cut texts to the package's cuts, as their grammar says and no further."""

import re
from typing import Any

from olap.errors import RequestError
from olap.vocabulary import package
from olap.vocabulary.errors import TooMuch
from olap.vocabulary.names import dimension_of, hierarchy_of

TEXT_LIMIT = 8192
"""Characters in the cuts of one parameter."""

ESCAPED = re.compile(r"\\([\\!|:;,-])|\\")
STANDINS = dict(zip("\\!|:;,-", map(chr, range(0xFDD0, 0xFDD7)), strict=True))
"""One Unicode noncharacter for each reserved character. With them in place no backslash is left: the package would
take `\\\\|` for an escaped bar, and its patterns take exponential time over backslashes."""

MEANT = {ord(standin): reserved for reserved, standin in STANDINS.items()}
SPECIFIED = re.compile(r"!?(?P<dimension>\w+)(?:@(?P<hierarchy>\w+))?")


def cuts_of(cube: Any, text: str) -> list[Any]:
    """The cuts that a text describes; members are text or None. Raises RequestError, and of its kinds UnknownObject,
    HierarchyMismatch and TooMuch."""
    if not text:
        return []
    if len(text) > TEXT_LIMIT:
        raise TooMuch(f"a cut text of {len(text)} characters; at most {TEXT_LIMIT} are taken")
    if any(standin in text for standin in STANDINS.values()):
        raise RequestError("a cut holds a Unicode noncharacter (U+FDD0 to U+FDD6), which no member does")
    plain = ESCAPED.sub(lambda found: STANDINS[found[1] or "\\"], text)
    for part in plain.split("|"):
        _check_form(cube, part)
    try:
        cuts = package.cuts_from_string(cube, plain)
    except package.CubesError as error:
        raise RequestError(str(error).translate(MEANT)) from None
    return [_meant(cut) for cut in cuts]


def _check_form(cube: Any, part: str) -> None:
    """Raise RequestError unless the cut is `dimension:...` or `dimension@hierarchy:...` with known names."""
    specified, colon, path = part.partition(":")
    matched = SPECIFIED.fullmatch(specified)
    if matched is None or not colon or ":" in path:
        raise RequestError(f"malformed cut {_shown(part)}; the form is dimension[@hierarchy]:path")
    if path.count("-") > 1 or ("-" in path and ";" in path):
        raise RequestError(f"malformed cut {_shown(part)}: a member's own - and ; are written \\- and \\;")
    hierarchy_of(dimension_of(cube, matched["dimension"]), matched["hierarchy"])


def _shown(part: str) -> str:
    text = part.translate(MEANT)
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _meant(cut: Any) -> Any:
    """The cut with its members as they were meant."""
    for name in ("path", "from_path", "to_path"):
        if hasattr(cut, name):
            setattr(cut, name, _plain(getattr(cut, name)))
    if hasattr(cut, "paths"):
        cut.paths = [_plain(path) for path in cut.paths]
    return cut


def _plain(path: list[str | None]) -> list[str | None]:
    return [item if item is None else item.translate(MEANT) for item in path]
