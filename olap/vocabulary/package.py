"""The package `cubes` 1.1, imported on a Python it was not written for; nothing of what that takes stays behind.

Only `model, cells, calendar, browser, metadata, errors` are loaded. Its `__init__` would pull in the workspace, the
authorizers and the formatters, so an empty module of the same name with the right path stands in for it meanwhile.
"""

import collections
import collections.abc
import importlib
import importlib.metadata
import importlib.util
import json
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MOVED = collections.abc.__all__
"""Names that stood in `collections` until Python 3.10."""


@contextmanager
def _old_python() -> Iterator[None]:
    """Inside, `collections` and `pkg_resources` look as they did in 2016; afterwards as before."""
    added = [name for name in MOVED if not hasattr(collections, name)]
    for name in added:
        setattr(collections, name, getattr(collections.abc, name))
    resources = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = _entry_points_only()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name in added:
            delattr(collections, name)
        if resources is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = resources


def _entry_points_only() -> types.ModuleType:
    stub = types.ModuleType("pkg_resources")
    stub.iter_entry_points = lambda group: importlib.metadata.entry_points(group=group)  # type: ignore[attr-defined]  # a stub's only name
    return stub


@contextmanager
def _without_its_init() -> Iterator[None]:
    """Inside, `cubes` is an empty module with the package's path; afterwards it is absent again."""
    if "cubes" in sys.modules:
        yield
        return
    spec = importlib.util.find_spec("cubes")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("the package cubes 1.1 is not installed")
    empty = types.ModuleType("cubes")
    empty.__path__ = list(spec.submodule_search_locations)
    sys.modules["cubes"] = empty
    try:
        yield
    finally:
        del sys.modules["cubes"]


with _old_python(), _without_its_init():
    _browser: Any = importlib.import_module("cubes.browser")
    _cells: Any = importlib.import_module("cubes.cells")
    _errors: Any = importlib.import_module("cubes.errors")
    _metadata: Any = importlib.import_module("cubes.metadata")
    _model: Any = importlib.import_module("cubes.model")

VERSION = importlib.metadata.version("cubes")

AggregationBrowser = _browser.AggregationBrowser
AggregationResult = _browser.AggregationResult
Drilldown = _browser.Drilldown
Facts = _browser.Facts
SPLIT = str(_browser.SPLIT_DIMENSION_NAME)

Cell = _cells.Cell
PointCut = _cells.PointCut
RangeCut = _cells.RangeCut
SetCut = _cells.SetCut
cuts_from_string = _cells.cuts_from_string

CubesError = _errors.CubesError
PackageHierarchyError = _errors.HierarchyError

expand_cube_metadata = _metadata.expand_cube_metadata

_SCHEMAS = {
    name: json.loads(
        (Path(_metadata.__file__).parent / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    )
    for name in ("model", "cube", "dimension")
}


class _Validator(_metadata.ModelMetadataValidator):  # type: ignore[misc]  # the package has no types
    """The package's, which reads its schemas for each part of a model, and loads the package's `__init__` for that."""

    model_schema = _SCHEMAS["model"]
    cube_schema = _SCHEMAS["cube"]
    dimension_schema = _SCHEMAS["dimension"]

    def __init__(self, metadata: dict[str, Any]) -> None:
        self.metadata = metadata


def validate_model(metadata: dict[str, Any]) -> Any:
    """What is wrong with a model, in the package's words."""
    return _Validator(metadata).validate()


Cube = _model.Cube
Dimension = _model.Dimension
