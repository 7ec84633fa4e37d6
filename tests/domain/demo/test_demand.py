"""Business time: the days on which nothing is sold take no demand."""

from datetime import date

import numpy as np

from domain.demo import calendar, demand
from domain.demo.demand import Way
from domain.demo.period import Period

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))


class TestDemand:
    def test_an_average_day_counts_one(self) -> None:
        made = demand.build(calendar.build(YEAR))

        for way in Way:
            assert np.isclose(made.passed[way][-1], 366)

    def test_no_demand_falls_on_a_closed_day(self) -> None:
        made = demand.build(calendar.build(YEAR))
        all_through = np.linspace(0, 365.999, 100_000)

        shop_days = set(made.day(Way.STORE, all_through).tolist())
        call_days = set(made.day(Way.CALL, all_through).tolist())

        seollal, chuseok = date(2024, 2, 10), date(2024, 9, 17)
        assert shop_days == set(range(366)) - {(day - YEAR.start).days for day in (seollal, chuseok)}
        assert all((YEAR.start.toordinal() + day - 1) % 7 < 5 for day in call_days)
        assert (date(2024, 5, 6) - YEAR.start).days not in call_days

    def test_the_eve_of_a_feast_sells_more_than_the_week_after(self) -> None:
        made = demand.build(calendar.build(YEAR))
        by_day = np.diff(made.passed[Way.STORE])

        before = by_day[(date(2024, 9, 3) - YEAR.start).days : (date(2024, 9, 17) - YEAR.start).days].mean()
        after = by_day[(date(2024, 9, 18) - YEAR.start).days : (date(2024, 10, 2) - YEAR.start).days].mean()
        assert before > 1.2 * after
