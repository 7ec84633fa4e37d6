"""The words of a cube: model, cell, cuts and drilldowns of the package `cubes`, which nothing else imports.

What is taken: the model's JSON and its validation, `Cube`, `Dimension`, `Hierarchy`, `Level`, `cuts_from_string`,
the cuts, `Cell`, `Drilldown` and the contract of `AggregationBrowser`, because analysts and their tools know them.

What is refused: its SQL, server, workspace, authorizers, localisation and relative time, which are dead or wrong.
Its faults that touch what is taken are walked around here, and each is pinned by a test:
paths that are too deep and junk behind names are refused, members get the type of their level, a backslash before
a separator stays a backslash, `__null__` survives as text, labels are put in before a cube is built.
"""

from olap.vocabulary.belonging import SEGMENT
from olap.vocabulary.cells import cell_of, cell_text, checked_cell, path_text, written_cut
from olap.vocabulary.drilldowns import drilldown_of, levels_of_many
from olap.vocabulary.errors import HierarchyMismatch, TooMuch, UnknownObject, Unreadable
from olap.vocabulary.languages import LANGUAGES, language_of
from olap.vocabulary.models import CubeModel, load, model_of, models
from olap.vocabulary.names import dimension_of, hierarchy_of, level_depth
from olap.vocabulary.package import (
    SPLIT,
    VERSION,
    AggregationBrowser,
    AggregationResult,
    Cell,
    Cube,
    Drilldown,
    Facts,
    PointCut,
    RangeCut,
    SetCut,
)
from olap.vocabulary.times import OfDay

__all__ = [
    "LANGUAGES",
    "SEGMENT",
    "SPLIT",
    "VERSION",
    "AggregationBrowser",
    "AggregationResult",
    "Cell",
    "Cube",
    "CubeModel",
    "Drilldown",
    "Facts",
    "HierarchyMismatch",
    "OfDay",
    "PointCut",
    "RangeCut",
    "SetCut",
    "TooMuch",
    "UnknownObject",
    "Unreadable",
    "cell_of",
    "cell_text",
    "checked_cell",
    "dimension_of",
    "drilldown_of",
    "hierarchy_of",
    "language_of",
    "level_depth",
    "levels_of_many",
    "load",
    "model_of",
    "models",
    "path_text",
    "written_cut",
]
