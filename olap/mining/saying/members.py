"""The members that a cut names, of which a rule can speak."""

from typing import Any

from olap.errors import RequestError
from olap.vocabulary import PointCut, SetCut

Path = tuple[Any, ...]


class NotSayable(RequestError):
    """No rule over customers says exactly who is in the cell; names the cut and what could be said instead."""


def paths_of(cut: Any) -> list[Path]:
    """The members of a point or a set, each of them known, as they stand in the star. Raises NotSayable."""
    found = given(cut)
    if any(not path or None in path or "" in path for path in found):
        raise NotSayable(f"no rule says of whom {cut.dimension.name} is unknown: name members alone")
    return found


def given(cut: Any) -> list[Path]:
    """The members of a point or a set, unknown ones too. Raises NotSayable."""
    match cut:
        case PointCut(path=path):
            found = [tuple(path)]
        case SetCut(paths=paths):
            found = [tuple(path) for path in paths]
        case _:
            raise NotSayable(f"no rule says a range of {cut.dimension.name}: name its members")
    for text in (member for path in found for member in path if isinstance(member, str)):
        # Rules are read without the spaces around their texts, cells with them.
        if text != text.strip():
            raise NotSayable(f"no rule says a member of {cut.dimension.name} with spaces around it")
    return found


def flat(cut: Any) -> list[Any]:
    """The members of a dimension of one level. Raises NotSayable."""
    return [path[0] for path in paths_of(cut)]


def large(cut: Any) -> list[str]:
    """Words that the star writes small, as rules write them. Raises NotSayable."""
    found = flat(cut)
    for word in found:
        # A cell of 'Male' is empty, the rule of MALE is not.
        if word.upper().lower() != word:
            raise NotSayable(f"no {cut.dimension.name} is {word[:40]!r}: its members are written small")
    return [word.upper() for word in found]


def short(path: Path) -> str:
    """The member as a refusal shows it."""
    return ",".join("__null__" if member is None else str(member) for member in path)[:80]
