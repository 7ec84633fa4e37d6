"""How the customers of a cell stand at the end of a month, of which a rule can say the running one alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from olap.mining.saying.members import NotSayable, flat
from olap.mining.saying.names import Names
from olap.mining.saying.traits import Rule
from olap.vocabulary import PointCut


def stands(cuts: Sequence[Any], names: Names, today: date) -> list[Rule]:
    """Nothing more: in the running month every customer stands, as he is. Raises NotSayable for any other time."""
    times = [cut for cut in cuts if cut.dimension.name in {"month_ended", "date"}]
    if not times or not all(_running(cut, today) for cut in times):
        raise NotSayable(
            "a rule speaks of customers as they stand in the running month: cut month_ended by no, or date by "
            f"{today.year},{(today.month + 2) // 3},{today.month}"
        )
    return []


def _running(cut: Any, today: date) -> bool:
    if cut.dimension.name == "month_ended":
        return flat(cut) == ["no"]
    return isinstance(cut, PointCut) and _parts(cut) == {"year": today.year, "month": today.month}


def _parts(cut: Any) -> Mapping[str, Any]:
    """The year and the month of a path that ends with a month; nothing of another one."""
    levels = cut.hierarchy.levels[: len(cut.path)]
    if not levels or levels[-1].role != "month":
        return {}
    parts = {level.role: member for level, member in zip(levels, cut.path, strict=True)}
    return {role: parts.get(role) for role in ("year", "month")}
