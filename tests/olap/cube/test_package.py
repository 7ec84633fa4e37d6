"""The package `cubes`: how it is imported, and its faults that are walked around; each is pinned here."""

import subprocess
import sys
from typing import Any

import pytest

from olap.errors import RequestError
from olap.vocabulary import Cell, HierarchyMismatch, PointCut, cell_of, cell_text, drilldown_of, package
from tests.olap.cube.asking import SALES

CUBE = SALES.cube()


class TestImport:
    def test_nothing_of_what_it_takes_stays_behind(self) -> None:
        program = """
import collections.abc, sys, warnings
filters, names, modules = list(warnings.filters), set(dir(collections)), set(sys.modules)
import olap.vocabulary
assert list(warnings.filters) == filters
assert set(dir(collections)) == names
added = set(sys.modules) - modules
assert "pkg_resources" not in added and "cubes" not in added, sorted(added)
unwanted = {"sql", "server", "slicer", "auth", "workspace", "localization", "formatters"}
assert not {f"cubes.{name}" for name in unwanted} & added
"""
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
        )

        assert ran.returncode == 0, ran.stderr


class TestKnownFaults:
    def test_a_path_deeper_than_its_hierarchy(self) -> None:
        (accepted,) = package.cuts_from_string(CUBE, "gender:female,1,2,3")
        assert accepted.level_depth() == 4

        with pytest.raises(HierarchyMismatch, match=r"a path of 4 members in gender.*1 levels: gender"):
            cell_of(SALES, ["gender:female,1,2,3"])

    def test_junk_behind_a_dimension(self) -> None:
        (accepted,) = package.cuts_from_string(CUBE, "gender and more:female")
        assert str(accepted.dimension) == "gender"

        with pytest.raises(RequestError, match="malformed cut 'gender and more:female'"):
            cell_of(SALES, ["gender and more:female"])

    def test_a_comma_between_drilldowns_cuts_them_short(self) -> None:
        assert package.Drilldown(["date,currency"], Cell(CUBE)).result_levels() == {"date": ["year"]}

        levels = drilldown_of(Cell(CUBE), ["date,currency"]).result_levels()
        assert levels == {"date": ["year"], "currency": ["currency"]}

    def test_a_backslash_at_the_end_of_a_member_eats_the_bar_behind_it(self) -> None:
        with pytest.raises(package.CubesError):
            package.cuts_from_string(CUBE, r"gender:a\\|known:yes")

        cell = cell_of(SALES, [r"gender:a\\|known:yes"])
        assert [cut.path for cut in cell.cuts] == [["a\\"], ["yes"]]

    @pytest.mark.parametrize("escape", ["\\,", "\\\\", "\\a", "\\!"])
    def test_backslashes_take_no_exponential_time(self, escape: str) -> None:
        with pytest.raises(RequestError):
            cell_of(SALES, ["gender:" + escape * 2000 + "-x-y"])

    def test_null_does_not_survive_as_text(self) -> None:
        cell = cell_of(SALES, ["customer:__null__;France,__null__"])
        assert "__null__" not in str(cell.cuts[0])

        again = cell_of(SALES, [cell_text(cell)])
        assert again.cuts[0].paths == [[None], ["France", None]]

    def test_members_stay_text(self) -> None:
        (kept,) = package.cuts_from_string(CUBE, "date:2011,1")
        assert kept.path == ["2011", "1"]

        assert cell_of(SALES, ["date:2011,1"]).cuts[0].path == [2011, 1]

    def test_an_unescaped_dash_makes_a_range_and_an_escaped_one_does_not(self) -> None:
        ranged, point = cell_of(SALES, [r"gender:a-b|gender:a\-b"]).cuts

        assert (ranged.from_path, ranged.to_path) == (["a"], ["b"])
        assert point.path == ["a-b"]

    def test_an_unknown_hierarchy_is_an_error_of_the_server(self) -> None:
        with pytest.raises(package.CubesError) as inside:
            CUBE.dimension("date").hierarchy("fiscal")
        assert not hasattr(inside.value, "error_type") or inside.value.error_type == "internal_error"

        with pytest.raises(
            HierarchyMismatch, match="unknown hierarchy 'fiscal' of date; known: calendar, ymd, iso"
        ):
            cell_of(SALES, ["date@fiscal:2011"])

    def test_measures_and_aggregates_must_not_share_a_name(self) -> None:
        assert [attribute.ref for attribute in CUBE.get_attributes(["line_net_revenue"])] == [
            "line_net_revenue"
        ]


class TestRoundTrip:
    @pytest.mark.parametrize(
        "text",
        [
            "date@calendar:2011,1",
            "!date@ymd:2011-2012,3",
            "date@iso:-2011,9",
            "customer@geography:France;__null__",
            r"customer@geography:a\-b\,c\|d\:e\;f\\g\!h|gender@default:female",
            "gender@default:",
        ],
    )
    def test_a_cell_as_text_reads_back_as_the_same_cell(self, text: str) -> None:
        cell = cell_of(SALES, [text])

        assert cell_text(cell) == text
        assert _documents(cell_of(SALES, [cell_text(cell)])) == _documents(cell)

    def test_a_cell_of_objects_is_checked_and_typed_like_one_of_text(self) -> None:
        from olap.vocabulary import checked_cell

        cell = checked_cell(SALES, Cell(CUBE, [PointCut("date", ["2011", 1])]))

        assert cell.cuts[0].path == [2011, 1]
        assert str(cell.cuts[0].hierarchy) == "calendar"


def _documents(cell: Any) -> list[dict[str, Any]]:
    return [dict(cut.to_dict()) for cut in cell.cuts]
