"""What a customer is by the company's own attributes, scores and consents: data, followed like the rest."""

from olap.browser import Browser
from tests.olap.small_star import SmallCube
from tests.olap.store.shop import Cube, Shop

SCORE = """
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency, monetary,
                            orders)
    SELECT {customer}, '{scheme}', '{begin}', {end}, min(id), 1, {cell}, 1 FROM rfm_schemes
"""


def scored(scheme: str, *found: tuple[int, str, str | None, str]) -> str:
    """A run of scoring: customer, from which day, until which, scores. Of the rows themselves there is no event."""
    rows = (
        SCORE.format(
            customer=customer,
            scheme=scheme,
            begin=begin,
            end="NULL" if end is None else f"'{end}'",
            cell=cell,
        )
        for customer, begin, end, cell in found
    )
    noted = (
        f"INSERT INTO rfm_runs (scheme, scored_on) VALUES ('{scheme}', '{found[-1][1]}')"
        " ON CONFLICT (scheme) DO UPDATE SET scored_on = excluded.scored_on"
    )
    return "; ".join([*rows, noted])


PLACES = "attribute_1, value_1, attribute_2, value_2"


def declare(name: str, *, kind: str = "TEXT", reportable: bool = True, personal: str = "BASIC") -> str:
    return (
        "INSERT INTO customer_attributes (name, type, label_en, label_ko, reportable, personal)"
        f" VALUES ('{name}', '{kind}', 'x', 'x', {reportable}, '{personal}')"
    )


def value(customer: int, attribute: str, column: str, said: str) -> str:
    return (
        f"INSERT INTO customer_attribute_values (customer_id, attribute, {column}_value)"
        f" VALUES ({customer}, '{attribute}', '{said}')"
    )


def customer(cube: Cube, columns: str, key: int = 1) -> tuple[object, ...]:
    (row,) = cube.rows(f"SELECT {columns} FROM customer WHERE customer_id = {key} AND is_current")
    return row


class TestAttributes:
    def test_one_that_is_declared_reportable_is_a_dimension_with_the_next_refresh(
        self, shop: Shop, cube: Cube
    ) -> None:
        shop.run(declare("skin"), value(1, "skin", "text", "dry"), value(2, "skin", "text", "oily"))

        cube.refresh()

        browser = Browser("sales", SmallCube(cube.engine))
        answer = browser.aggregate("known:yes", drilldown=["attribute_1:value"], aggregates=["orders"])
        assert [tuple(cell.values()) for cell in answer.cells] == [
            ("skin", "dry", 2),
            ("skin", "oily", 1),
            ("skin", None, 0),
        ]
        assert browser.aggregate("attribute_1:skin,oily", aggregates=["orders"]).summary == {"orders": 1}
        assert cube.differences() == ()

    def test_values_of_every_type_are_members_by_their_text(self, shop: Shop, cube: Cube) -> None:
        shop.run(declare("pets", kind="NUMBER"), declare("tall", kind="BOOLEAN"))
        shop.run(value(1, "pets", "number", "2.50"), value(1, "tall", "boolean", "true"))

        cube.refresh()

        assert customer(cube, PLACES) == ("pets", "2.5", "tall", "true")
        assert customer(cube, PLACES, 0) == (None, None, None, None)
        assert cube.differences() == ()

    def test_one_that_is_reportable_no_more_leaves_its_place_to_the_next(
        self, shop: Shop, cube: Cube
    ) -> None:
        shop.run(declare("skin"), declare("size"), value(1, "skin", "text", "dry"))
        shop.run(value(1, "size", "text", "M"))
        cube.refresh()
        before = customer(cube, PLACES)

        shop.run("UPDATE customer_attributes SET reportable = false WHERE name = 'skin'")
        cube.refresh()

        assert before == ("skin", "dry", "size", "M")
        assert customer(cube, PLACES) == ("size", "M", None, None)
        assert cube.differences() == ()

    def test_what_says_more_than_a_trait_stays_out_whatever_is_declared(self, shop: Shop, cube: Cube) -> None:
        shop.run(declare("passport", personal="UNIQUE"), declare("illness", personal="SENSITIVE"))
        shop.run(declare("home", personal="CONTACT"), declare("note", reportable=False))
        shop.run(*(value(1, name, "text", "secret") for name in ("passport", "illness", "home", "note")))

        cube.refresh()

        assert customer(cube, f"{PLACES}, attributes") == (None, None, None, None, None)

    def test_the_eleventh_has_no_place_and_is_still_what_segments_may_ask(
        self, shop: Shop, cube: Cube
    ) -> None:
        shop.run(*(declare(f"a{number}") for number in range(1, 12)), value(1, "a11", "text", "x"))

        cube.refresh()

        assert customer(cube, "attribute_10, value_10, attributes") == ("a10", None, '{"a11": "x"}')


class TestScores:
    def test_the_cell_is_that_of_the_scheme_the_company_is_shown(self, shop: Shop, cube: Cube) -> None:
        cell = "rfm_recency, rfm_frequency, rfm_monetary, rfm_cell"
        shop.run(
            "INSERT INTO rfm_schemes (name, valid_from, currency, method, anchor, levels, frequency_months)"
            " VALUES ('fifths', '2000-01-01', 'GBP', 'QUANTILES', 'TAU', 5, 12)",
            "INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency,"
            " monetary, orders) SELECT 1, name, d, t, id, 1, r, f, m, 1 FROM rfm_schemes JOIN (VALUES"
            " ('default', date '2011-01-01', date '2011-02-01', 1, 1, 1), ('default', '2011-02-01', NULL, 3, 2, 1),"
            " ('fifths', '2011-01-01', NULL, 5, 4, 5)) AS s (scheme, d, t, r, f, m) ON scheme = name",
            "INSERT INTO rfm_runs (scheme, scored_on) VALUES ('default', '2011-02-01')",
        )
        cube.refresh()
        default = customer(cube, cell)

        shop.run("UPDATE company SET rfm_scheme = 'fifths'")
        cube.refresh()

        assert (default, customer(cube, cell)) == ((3, 2, 1, "321"), (5, 4, 5, "545"))
        assert customer(cube, cell, 2) == (None, None, None, None)
        assert cube.differences() == ()

    def test_times_of_scores_follow_each_run_and_the_choice_of_a_scheme(self, shop: Shop, cube: Cube) -> None:
        times = "SELECT customer_id, from_key, to_key, rfm_cell FROM customer_rfm WHERE customer_id > 0 ORDER BY 1, 2"
        shop.run(scored("default", (1, "2011-01-31", None, "1, 1, 1")))
        cube.refresh()
        first = cube.rows(times)

        # The other one is scored for the first time: nothing else tells of him.
        shop.run(
            "UPDATE rfm_scores SET valid_to = '2011-02-28'",
            scored("default", (1, "2011-02-28", None, "3, 2, 1"), (2, "2011-02-28", None, "2, 2, 2")),
            scored("other", (3, "2011-02-28", None, "1, 2, 3")),
        )
        cube.refresh()
        second = cube.rows(times)
        equal = cube.differences()
        shop.run("UPDATE company SET rfm_scheme = 'other'")
        cube.refresh()

        assert first == [(1, 20110131, 99999999, "111")]
        assert second == [
            (1, 20110131, 20110228, "111"),
            (1, 20110228, 99999999, "321"),
            (2, 20110228, 99999999, "222"),
        ]
        assert cube.rows(times) == [(3, 20110228, 99999999, "123")]
        assert (equal, cube.differences()) == ((), ())


class TestStages:
    def test_of_several_on_a_day_the_last_one_holds_and_the_present_one_is_the_customers(
        self, shop: Shop, cube: Cube
    ) -> None:
        told = [
            ("PROSPECT", "2011-01-01 03:00+00"),
            ("NEW", "2011-01-31 14:00+00"),
            ("GROWING", "2011-01-31 14:30+00"),
            ("LOYAL", "2011-01-31 15:00+00"),
        ]
        history = ", ".join(f"(1, '{stage}', '{since}')" for stage, since in told)
        shop.run(
            f"INSERT INTO customer_lifecycle_stages (customer_id, stage, since) VALUES {history}",
            "UPDATE customers SET lifecycle_stage = 'LOYAL', lifecycle_since = '2011-01-31 15:00+00' WHERE id = 1",
        )

        cube.refresh()

        assert cube.rows(
            "SELECT from_key, to_key, is_current, lifecycle_stage FROM customer_stage WHERE customer_id = 1 ORDER BY 1"
        ) == [
            (20110101, 20110131, False, "prospect"),
            (20110131, 20110201, False, "growing"),
            (20110201, 99999999, True, "loyal"),
        ]
        assert cube.differences() == ()

    def test_of_two_within_a_second_the_later_one_holds_in_the_months_too(
        self, shop: Shop, cube: Cube
    ) -> None:
        shop.run(
            "INSERT INTO customer_lifecycle_stages (customer_id, stage, since)"
            " VALUES (1, 'WON_BACK', '2011-01-31 03:00:00.1+00'), (1, 'LOYAL', '2011-01-31 03:00:00.9+00')",
            "UPDATE customers SET lifecycle_stage = 'AT_RISK', lifecycle_since = '2011-06-01+00' WHERE id = 1",
        )

        cube.refresh()

        months = """SELECT DISTINCT stage FROM customer_month
            WHERE customer_id = 1 AND date_key BETWEEN 20110131 AND 20110531"""
        days = "SELECT lifecycle_stage FROM customer_stage WHERE customer_id = 1 AND from_key = 20110131"
        assert cube.rows(months) == cube.rows(days) == [("loyal",)]
        assert cube.differences() == ()


class TestConsents:
    def test_the_channels_of_marketing_are_those_of_the_latest_word_on_each(
        self, shop: Shop, cube: Cube
    ) -> None:
        shop.run("""
            INSERT INTO consents (customer_id, purpose, channel, given, at, source) VALUES
                (1, 'MARKETING', NULL, true, '2011-01-01+00', 'web'),
                (1, 'MARKETING', 'SMS', true, '2011-01-01+00', 'web'),
                (1, 'MARKETING', 'EMAIL', true, '2011-01-01+00', 'web'),
                (1, 'MARKETING', 'SMS', false, '2011-02-01+00', 'web'),
                (1, 'SURVEY', 'CHAT', true, '2011-01-01+00', 'web'),
                (1, 'SURVEY', 'SMS', true, '2011-01-02+00', 'web'),
                (2, 'MARKETING', 'SMS', false, '2011-01-01+00', 'web'),
                (2, 'THIRD_PARTY', 'SMS', true, '2011-01-01+00', 'web'),
                (2, 'THIRD_PARTY', NULL, false, '2011-01-02+00', 'web'),
                (2, 'NIGHT_MARKETING', NULL, false, '2011-01-01+00', 'web'),
                (2, 'NIGHT_MARKETING', 'SMS', true, '2011-01-02+00', 'web')
        """)

        cube.refresh()

        assert customer(cube, "marketing, marketing_channels, survey") == ("yes", "any,email", "yes")
        assert customer(cube, "marketing, marketing_channels", 2) == ("no", None)
        assert customer(cube, "third_party, night_marketing", 2) == ("no", "yes")
        assert cube.differences() == ()
