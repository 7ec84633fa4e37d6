"""Relative times over HTTP, at a clock that stands still (T23): days are those of the business zone."""

from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"


class Clock:
    """Half past nine in the evening of 28 February 2011 in London: 1 March in Seoul, where the business is."""

    @staticmethod
    def now(zone: tzinfo) -> datetime:
        return datetime(2011, 2, 28, 21, 30, tzinfo=UTC).astimezone(zone)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.slicer.question.datetime", Clock)


def lines(client: Client, cut: str) -> Any:
    answer = client.get(f"{CUBE}/aggregate", {"cut": cut, "aggregates": "lines"})
    assert answer.status_code == 200, answer.text
    return answer.json()["summary"]["lines"]


class TestRelativeTimes:
    @pytest.mark.parametrize(
        ("relative", "absolute"),
        [
            ("date:today", "date@ymd:2011,3,1"),
            ("date:yesterday", "date@ymd:2011,2,28"),
            ("date:tomorrow", "date@ymd:2011,3,2"),
            ("date:lastmonth", "date@ymd:2011,2"),
            ("date:lastyear", "date:2010"),
            ("date:lastquarter", "date:2010,4"),
            ("date:lastmonth-today", "date@ymd:2011,2-2011,3,1"),
            ("!date:lastyear", "!date:2010"),
            ("date:today;lastyear", "date@ymd:2011,3,1;2010"),
        ],
    )
    def test_they_are_what_they_mean_now(self, analyst: Client, relative: str, absolute: str) -> None:
        assert lines(analyst, relative) == lines(analyst, absolute)

    def test_a_set_of_them_in_a_cell_says_the_members(self, analyst: Client) -> None:
        body = analyst.get(f"{CUBE}/cell", {"cut": "date@ymd:lastmonth"}).json()

        assert body["cuts"][0]["path"] == [2011, 2]

    def test_some_of_them_have_facts(self, analyst: Client) -> None:
        assert lines(analyst, "date:lastmonth") > 0


class TestLists:
    """T25 and T24: by bars, repeated, by commas."""

    @pytest.mark.parametrize(
        "asked",
        [
            [("aggregates", "lines|units")],
            [("aggregates", "lines"), ("aggregates", "units")],
            [("aggregates", "lines,units")],
            [("aggregates", "lines,units|lines")],
        ],
        ids=str,
    )
    def test_aggregates(self, analyst: Client, asked: list[tuple[str, str]]) -> None:
        body = analyst.get(f"{CUBE}/aggregate", asked).json()

        assert (list(body["summary"]), body["aggregates"]) == (["lines", "units"], ["lines", "units"])

    @pytest.mark.parametrize(
        "asked",
        [
            [("drilldown", "date:quarter|known")],
            [("drilldown", "date:quarter"), ("drilldown", "known")],
            [("drilldown", "date:quarter,known")],
        ],
        ids=str,
    )
    def test_drilldowns(self, analyst: Client, asked: list[tuple[str, str]]) -> None:
        body = analyst.get(f"{CUBE}/aggregate", [*asked, ("aggregates", "lines")]).json()

        assert body["levels"] == {"date": ["year", "quarter"], "known": ["known"]}


class TestFeatures:
    def test_what_can_be_asked_is_told(self, analyst: Client) -> None:
        """T03: every action that is told is served."""
        features = analyst.get(f"{CUBE}/model").json()["features"]

        assert set(features) == {"actions", "aggregate_functions", "post_aggregate_functions"}
        assert features["actions"] == ["aggregate", "members", "facts", "fact", "cell"]
        for action in ("aggregate?aggregates=lines", "members/date", "facts", "fact/101", "cell"):
            assert analyst.get(f"{CUBE}/{action}").status_code == 200
