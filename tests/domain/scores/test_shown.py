"""The company is told its customers by the scheme that it chose."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid
from domain.scores.errors import SchemeNotFound
from domain.scores.schemes import NewScheme, add_scheme
from domain.scores.shown import choose_scheme, shown_scheme

NOW = datetime(2026, 1, 1, 15, 30, tzinfo=UTC)
"""2 January in Seoul."""
TODAY = date(2026, 1, 2)


def fifths(name: str, valid_from: date) -> NewScheme:
    return NewScheme(name=name, valid_from=valid_from, currency="KRW", frequency_months=12, quantiles=5)


async def queued(session: AsyncSession) -> int:
    found = await session.scalar(
        text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'score_customers'")
    )
    return int(found or 0)


async def told(session: AsyncSession) -> int:
    found = await session.scalar(text("SELECT count(*) FROM change WHERE aggregate = 'rfm_scheme'"))
    return int(found or 0)


class TestChooseScheme:
    async def test_the_cube_is_told_and_everybody_is_scored_by_it(self, session: AsyncSession) -> None:
        key = await add_scheme(session, fifths("오분위", TODAY), now=NOW)
        before = await told(session)

        chosen = await choose_scheme(session, "오분위", now=NOW)

        assert (chosen, await shown_scheme(session)) == (key, "오분위")
        assert (await told(session) - before, await queued(session)) == (1, 1)

    async def test_said_again_it_changes_nothing(self, session: AsyncSession) -> None:
        before = await told(session)

        await choose_scheme(session, "default", now=NOW)

        assert (await shown_scheme(session), await told(session)) == ("default", before)

    async def test_who_is_scored_already_is_not_scored_for_it(self, session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO rfm_runs VALUES ('default', '2026-01-01')"))

        await choose_scheme(session, "default", now=NOW)

        assert await queued(session) == 0

    async def test_the_row_that_stands_today_is_meant(self, session: AsyncSession) -> None:
        first = await add_scheme(session, fifths("x", date(2020, 1, 1)), now=NOW)
        await add_scheme(session, fifths("x", TODAY + timedelta(days=1)), now=NOW)

        assert await choose_scheme(session, "x", now=NOW) == first

    @pytest.mark.parametrize("name", ["later", "none"])
    async def test_one_that_does_not_stand_yet_or_at_all_is_refused(
        self, session: AsyncSession, name: str
    ) -> None:
        await add_scheme(session, fifths("later", TODAY + timedelta(days=1)), now=NOW)

        with pytest.raises(SchemeNotFound) as refused:
            await choose_scheme(session, name, now=NOW)

        assert str(refused.value) == f"there is no scheme {name!r} on 2026-01-02; schemes: default"
        assert refused.value.path == ("name",)

    @pytest.mark.parametrize("name", ["", "x" * 61, "a\x00b"])
    async def test_what_is_no_name_is_refused(self, session: AsyncSession, name: str) -> None:
        with pytest.raises(Invalid):
            await choose_scheme(session, name, now=NOW)
