"""The days of a cell as a window that ends today."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from olap.mining.saying.members import NotSayable
from olap.vocabulary import RangeCut
from olap.vocabulary.times import day_path


def window(cuts: Sequence[Any], today: date) -> Mapping[str, int]:
    """The length of the window up to today; nothing, ever, without a cut. Raises NotSayable."""
    if not cuts:
        return {}
    cut = cuts[0]
    if len(cuts) > 1 or not isinstance(cut, RangeCut) or not cut.from_path:
        raise _no_window()
    if cut.to_path and list(cut.to_path) != day_path(cut.hierarchy, today):
        raise _no_window()
    first = cut.from_path
    if len(first) != len(cut.hierarchy.levels) or cut.hierarchy.levels[0].role != "year":
        raise _no_window()
    parts = {level.role: member for level, member in zip(cut.hierarchy.levels, first, strict=True)}
    try:
        since = date(parts["year"], parts["month"], parts["day"])
    except (ValueError, TypeError):
        raise _no_window() from None
    if since > today:
        raise _no_window()
    return {"days": (today - since).days + 1}


def _no_window() -> NotSayable:
    return NotSayable("a rule's window ends today: cut date once, from a day on, e.g. 89daysago-today")
