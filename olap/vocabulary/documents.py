"""A cube's model file made whole: the dimensions it shares with others, and the joins that lead to them.

A file names a shared dimension by `{"use": "date"}` and may say other words than its own, such as a description; they
stand in `model/shared`. A dimension lies in the table `table` (its own name unless said), its attributes in columns
of their names unless `columns` says others; a fact refers to that table by `<table>_key`, or, where it tells by days
how customers were, by `customer_id`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from olap.errors import ModelError
from olap.star import is_daily, metadata


@cache
def shared() -> Mapping[str, Mapping[str, Any]]:
    """The dimensions that several cubes have, by name."""
    file = resources.files("olap") / "model" / "shared" / "dimensions.json"
    return {item["name"]: item for item in json.loads(file.read_text(encoding="utf-8"))}


def whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every dimension and join in it. Raises ModelError for a dimension that is not shared."""
    dimensions = [_dimension(item) for item in document["dimensions"]]
    cube = dict(document["cube"])
    cube["dimensions"] = cube.get("dimensions", [item["name"] for item in dimensions])
    cube["joins"] = _joins(cube, dimensions)
    cube["mappings"] = {**_mappings(dimensions), **cube.get("mappings", {})}
    return {**document, "cube": cube, "dimensions": dimensions}


def table_of(dimension: Mapping[str, Any]) -> str:
    """The table of the star in which a dimension lies."""
    return str(dimension.get("table", dimension["name"]))


def _dimension(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if "use" not in item:
        return item
    if item["use"] not in shared():
        raise ModelError(f"no shared dimension {item['use']!r}; known: {', '.join(shared())}")
    return {**shared()[item["use"]], **{key: value for key, value in item.items() if key != "use"}}


def _mappings(dimensions: list[Mapping[str, Any]]) -> dict[str, str]:
    """Where each attribute of the dimensions lies whose table or columns have other names than theirs."""
    found = {}
    for item in dimensions:
        attributes = [each for level in item["levels"] for each in level.get("attributes", [level])]
        for each in attributes:
            # The package leaves the dimension's name out where it has one attribute alone.
            reference = item["name"] if len(attributes) == 1 else f"{item['name']}.{each['name']}"
            column = item.get("columns", {}).get(each["name"], each["name"])
            if "table" in item or "columns" in item:
                found[reference] = f"{table_of(item)}.{column}"
    return found


def _joins(cube: Mapping[str, Any], dimensions: list[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Those that the file says, and one for each further table."""
    said = list(cube.get("joins", []))
    reached = {join["detail"].split(".")[0] for join in said} | {cube["fact"]}
    mapped = {name.split(".")[0] for name in cube.get("mappings", {})}
    for item in dimensions:
        table = table_of(item)
        if table not in reached and item["name"] not in mapped:
            reached.add(table)
            key = (
                "customer_id"
                if table in metadata.tables and is_daily(metadata.tables[table])
                else f"{table}_key"
            )
            said.append({"master": f"{cube['fact']}.{key}", "detail": f"{table}.{key}"})
    return said
