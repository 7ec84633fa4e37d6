"""Scores are written as periods, and only where something changed."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.scores.errors import ScoredLater
from domain.scores.schemes import scheme_on
from domain.scores.writing import Scored, write_scores

ONE, TWO, THREE = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)


async def _write(session: AsyncSession, on: date, *lines: str) -> Scored:
    scheme = await scheme_on(session, "default", on)
    return await write_scores(session, scheme, on=on, model=1, rows=[f"{line}\n".encode() for line in lines])


async def _standing(session: AsyncSession) -> Sequence[tuple[object, ...]]:
    found = await session.execute(
        text("""
            SELECT customer_id, concat(recency, frequency, monetary), valid_from, valid_to, mean_order_value::text
            FROM rfm_scores ORDER BY customer_id, valid_from
        """)
    )
    return [tuple(row) for row in found]


@pytest.fixture(autouse=True)
async def people(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO customers (id, name, joined_on) SELECT i, 'a', '2026-01-01' FROM generate_series(1, 2) i"
        )
    )


class TestWriteScores:
    async def test_a_period_begins_where_something_changed(self, session: AsyncSession) -> None:
        first = await _write(session, ONE, "1,3,1,2,2025-12-31,1,150000.0000", "2,1,1,1,,0,")

        second = await _write(session, THREE, "1,2,1,2,2025-12-31,1,150000.0000", "2,1,1,1,,0,")

        assert (first, second) == (Scored(2, 2), Scored(2, 1))
        assert await _standing(session) == [
            (1, "312", ONE, THREE, "150000.0000"),
            (1, "212", THREE, None, "150000.0000"),
            (2, "111", ONE, None, None),
        ]

    async def test_unchanged_scores_write_nothing(self, session: AsyncSession) -> None:
        await _write(session, ONE, "1,3,1,2,2025-12-31,1,150000", "2,1,1,1,,0,")
        before = list(await session.scalars(text("SELECT ctid::text FROM rfm_scores ORDER BY id")))

        again = await _write(session, TWO, "1,3,1,2,2025-12-31,1,150000", "2,1,1,1,,0,")

        assert again == Scored(2, 0)
        assert list(await session.scalars(text("SELECT ctid::text FROM rfm_scores ORDER BY id"))) == before

    async def test_the_same_day_again_replaces_what_it_found_first(self, session: AsyncSession) -> None:
        await _write(session, ONE, "1,3,1,1,2025-12-31,1,5")

        await _write(session, ONE, "1,3,2,1,2025-12-31,2,5")

        assert await _standing(session) == [(1, "321", ONE, None, "5.0000")]

    async def test_scores_go_forwards(self, session: AsyncSession) -> None:
        await _write(session, TWO, "1,3,1,1,2025-12-31,1,5")

        with pytest.raises(ScoredLater, match="was scored on 2026-01-02 already: 2026-01-01 is earlier"):
            await _write(session, ONE, "1,3,1,1,2025-12-31,1,5")

    async def test_who_is_gone_or_was_erased_meanwhile_is_not_written(self, session: AsyncSession) -> None:
        await session.execute(text("UPDATE customers SET erased_at = now() WHERE id = 2"))

        found = await _write(session, ONE, "1,1,1,1,,0,", "2,1,1,1,,0,", "99,1,1,1,,0,")

        assert found == Scored(3, 1)
        assert [row[0] for row in await _standing(session)] == [1]

    async def test_who_was_not_known_yet_has_no_score(self, session: AsyncSession) -> None:
        # Who joins on the second day at 23:59 in Seoul, in three ways; and who had ordered on the first before.
        await session.execute(
            text("""
                INSERT INTO customers (id, name, joined_on, created_at) VALUES
                    (3, 'joined', '2026-01-02', '2026-05-01'), (4, 'made', NULL, '2026-01-02 14:59+00'),
                    (5, 'made first', '2026-05-01', '2026-01-02 14:59+00'), (6, 'ordered', '2026-01-02', '2026-05-01'),
                    (7, 'returned', '2026-05-01', '2026-05-01'), (8, 'a minute later', '2026-05-01', '2026-05-01')
            """)
        )
        await session.execute(
            text("""
                INSERT INTO orders (source_system, source_id, number, customer_id, ordered_at, currency) VALUES
                    ('t', '7', '7', 7, '2026-01-01 14:59:59+00', 'KRW'),
                    ('t', '8', '8', 8, '2026-01-01 15:00+00', 'KRW')
            """)
        )
        lines = [*(f"{key},1,1,1,,0," for key in (3, 4, 5, 7, 8)), "6,3,1,1,2026-01-01,1,5"]

        found = [await _write(session, day, *lines) for day in (ONE, TWO)]

        assert found == [Scored(2, 2), Scored(6, 4)]
        assert [row[:3] for row in await _standing(session)] == [
            (3, "111", TWO),
            (4, "111", TWO),
            (5, "111", TWO),
            (6, "311", ONE),
            (7, "111", ONE),
            (8, "111", TWO),
        ]

    async def test_another_scheme_has_scores_of_its_own(self, session: AsyncSession) -> None:
        await _write(session, ONE, "1,3,1,1,2025-12-31,1,5")
        other = (
            "INSERT INTO rfm_schemes (name, valid_from, currency, method, anchor, levels, frequency_months)"
            " VALUES ('fifths', '2020-01-01', 'KRW', 'QUANTILES', 'TAU', 5, 12)"
        )
        await session.execute(text(other))

        scheme = await scheme_on(session, "fifths", ONE)
        await write_scores(session, scheme, on=ONE, model=1, rows=[b"1,5,5,5,2025-12-31,1,5\n"])

        assert [row[:2] for row in await _standing(session)] == [(1, "311"), (1, "555")]


class TestOneScoreADay:
    """Of two on a day the cube would count the customer's facts twice: nobody writes them, not by SQL either."""

    INSERT = """
        INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency,
                                monetary, orders)
        SELECT 1, v.scheme, v.valid_from, v.valid_to, min(s.id), 1, 1, 1, 1, 1
        FROM rfm_schemes s CROSS JOIN (VALUES {}) AS v (scheme, valid_from, valid_to) GROUP BY 1, 2, 3, 4
    """

    @pytest.fixture(autouse=True)
    async def january_and_since_march(self, session: AsyncSession) -> None:
        rows = "('default', date '2026-01-01', date '2026-02-01'), ('default', '2026-03-01', NULL)"
        await session.execute(text(self.INSERT.format(rows)))

    @pytest.mark.parametrize(
        ("begin", "end", "day"),
        [
            ("2025-12-01", "'2026-01-02'", "2026-01-01"),
            ("2026-01-31", "'2026-02-02'", "2026-01-31"),
            ("2026-01-10", "'2026-01-11'", "2026-01-10"),
            ("2025-12-01", "'2026-04-01'", "2026-01-01"),
            ("2026-02-01", "'2026-03-02'", "2026-03-01"),
            ("2026-04-01", "'2026-04-02'", "2026-04-01"),
        ],
    )
    async def test_a_second_one_is_refused(
        self, session: AsyncSession, begin: str, end: str, day: str
    ) -> None:
        with pytest.raises(
            IntegrityError, match=f"customer 1 would have two scores of the scheme default on {day}"
        ):
            await session.execute(text(self.INSERT.format(f"('default', date '{begin}', date {end})")))

    async def test_so_are_two_that_come_together_and_a_time_that_grows_into_the_next(
        self, session: AsyncSession
    ) -> None:
        for statement in (
            self.INSERT.format("('new', date '2026-01-01', date '2026-01-03'), ('new', '2026-01-02', NULL)"),
            "UPDATE rfm_scores SET valid_to = '2026-03-02' WHERE valid_to IS NOT NULL",
        ):
            with pytest.raises(IntegrityError, match="would have two scores"):
                async with session.begin_nested():
                    await session.execute(text(statement))

    async def test_the_days_between_another_scheme_and_another_customer_are_free(
        self, session: AsyncSession
    ) -> None:
        rows = "('default', date '2026-02-01', date '2026-03-01'), ('other', '2026-01-01', NULL)"

        await session.execute(text(self.INSERT.format(rows)))
        await session.execute(text(self.INSERT.replace("SELECT 1,", "SELECT 2,").format(rows)))

        assert await session.scalar(text("SELECT count(*) FROM rfm_scores")) == 6
