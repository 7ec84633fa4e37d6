"""Models of orders to come: the published estimates on CDNOW's sample, and what any company's star gives."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from olap import star
from olap.engines.duckdb import DuckDB
from olap.mining.lifetime.bgnbd import BgNbd
from olap.mining.lifetime.gammagamma import GammaGamma
from olap.mining.lifetime.histories import Histories, histories
from olap.mining.lifetime.pareto import ParetoNbd
from olap.mining.lifetime.values import Lifetimes, Terms, TooFewOrders
from tests.olap.cube.calendar_star import FIRST, every_day
from tests.olap.engines.stars import in_duckdb
from tests.olap.journeys.ways import row
from tests.olap.small_star import CURRENCIES, KINDS, whole


def of(*rows: tuple[int, float, float, float]) -> Histories:
    x, t, until, m = (np.array(column) for column in zip(*rows, strict=True))
    return Histories(np.arange(1, len(rows) + 1), x, t.astype(float), until.astype(float), m.astype(float))


@pytest.fixture(scope="module")
def cdnow(shared_data: Path) -> Histories:
    """Weeks 1 to 39 of the sample, as the papers have them."""
    with gzip.open(shared_data / "cdnow" / "cdnow_rfm_summary.csv.gz", "rt") as file:
        return of(
            *(
                (int(each["x"]), float(each["t_x"]), float(each["T"]), float(each["m_x"]))
                for each in csv.DictReader(file)
            )
        )


class TestPublished:
    def test_bg_nbd(self, cdnow: Histories) -> None:
        model = BgNbd.fitted(cdnow)

        found = [round(each, 3) for each in (model.r, model.alpha, model.a, model.b)]
        assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.0015)
        assert round(model.log_likelihood(cdnow), 1) == -9582.4

    def test_pareto_nbd(self, cdnow: Histories) -> None:
        model = ParetoNbd.fitted(cdnow)

        found = [round(each, 3) for each in (model.r, model.alpha, model.s, model.beta)]
        assert found == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=0.0045)
        assert round(model.log_likelihood(cdnow), 1) == -9595.0

    def test_gamma_gamma(self, cdnow: Histories) -> None:
        model = GammaGamma.fitted(cdnow)

        assert [round(each, 2) for each in (model.p, model.q, model.gamma)] == [6.25, 3.74, 15.45]

    def test_a_customer_of_the_paper(self) -> None:
        # Two repeat purchases, the last in week 30.43 of 38.86: 1.226 in the next 39 weeks.
        model, one = BgNbd(0.243, 4.414, 0.793, 2.426), of((2, 30.43, 38.86, 22.35))

        assert round(float((model.expected(one, 39) * model.alive(one))[0]), 3) == 1.226


class TestBgNbd:
    def test_who_came_once_is_alive_for_certain(self) -> None:
        assert BgNbd(0.24, 4.4, 0.8, 2.4).alive(of((0, 0, 300, 0), (1, 0.1, 300, 0)))[0] == 1

    def test_many_orders_are_in_range(self) -> None:
        found = BgNbd(0.24, 4.4, 0.8, 2.4).expected(of((2_000, 199, 200, 0), (0, 0, 0, 0)), 52)

        assert np.all((found > 0) & (found < 2_000 * 52 / 199 + 1))


class TestParetoNbd:
    @pytest.mark.parametrize(("alpha", "beta"), [(10.0, 12.0), (12.0, 10.0), (10.0, 10.0), (2.0, 90.0)])
    def test_alive_is_what_integration_gives(self, alpha: float, beta: float) -> None:
        """P(alive) by its own definition: rates integrated out by sums, the moment of stopping too."""
        model, known = ParetoNbd(0.5, alpha, 0.6, beta), (3, 20.0, 40.0)
        x, seen, now = known
        stays = (alpha + now) ** -(0.5 + x) * (beta + now) ** -0.6
        at = np.linspace(seen, now, 200_001)
        density = 0.6 * (alpha + at) ** -(0.5 + x) * (beta + at) ** -1.6
        stopped = float(np.trapezoid(density, at))

        found = float(model.alive(of((x, seen, now, 0)))[0])

        assert found == pytest.approx(stays / (stays + stopped), rel=1e-6)

    def test_who_came_once_fades(self) -> None:
        found = ParetoNbd(0.55, 10.6, 0.6, 11.7).alive(of((0, 0, 1, 0), (0, 0, 50, 0), (0, 0, 500, 0)))

        assert 1 > found[0] > found[1] > found[2] > 0


DAYS = 600


def orders(draw: np.random.Generator, customers: int) -> list[tuple[int, int, date]]:
    """Random orders: (customer, order, day), each at his own rate until he stops."""
    found: list[tuple[int, int, date]] = []
    for who in range(1, customers + 1):
        day, end = int(draw.integers(0, 200)), int(draw.exponential(400))
        first = day
        while day < min(DAYS, first + end + 1):
            found.append((who, len(found) + 1, FIRST + timedelta(days=day)))
            day += 1 + int(draw.exponential(1 + 60 * draw.random()))
    return found


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[list[tuple[int, int, date]], DuckDB]]:
    placed = orders(np.random.default_rng(4), 300)
    lines = [
        row(
            star.sales,
            line_id=order * 10 + line,
            order_id=order,
            customer_id=who,
            date_key=(day - FIRST).days + 1,
            currency_key=826,
            line_kind_key=kind,
            net_revenue=100 + who - 30 * line,
        )
        for who, order, day in placed
        for line, kind in enumerate([1, 3])
    ]
    returned = row(
        star.sales,
        line_id=1,
        order_id=99_999,
        customer_id=1,
        date_key=DAYS,
        currency_key=826,
        line_kind_key=3,
    )
    rows = {
        star.date: every_day(),
        star.currency: CURRENCIES,
        star.line_kind: KINDS,
        star.sales: [*lines, returned],
    }
    with in_duckdb({table: whole(table, given) for table, given in rows.items()}) as engine:
        yield placed, engine


TAU = FIRST + timedelta(days=500)


class TestHistories:
    def test_they_are_those_that_plain_python_counts(
        self, shop: tuple[list[tuple[int, int, date]], DuckDB]
    ) -> None:
        placed, engine = shop

        found = histories(engine, "GBP", TAU)

        seen: dict[int, list[date]] = {}
        for who, _, day in placed:
            if day <= TAU:
                seen.setdefault(who, []).append(day)
        expected = [
            (who, len(set(days)) - 1, (max(days) - min(days)).days / 7, (TAU - min(days)).days / 7)
            for who, days in sorted(seen.items())
        ]
        told = zip(found.customers, found.x, found.t, found.T, strict=True)
        assert [tuple(each) for each in told] == expected
        # 100 + who, and 30 less on the second line.
        assert all(
            m == 2 * (100 + who) - 30
            for who, x, m in zip(found.customers, found.x, found.m, strict=True)
            if x
        )

    def test_another_currency_has_none(self, shop: tuple[list[tuple[int, int, date]], DuckDB]) -> None:
        found = histories(shop[1], "KRW", TAU)

        assert len(found) == 0
        with pytest.raises(TooFewOrders, match="0 of 0 customers have ordered on two days or more"):
            Lifetimes.fitted(found)


class TestValues:
    def test_each_customer_has_his(self, shop: tuple[list[tuple[int, int, date]], DuckDB]) -> None:
        of_all = histories(shop[1], "GBP", TAU)

        table = Lifetimes.fitted(of_all).values(of_all, Terms(weeks=26, margin=0.4, discount=0.1))

        rows = table.to_pylist()
        assert [each["customer_id"] for each in rows] == list(of_all.customers)
        assert {(each["repeat_days"] > 0, each["model"]) for each in rows} == {
            (True, "BG/NBD"),
            (False, "Pareto/NBD"),
        }
        for each in rows:
            assert 0 < each["p_alive"] <= 1
            assert each["churn_risk"] == pytest.approx(1 - each["p_alive"])
            most = 0.4 * each["mean_amount"] * each["expected_orders"]
            # Discounted by at most half a year's.
            assert most / 1.1**0.5 <= each["value"] <= most

    def test_without_discount_value_is_margin_by_amount_by_orders(
        self, shop: tuple[list[tuple[int, int, date]], DuckDB]
    ) -> None:
        of_all = histories(shop[1], "GBP", TAU)

        table = Lifetimes.fitted(of_all).values(of_all, Terms(weeks=13, margin=1, discount=0))

        for each in table.to_pylist():
            assert each["value"] == pytest.approx(each["mean_amount"] * each["expected_orders"])
