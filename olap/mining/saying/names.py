"""What a rule calls by its key and a cell by its name: categories, products, branches, the scheme, the attributes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from olap.mining.saying.members import NotSayable, Path, given, short

CATEGORY_LEVELS = 3
"""The levels of the product's dimension above the product itself."""


@dataclass(frozen=True)
class Wanted:
    """The members of a cell whose keys a rule needs: categories by their path, products and branches by the whole one,
    in which what is above may be unknown."""

    categories: frozenset[Path] = frozenset()
    products: frozenset[Path] = frozenset()
    branches: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Names:
    """The ids, as rules write them, of those members that there are, and by path; the scheme of RFM by which the cube
    tells cells; the custom attributes in the order of their dimensions."""

    categories: Mapping[Path, str] = field(default_factory=dict)
    products: Mapping[Path, str] = field(default_factory=dict)
    branches: Mapping[Path, str] = field(default_factory=dict)
    scheme: str = ""
    attributes: tuple[str, ...] = ()


def wanted(cuts: Collection[Any]) -> Wanted:
    """What must be looked up to say these cuts. Raises NotSayable for a range of them."""
    goods = {path for cut in cuts if cut.dimension.name == "product" for path in given(cut)}
    homes = {path for cut in cuts if cut.dimension.name == "home_branch" for path in given(cut)}
    return Wanted(
        categories=frozenset(path for path in goods if len(path) <= CATEGORY_LEVELS),
        products=frozenset(path for path in goods if len(path) > CATEGORY_LEVELS),
        branches=frozenset(path for path in homes if len(path) > 1),
    )


def key_of(known: Mapping[Path, str], path: Path, of: str) -> str:
    """The id of the member. Raises NotSayable where there is none: its cell is empty."""
    if path not in known:
        raise NotSayable(f"there is no {of} {short(path)!r} now")
    return known[path]
