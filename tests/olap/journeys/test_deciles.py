"""Random parts of customers on three engines, each counted as plain Python counts them; the same from rollups."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import ask
from olap.ask import Engine
from olap.bind import bind_aggregate
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, RowFilter
from olap.request import Texts, aggregate_request
from olap.rollups import kept
from olap.rollups.choice import chosen
from tests.olap.cube.asking import SALES
from tests.olap.engines.stars import engines
from tests.olap.journeys.test_cohort import CUTS, DATES, DRILLS, told
from tests.olap.journeys.ways import FACTS, FILTERS, NOW, ROWS, Fact, Near, current, in_won, sees
from tests.olap.rollups.preferring import Preferring

RANKED = ("net_revenue", "cost", "orders", "lines")
ALSO = ("aov", "orders")


@dataclass(frozen=True)
class Asked:
    parts: int
    by: str
    dates: str
    cut: str
    drilldown: str
    asof: str
    row_filter: RowFilter
    convert: str

    @property
    def aggregates(self) -> list[str]:
        return list(dict.fromkeys([self.by, *ALSO]))

    @property
    def _dated(self) -> str:
        """Amounts of no day have no rate."""
        return "!date:__null__" if self.convert else ""

    @property
    def texts(self) -> Texts:
        return Texts(
            deciles=str(self.parts),
            cut=[each for each in (self.dates or self._dated, self.cut) if each],
            convert=self.convert,
            drilldown=[self.drilldown] if self.drilldown else [],
            asof=self.asof,
            aggregates=self.aggregates,
        )


questions = st.builds(
    Asked,
    st.sampled_from([2, 3, 5, 10]),
    st.sampled_from(RANKED),
    st.sampled_from([dates for dates in DATES if "fiscal" not in dates]),
    st.sampled_from(list(CUTS)),
    st.sampled_from(list(DRILLS)),
    st.sampled_from(["event", "now"]),
    st.sampled_from(FILTERS),
    st.sampled_from(["", "KRW"]),
)


def expected(asked: Asked) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The summary, and each row's key and values."""
    seen = [fact for fact in FACTS["sales"] if sees(fact, "sales", asked.row_filter)]
    if asked.asof == "now":
        seen = current(seen)
    if asked.convert:
        seen = in_won(seen)
    cell = [fact for fact in seen if CUTS[asked.cut](fact) and fact["sales.customer_id"]]
    if (dates := DATES[asked.dates]) is not None:
        days = [(fact, fact["date.on_date"]) for fact in cell]
        cell = [fact for fact, day in days if day is not None and dates[0] <= day <= dates[1]]
    refs = DRILLS[asked.drilldown]
    members: dict[tuple[Any, ...], dict[int, list[Fact]]] = {} if refs else {(): {}}
    for fact in cell:
        of = members.setdefault(tuple(fact[ref] for ref in refs), {})
        of.setdefault(fact["sales.customer_id"], []).append(fact)
    rows = []
    for member, customers in members.items():
        parts = defaultdict(list)
        for place, who in enumerate(sorted(customers, key=lambda who: _first(customers, who, asked.by)), 1):
            (part,) = (
                i
                for i in range(1, asked.parts + 1)
                if ceil(len(customers) * (i - 1) / asked.parts) < place
                and place <= ceil(len(customers) * i / asked.parts)
            )
            parts[part].append(who)
        total = sum(told(facts)[asked.by] or 0 for facts in customers.values())
        before = 0
        for part in range(1, asked.parts + 1):
            values = told([fact for who in parts[part] for fact in customers[who]])
            worth = values[asked.by] or 0
            before += worth
            shares = (worth / total, before / total) if total else (None, None)
            told_values = {**values, asked.by: worth}
            if not parts[part]:
                told_values |= {"aov": None}
            rows.append((*member, part, len(parts[part]), *shares, told_values))
    whole = told([fact for of in members.values() for facts in of.values() for fact in facts])
    size = len({who for of in members.values() for who in of})
    all_of = 1.0 if whole[asked.by] else None
    return {**whole, "decile_size": size, "share": all_of, "cumulative_share": all_of}, rows


def _first(customers: dict[int, list[Fact]], who: int, by: str) -> tuple[Any, ...]:
    worth = told(customers[who])[by]
    return (worth is None, -(worth or 0), who)


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "ways_of_deciles", ROWS) as found:
        duckdb = found["duckdb"]
        assert isinstance(duckdb, DuckDB)
        with duckdb.transaction() as cursor:
            kept.build(cursor)
        yield found


class TestRandomDeciles:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions)
    def test_every_part_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        wanted = aggregate_request(SALES, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(each, SALES, wanted, asked.row_filter) for name, each in opened.items()}
        duckdb: Any = opened["duckdb"]
        by_rollup = ask.aggregate(
            Preferring(duckdb, ("sales_by_day_customer",)), SALES, wanted, asked.row_filter
        )

        summary, rows = expected(asked)
        near = sorted((_near(*row) for row in rows), key=str)
        for name, result in {**found, "rollup": by_rollup}.items():
            got = [
                _near(
                    *(row[ref] for ref in result.attributes),
                    row["decile_size"],
                    row["share"],
                    row["cumulative_share"],
                    {each: row[each] for each in asked.aggregates},
                )
                for row in result.records
            ]
            assert (name, sorted(got, key=str)) == (name, near_of(near, asked))
            of_all = ("decile_size", "share", "cumulative_share", *asked.aggregates)
            whole = {each: result.summary[each] for each in of_all}
            assert (name, _rounded(whole)) == (
                name,
                _rounded(
                    {each: summary[each] or (0 if each == asked.by else summary[each]) for each in whole}
                ),
            )
            assert result.total == len(rows)

    def test_of_nothing_no_part_is_known(self, opened: dict[str, Engine]) -> None:
        wanted = aggregate_request(SALES, Texts(deciles="2", cut=["date:1999"]), now=NOW, language="en")
        nothing = (0, 0, None, None)

        for name, engine in opened.items():
            found = ask.aggregate(engine, SALES, wanted, NONE)
            told = [
                tuple(row[each] for each in ("decile_size", "net_revenue", "share", "cumulative_share"))
                for row in (found.summary, *found.records)
            ]
            assert (name, told) == (name, [nothing] * 3)

    def test_a_rollup_of_customers_is_read(self, opened: dict[str, Engine]) -> None:
        duckdb: Any = opened["duckdb"]
        preferring = Preferring(duckdb, ("sales_by_year_customer",))
        by_year, by_product = (
            aggregate_request(SALES, Texts(deciles="yes", cut=cut), now=NOW, language="en")
            for cut in ([], ["product:home"])
        )

        assert chosen(preferring, bind_aggregate(by_year, SALES, NONE)).rollup == "year_customer"
        assert chosen(preferring, bind_aggregate(by_product, SALES, NONE)).rollup is None


def near_of(rows: list[tuple[Any, ...]], asked: Asked) -> list[tuple[Any, ...]]:
    """The rows with the values that were asked."""
    kept_values = set(asked.aggregates)
    return sorted(
        ((*rest, [item for item in values if item[0] in kept_values]) for *rest, values in rows), key=str
    )


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is None else Near(float(value)) for name, value in values.items()}


def _near(*given: Any) -> tuple[Any, ...]:
    *key, share, up_to, values = given
    shares = (None if each is None else Near(float(each)) for each in (share, up_to))
    return (*key, *shares, sorted(_rounded(values).items()))
