"""What the customers of a cell did, as a rule: that they have a fact in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from olap.mining.saying.channels import channels
from olap.mining.saying.days import window
from olap.mining.saying.members import NotSayable, Path, given, large, paths_of, short
from olap.mining.saying.names import CATEGORY_LEVELS, Names, key_of
from olap.mining.saying.traits import Rule


def bought(cuts: Sequence[Any], names: Names, today: date) -> list[Rule]:
    """A line of the kind sale in the window, of one of the products. Raises NotSayable."""
    kinds = [path for cut in _of(cuts, "line_kind") for path in paths_of(cut)]
    if kinds != [("sale",)]:
        raise NotSayable("a rule counts orders with a line of the kind sale: cut line_kind by sale")
    days, goods = window(_of(cuts, "date"), today), _once(cuts, "product")
    if goods is None:
        return [{"orders": {"atLeast": 1, **days}}]
    said: list[Rule] = [{"bought": {**_goods(path, names), "atLeast": 1, **days}} for path in given(goods)]
    return said if len(said) == 1 else [{"any": said}]


def _goods(path: Path, names: Names) -> Mapping[str, str]:
    """A product, wherever it lies in the tree, or a category."""
    if len(path) > CATEGORY_LEVELS and path[-1]:
        return {"productId": key_of(names.products, path, "product")}
    if None in path or "" in path:
        raise NotSayable("no rule says of whom product is unknown: name members alone")
    return {"categoryId": key_of(names.categories, path, "product")}


def contacted(cuts: Sequence[Any], names: Names, today: date) -> list[Rule]:
    """A touchpoint in the window, of one of the channels and kinds. Raises NotSayable."""
    days, ways, kinds = window(_of(cuts, "date"), today), _once(cuts, "channel"), _once(cuts, "kind")
    said: dict[str, Any] = {"atLeast": 1, **days}
    if ways is not None:
        said["channels"] = _channels(ways)
    if kinds is not None:
        said["kinds"] = large(kinds)
    return [{"touchpoints": said}]


def _channels(cut: Any) -> list[str]:
    """The channels named, and those of the groups named. Raises NotSayable for what is not there."""
    found: dict[str, None] = {}
    for path in paths_of(cut):
        meant = [each for each in channels() if each[: len(path)] == path]
        if not meant:
            raise NotSayable(f"there is no channel {short(path)!r}")
        found.update(dict.fromkeys(name.upper() for _, name in meant))
    return list(found)


def _of(cuts: Sequence[Any], dimension: str) -> list[Any]:
    return [cut for cut in cuts if cut.dimension.name == dimension]


def _once(cuts: Sequence[Any], dimension: str) -> Any | None:
    """The cut of the dimension, if there is one. Raises NotSayable for several: a fact lies in all of them."""
    found = _of(cuts, dimension)
    if len(found) > 1:
        raise NotSayable(f"{dimension} is cut several times, which no rule says; say it in one cut")
    return found[0] if found else None
