"""A cube's model document, looked up by the short names that people write."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from olap.beside.columns import DIFFERENCE_RATE, RATE, SHARE, TARGET
from olap.errors import RequestError
from olap.journeys import words as journeys

DOUBLE = tuple(f"__{kind}" for kind in (RATE, SHARE, DIFFERENCE_RATE))


@dataclass(frozen=True)
class Words:
    """The document that `/cube/<name>/model` gives."""

    document: dict[str, Any]

    @cached_property
    def dimensions(self) -> dict[str, Any]:
        """Dimensions by name."""
        return {dimension["name"]: dimension for dimension in self.document["dimensions"]}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What heads the column of an attribute or aggregate."""
        attributes = [
            attribute
            for dimension in self.document["dimensions"]
            for level in dimension["levels"]
            for attribute in level["attributes"]
        ]
        named = [
            *attributes,
            *self.document["measures"],
            *self.document["details"],
            *self.document["aggregates"],
        ]
        return {item["ref"]: item.get("label") or item["name"] for item in named}

    @cached_property
    def ratios(self) -> frozenset[str]:
        """Aggregates in double; the others are exact."""
        return frozenset(item["name"] for item in self.document["aggregates"] if "expression" in item)

    def is_double(self, name: str) -> bool:
        """Whether a value of an answer is in double: a ratio, also beside another time (what is planned for it is not),
        a rate of a change or a difference, a share."""
        aggregate, _, kind = name.rpartition("__")
        return (
            name in self.ratios
            or (aggregate in self.ratios and kind != TARGET)
            or name.endswith(DOUBLE)
            or name in journeys.DOUBLE
        )

    def drilldown(self, text: str) -> str:
        """A drilldown as the Slicer writes it. Raises RequestError for what is neither dimension nor level."""
        if ":" in text or "@" in text or text in self.dimensions:
            return text
        dimension, hierarchy, level = self.level(text)
        return f"{dimension}@{hierarchy}:{level}"

    def ordering(self, text: str) -> str:
        """A column to order by as the Slicer writes it: a level, `month:desc` or `date:month`, is one by its key.

        Raises RequestError for a level that might mean two.
        """
        name, _, direction = text.rpartition(":")
        if direction.lower() not in {"asc", "desc"}:
            name, direction = text, ""
        named = name.partition(":")[0].partition("@")[0]
        if name not in self.labels and (named in self.dimensions or self._is_level(name)):
            dimension, _, level = self.level(name)
            name = self.key(dimension, level)
        return f"{name}:{direction}" if direction else name

    def level(self, text: str) -> tuple[str, str, str]:
        """Dimension, hierarchy and level of `date:month`, `date@ymd:month`, `month`, or of a dimension's last level.

        Raises RequestError for what does not exist or might mean two.
        """
        named, _, level = text.partition(":")
        name, _, hierarchy = named.partition("@")
        if name in self.dimensions:
            along = self._hierarchy(self.dimensions[name], hierarchy)
            return name, along["name"], level or along["levels"][-1]
        return self._found(text)

    def levels(self, dimension: str, hierarchy: str) -> list[str]:
        """The names of a hierarchy's levels, outermost first."""
        return list(self._hierarchy(self.dimensions[dimension], hierarchy)["levels"])

    def key(self, dimension: str, level: str) -> str:
        """The reference of a level's key."""
        (found,) = (item for item in self.dimensions[dimension]["levels"] if item["name"] == level)
        return str(
            next(each["ref"] for each in found["attributes"] if found["key"] in {each["name"], each["ref"]})
        )

    def _is_level(self, name: str) -> bool:
        return any(name == level["name"] for each in self.dimensions.values() for level in each["levels"])

    def _hierarchy(self, dimension: dict[str, Any], name: str) -> dict[str, Any]:
        wanted = name or dimension["default_hierarchy_name"]
        known = {hierarchy["name"]: hierarchy for hierarchy in dimension["hierarchies"]}
        if wanted not in known:
            raise RequestError(
                f"unknown hierarchy {wanted!r} of {dimension['name']}; known: {', '.join(known)}"
            )
        return dict(known[wanted])

    def _found(self, level: str) -> tuple[str, str, str]:
        """The level of that name, along the first hierarchy of its dimension that has it, the default one first."""
        holders = {
            name: [each["name"] for each in self._default_first(dimension) if level in each["levels"]]
            for name, dimension in self.dimensions.items()
        }
        found = {name: hierarchies[0] for name, hierarchies in holders.items() if hierarchies}
        if not found:
            raise RequestError(
                f"unknown dimension or level {level!r}; dimensions: {', '.join(self.dimensions)}"
            )
        if len(found) > 1:
            meant = ", ".join(f"{name}:{level}" for name in found)
            raise RequestError(f"the level {level!r} stands in several dimensions; say one of {meant}")
        ((name, hierarchy),) = found.items()
        return name, hierarchy, level

    def _default_first(self, dimension: dict[str, Any]) -> list[dict[str, Any]]:
        default = dimension["default_hierarchy_name"]
        return sorted(dimension["hierarchies"], key=lambda hierarchy: hierarchy["name"] != default)
