"""A segment cuts every cube that knows customers: as of the fact's day, now or a date; each fact is in once."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain.postgres import Server
from domain.selection.ids import made
from olap import star
from olap.ask import Engine, aggregate
from olap.called import _name, names_of
from olap.details import cell_details
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.explain import explain_aggregate
from olap.plan import NONE
from olap.request import Texts, aggregate_request, facts_request
from olap.vocabulary import UnknownObject, model_of, models, path_text
from olap.whose import count_customers, customers_of
from tests.olap.cube.asking import NOW, SALES, aggregated, facts, members
from tests.olap.engines.stars import NAMES, engines, in_duckdb
from tests.olap.rollups.conftest import roll_up
from tests.olap.small_star import DAYS, LINES, ODD, ROWS, whole

# segment, customer, from that day on, before that day
TIMES: list[tuple[int, int, int, int | None]] = [
    (1, 1, 1, None),
    (1, 2, 2, 6),
    (1, 3, 4, None),
    (2, 1, 3, 5),
    (2, 1, 6, None),
    (2, 5, 1, 7),
]
SEGMENTS: list[tuple[Any, ...]] = [
    (0, None, None, None),
    (1, "rule", "no", "VIP"),
    (2, "fixed", "no", ODD),
]


def at(day: int | None) -> datetime | None:
    return None if day is None else datetime.combine(DAYS[day - 1], time(12), UTC)


MEMBERSHIPS: list[tuple[Any, ...]] = [
    (0, 0, 0, None, None, 0, None),
    *(
        (number, segment, customer, at(entered), at(left), entered, left)
        for number, (segment, customer, entered, left) in enumerate(TIMES, start=1)
    ),
]
GIVEN = {
    **ROWS,
    star.table_of("segment"): SEGMENTS,
    star.table_of("membership"): MEMBERSHIPS,
}
VIP, OTHER = "segment:VIP", f"segment:{path_text([ODD])}"

Inside = Callable[[int, int, int], bool]
"""Whether a customer is in a segment for a fact of a day."""


def on_its_day(segment: int, customer: int, day: int) -> bool:
    return any(
        (segment, customer) == (s, c) and entered <= day and (left is None or day < left)
        for s, c, entered, left in TIMES
    )


def as_of(moment: date | None) -> Inside:
    end = None if moment is None else datetime.combine(moment + timedelta(days=1), time(), UTC)

    def inside(segment: int, customer: int, _: int) -> bool:
        return any(
            (segment, customer) == (s, c)
            and (left is None if end is None else at(entered) < end and (left is None or at(left) >= end))  # type: ignore[operator]  # a day has a moment
            for s, c, entered, left in TIMES
        )

    return inside


ASOF: dict[str, tuple[str | None, Inside]] = {
    "event": (None, on_its_day),
    "now": ("now", as_of(None)),
    "date": ("2011-12-31", as_of(date(2011, 12, 31))),
}
CUTS: dict[str, tuple[list[str], Callable[[bool, bool], bool]]] = {
    "one": ([VIP], lambda vip, other: vip),
    "other": ([OTHER], lambda vip, other: other),
    "either": ([f"{VIP};{path_text([ODD])}"], lambda vip, other: vip or other),
    "both": ([VIP, OTHER], lambda vip, other: vip and other),
    "not": ([f"!{VIP}"], lambda vip, other: not vip),
    "by its id": (["segment:U2VnbWVudDox"], lambda vip, other: vip),
    "not by its id": ([f"!segment:{made('Segment', 2)}"], lambda vip, other: not other),
    "by id and name": ([f"segment:U2VnbWVudDox;{path_text([ODD])}"], lambda vip, other: vip or other),
}


@pytest.fixture(scope="module")
def segmented(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "segmented", GIVEN) as opened:
        yield opened


@pytest.fixture(params=NAMES)
def engine(segmented: dict[str, Engine], request: pytest.FixtureRequest) -> Engine:
    return segmented[request.param]


@pytest.fixture(scope="module")
def rolled() -> Iterator[DuckDB]:
    """The same with every rollup."""
    with in_duckdb({table: whole(table, given) for table, given in GIVEN.items()}) as opened:
        roll_up(opened)
        yield opened


def by_hand(inside: Inside, wanted: Callable[[bool, bool], bool]) -> list[tuple[Any, ...]]:
    return [line for line in LINES if wanted(inside(1, line[4], line[2]), inside(2, line[4], line[2]))]


class TestCuts:
    @pytest.mark.parametrize("asof", ASOF)
    @pytest.mark.parametrize("cut", CUTS)
    def test_facts_of_the_members_are_in_once(self, engine: Engine, cut: str, asof: str) -> None:
        (cuts, wanted), (moment, inside) = CUTS[cut], ASOF[asof]

        as_of: Any = {"asof": moment} if moment else {}
        answer = aggregated(engine, cut=cuts, aggregates="lines|customers", **as_of)

        lines = by_hand(inside, wanted)
        expected = {"lines": len(lines), "customers": len({line[4] for line in lines} - {0})}
        assert answer.summary == expected

    @pytest.mark.parametrize("asof", ASOF)
    @pytest.mark.parametrize("cut", CUTS)
    def test_a_rollup_of_customers_says_the_same(self, rolled: DuckDB, cut: str, asof: str) -> None:
        (cuts, wanted), (moment, inside) = CUTS[cut], ASOF[asof]

        as_of: Any = {"asof": moment} if moment else {}
        answer = aggregated(rolled, cut=cuts, aggregates="lines|customers", **as_of)

        assert answer.summary["lines"] == len(by_hand(inside, wanted))
        assert answer.rollup in {"day_customer", "month_customer", "year_customer"}

    def test_a_split_parts_a_segment_from_the_rest(self, engine: Engine) -> None:
        answer = aggregated(engine, split=VIP, aggregates="lines")

        inside = len(by_hand(on_its_day, lambda vip, _: vip))
        found = {row["__within_split__"]: row["lines"] for row in answer.records}
        assert found == {True: inside, False: len(LINES) - inside}

    def test_facts_and_members_of_the_cell_are_those_of_the_segment(self, engine: Engine) -> None:
        lines = by_hand(on_its_day, lambda vip, _: vip)

        assert facts(engine, cut=VIP, fields="order_id").table.num_rows == len(lines)
        kinds = members(engine, "line_kind", cut=VIP).table.column(0).to_pylist()
        assert len(kinds) == len({line[9] for line in lines})


class TestNoSuchSegment:
    @pytest.mark.parametrize(
        "cut", ["segment:Vip", "!segment:Vip", "segment:VIP;Vip", "line_kind:sale|segment:Vip"]
    )
    def test_is_named_with_those_that_there_are(self, engine: Engine, cut: str) -> None:
        with pytest.raises(RequestError) as refused:
            aggregated(engine, cut=cut, aggregates="lines")

        assert str(refused.value) == f"unknown segment 'Vip'; known: {', '.join(sorted(['VIP', ODD]))}"

    @pytest.mark.parametrize("member", [made("Segment", 3), made("Customer", 1), "1", ""])
    def test_an_id_of_something_else_is_none_either(self, segmented: dict[str, Engine], member: str) -> None:
        with pytest.raises(RequestError, match="unknown segment"):
            aggregated(segmented["duckdb"], cut=f"segment:{member}", aggregates="lines")

    @pytest.mark.parametrize(
        "ask", ["split", "funnel", "facts", "members", "cell", "explain", "whose", "count"]
    )
    def test_whatever_is_asked(self, segmented: dict[str, Engine], ask: str) -> None:
        engine, cut = segmented["duckdb"], "segment:Vip"
        request = facts_request(SALES, Texts(cut=[cut]), now=NOW, language="en")
        wanted = aggregate_request(SALES, Texts(cut=[cut]), now=NOW, language="en")
        asked: dict[str, Callable[[], Any]] = {
            "split": lambda: aggregated(engine, split=cut, aggregates="lines"),
            "funnel": lambda: aggregated(engine, funnel=f"sales|sales.{cut}"),
            "facts": lambda: facts(engine, cut=cut),
            "members": lambda: members(engine, "line_kind", cut=cut),
            "cell": lambda: cell_details(engine, SALES, request.cell, NONE),
            "explain": lambda: explain_aggregate(engine, SALES, wanted, NONE),
            "whose": lambda: customers_of(engine, SALES, request, NONE, most=1),
            "count": lambda: count_customers(engine, SALES, request, NONE),
        }

        with pytest.raises(RequestError, match="unknown segment 'Vip'; known"):
            asked[ask]()

    def test_the_cube_of_segments_says_so_too(self, segmented: dict[str, Engine]) -> None:
        model = model_of("segments")
        request = aggregate_request(model, Texts(cut=["segment:Vip"]), now=NOW, language="en")

        with pytest.raises(RequestError, match="unknown segment 'Vip'; known"):
            aggregate(segmented["duckdb"], model, request, NONE)

    def test_where_there_are_many_the_nearest_are_told(self) -> None:
        names = {f"Segment {number:03}": f"Segment {number:03}" for number in range(100)} | {"Best": "Best"}

        with pytest.raises(RequestError) as near:
            _name("Bset", names)
        with pytest.raises(RequestError) as far:
            _name("xyz", names)
        with pytest.raises(RequestError) as none:
            _name("Bset", {})

        assert str(near.value) == "unknown segment 'Bset'; known: Best"
        assert str(far.value) == "unknown segment 'xyz': none of 101 is called like that"
        assert str(none.value) == "unknown segment 'Bset': there are no segments yet"

    def test_a_name_comes_before_an_id(self) -> None:
        with in_duckdb(
            {
                star.table_of("segment"): [
                    (0, None, None, None),
                    (1, "rule", "no", made("Segment", 2)),
                    (2, "rule", "no", "b"),
                ]
            }
        ) as engine:
            assert names_of(engine)[made("Segment", 2)] == made("Segment", 2)


class TestDrills:
    @pytest.mark.parametrize("wanted", ["segment", "segment:segment", "date|segment"])
    def test_segments_that_overlap_are_not_drilled_and_the_way_out_is_told(
        self, segmented: dict[str, Engine], wanted: str
    ) -> None:
        with pytest.raises(RequestError, match=r"a customer may be in several at once.*compare it.*split"):
            aggregated(segmented["duckdb"], drilldown=wanted)

    def test_they_are_no_dimension_of_an_answer(self, segmented: dict[str, Engine]) -> None:
        with pytest.raises(UnknownObject, match="segment"):
            members(segmented["duckdb"], "segment")

    def test_every_cube_that_knows_customers_is_cut_by_them(self) -> None:
        cut = {name for name, model in models().items() if model.belonging is not None}

        assert {"sales", "touchpoints", "offers", "cases", "opportunities", "shipments", "customers"} <= cut
        assert "stock" not in cut
        # There it is a dimension of its own.
        assert "segments" not in cut
