"""The demo company's customers: who they are, how they are reached, what they were before."""

import unicodedata

from tests.domain.demo.asking import START, UNTIL, Connection, none_of

NAMES = """
    SELECT name FROM customers UNION SELECT name FROM users UNION SELECT name FROM branches
    UNION SELECT name FROM products UNION SELECT name FROM categories UNION SELECT name FROM offers
    UNION SELECT district FROM customers UNION SELECT occupation FROM customers WHERE occupation IS NOT NULL
"""


class TestCustomers:
    async def test_every_name_is_nfc_and_has_hangul(self, asked: Connection) -> None:
        names = [row["name"] for row in await asked.fetch(NAMES)]

        assert len(names) > 2000
        assert [name for name in names if not unicodedata.is_normalized("NFC", name)] == []
        assert [name for name in names if not any("가" <= character <= "힣" for character in name)] == []

    async def test_kim_lee_and_park_lead_with_about_their_real_shares(self, asked: Connection) -> None:
        shares = await asked.fetch(
            """SELECT left(name, 1) AS surname, count(*)::float / sum(count(*)) OVER () AS share
               FROM customers WHERE kind = 'PERSON' GROUP BY 1 ORDER BY 2 DESC LIMIT 3"""
        )

        assert [row["surname"] for row in shares] == ["김", "이", "박"]
        assert 0.19 < shares[0]["share"] < 0.24

    async def test_more_join_each_year(self, asked: Connection) -> None:
        joined = await asked.fetch(
            "SELECT count(*) AS n FROM customers WHERE joined_on >= $1 GROUP BY extract(year FROM joined_on) "
            "ORDER BY extract(year FROM joined_on)",
            START,
        )

        counts = [row["n"] for row in joined]
        assert len(counts) == 3
        assert counts == sorted(counts)

    async def test_all_joined_before_the_end_and_as_adults(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT id FROM customers WHERE joined_on >= $1
               OR (kind = 'PERSON' AND (birth_on IS NULL OR joined_on < birth_on + interval '17 years'))""",
            UNTIL,
        )

    async def test_organisations_have_no_sex_birth_or_occupation_and_an_agent_each(
        self, asked: Connection
    ) -> None:
        organisations = await asked.fetchval("SELECT count(*) FROM customers WHERE kind = 'ORGANISATION'")

        assert organisations > 40
        await none_of(
            asked,
            """SELECT id FROM customers WHERE kind = 'ORGANISATION'
               AND (num_nonnulls(gender, birth_on, occupation, wealth_band) > 0 OR owner_id IS NULL)""",
        )

    async def test_nobody_can_be_reached(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT value FROM contact_points WHERE NOT CASE kind
                 WHEN 'PHONE' THEN value ~ '^010-0[0-9]{3}-[0-9]{4}$'
                 WHEN 'EMAIL' THEN value ~ '^[a-z.]+[0-9]+@example[.]com$'
                 ELSE value LIKE '% 가상로 %' END""",
        )

    async def test_every_home_branch_is_open_today(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT c.id FROM customers c LEFT JOIN branches b ON b.id = c.home_branch_id
               WHERE b.id IS NULL OR b.closed_on IS NOT NULL""",
        )


class TestVersions:
    async def test_a_mover_has_dated_versions_that_follow_each_other_without_a_gap(
        self, asked: Connection
    ) -> None:
        moved = await asked.fetchval(
            "SELECT count(*) FROM (SELECT FROM customer_versions GROUP BY customer_id HAVING count(*) > 1) AS movers"
        )

        assert moved > 200
        await none_of(
            asked,
            """SELECT customer_id FROM (
                   SELECT *, lead(valid_from) OVER w AS next_from, lag(valid_to) OVER w AS last_to
                   FROM customer_versions WINDOW w AS (PARTITION BY customer_id ORDER BY valid_from)) AS v
               WHERE valid_to IS DISTINCT FROM next_from
                  OR (last_to IS NULL AND valid_from <> '0001-01-01 00:00:00+00')
                  OR (last_to IS NOT NULL AND (valid_from AT TIME ZONE 'Asia/Seoul')::date NOT BETWEEN $1 AND $2)""",
            START,
            UNTIL,
        )

    async def test_each_version_differs_from_the_one_before(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT customer_id FROM (
                   SELECT customer_id, (region, district, occupation) AS traits,
                          lag((region, district, occupation)) OVER w AS before, row_number() OVER w AS place
                   FROM customer_versions WINDOW w AS (PARTITION BY customer_id ORDER BY valid_from)) AS v
               WHERE place > 1 AND traits IS NOT DISTINCT FROM before""",
        )

    async def test_the_open_version_is_what_the_customer_is_today(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT c.id FROM customers c
               LEFT JOIN customer_versions v ON v.customer_id = c.id AND v.valid_to IS NULL
               WHERE v.id IS NULL OR (v.country, v.region, v.district, v.gender, v.occupation, v.wealth_band)
                   IS DISTINCT FROM (c.country, c.region, c.district, c.gender, c.occupation, c.wealth_band)""",
        )

    async def test_some_products_were_elsewhere_in_the_tree_before_half_time(self, asked: Connection) -> None:
        moved = await asked.fetch(
            """SELECT p.name, old.name AS before, now.name AS today
               FROM product_versions v JOIN products p ON p.id = v.product_id
               JOIN categories old ON old.id = v.category_id JOIN categories now ON now.id = p.category_id
               WHERE v.valid_to = '2024-07-01 15:00:00+00' ORDER BY 1"""
        )

        assert [tuple(row) for row in moved] == [
            ("글벗 공기정화식물", "향·소품", "원예"),
            ("담은들 수제 쿠키 상자", "명절 가공세트", "과자·간식"),
            ("소담테크 신발건조기", "청소가전", "의류관리"),
        ]
