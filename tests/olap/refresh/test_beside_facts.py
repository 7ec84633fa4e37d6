"""What stands beside facts is followed too: branches, the calendar, rates and targets."""

from datetime import date
from decimal import Decimal

from tests.olap.store.shop import Cube, Shop


class TestBranches:
    def test_a_branch_renamed_and_a_new_one(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "UPDATE branches SET name = 'Hongdae' WHERE id = 1",
            "INSERT INTO branches (id, code, name, region, kind) VALUES (9, 'J1', 'Aewol', 'Jeju', 'SHOP')",
        )

        cube.refresh()

        assert cube.rows("SELECT branch_key, name FROM branch WHERE branch_key IN (1, 9) ORDER BY 1") == [
            (1, "Hongdae"),
            (9, "Aewol"),
        ]
        assert cube.differences() == ()


class TestCalendar:
    def test_a_holiday_comes_moves_and_goes(self, shop: Shop, cube: Cube) -> None:
        query = "SELECT date_key, holiday_ko FROM date WHERE holiday_ko LIKE '창립%' ORDER BY 1"
        shop.run("INSERT INTO holidays (day, name, name_ko) VALUES ('2011-06-07', 'Founded', '창립일')")
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE holidays SET day = '2011-06-08' WHERE name = 'Founded'")
        cube.refresh()
        moved = cube.rows(query)

        shop.run("DELETE FROM holidays WHERE name = 'Founded'")
        cube.refresh()

        assert (came, moved, cube.rows(query)) == ([(20110607, "창립일")], [(20110608, "창립일")], [])
        assert cube.rows("SELECT day_kind FROM date WHERE date_key = 20110608") == [("working_day",)]
        assert cube.differences() == ()

    def test_the_fiscal_year_begins_with_another_month(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE company SET fiscal_year_month = 4")

        cube.refresh()

        days = cube.rows(
            "SELECT fiscal_year, fiscal_quarter, fiscal_month FROM date WHERE date_key IN (20110331, 20110401)"
            " ORDER BY date_key"
        )
        assert days == [(2011, 4, 12), (2012, 1, 1)]
        assert cube.differences() == ()


class TestRatesAndTargets:
    def test_a_rate_comes_changes_and_goes(self, shop: Shop, cube: Cube) -> None:
        query = (
            "SELECT currency_key, to_currency_key, date_key, rate FROM exchange_rate WHERE rate IS NOT NULL"
        )
        shop.run(
            "INSERT INTO exchange_rates (from_currency, to_currency, valid_on, rate, source_system)"
            " VALUES ('GBP', 'KRW', '2011-06-07', 1750.5, 'erp')"
        )
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE exchange_rates SET rate = 1800.1234567891")
        cube.refresh()
        changed = cube.rows(query)

        shop.run("DELETE FROM exchange_rates")
        cube.refresh()

        assert came == [(826, 410, 20110607, Decimal("1750.5"))]
        assert changed == [(826, 410, 20110607, Decimal("1800.1234567891"))]
        assert cube.rows(query) == []
        assert cube.differences() == ()

    def test_a_target_is_set_and_withdrawn(self, shop: Shop, cube: Cube) -> None:
        query = "SELECT aggregate, cut, from_on, to_on, value FROM target WHERE cube = 'sales'"
        shop.run(
            "INSERT INTO targets (cube, aggregate, cut, period_from, period_to, value)"
            " VALUES ('sales', 'lines', 'currency:GBP', '2011-01-01', '2012-01-01', 12.5)"
        )
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE targets SET withdrawn_at = now()")
        cube.refresh()

        assert came == [("lines", "currency:GBP", date(2011, 1, 1), date(2012, 1, 1), Decimal("12.5"))]
        assert cube.rows(query) == []
        assert cube.differences() == ()
