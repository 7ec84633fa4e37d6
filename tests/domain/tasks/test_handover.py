"""A user's open work goes to another."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access import SYSTEM
from domain.errors import Invalid
from domain.tasks.errors import NobodyTakesIt
from domain.tasks.handover import Work, hand_over, open_work
from tests.domain.work.people import KIM, LEE, people, rows

WORK = """
    INSERT INTO cases (kind, channel, subject, state, owner_id, opened_at, solved_at)
    SELECT 'ENQUIRY', 'WEB', 's', state, owner, now(), CASE WHEN state = 'SOLVED' THEN now() END
    FROM unnest(ARRAY['NEW', 'OPEN', 'WAITING_CUSTOMER', 'SOLVED', 'CLOSED']) state, unnest(ARRAY[1, 2]) owner;
    INSERT INTO opportunities (customer_id, name, stage, probability, owner_id, opened_at, closed_at)
    SELECT 4, 'n', stage, CASE stage WHEN 'WON' THEN 100 ELSE 0 END, owner, now(),
           CASE WHEN stage IN ('WON', 'LOST') THEN now() END
    FROM unnest(ARRAY['LEAD', 'QUALIFIED', 'PROPOSED', 'NEGOTIATING', 'WON', 'LOST']) stage, unnest(ARRAY[1, 2]) owner;
    INSERT INTO tasks (title, state, owner_id, closed_at)
    SELECT 't', state, owner, CASE WHEN state IN ('DONE', 'CANCELLED') THEN now() END
    FROM unnest(ARRAY['OPEN', 'IN_PROGRESS', 'DONE', 'CANCELLED']) state, unnest(ARRAY[1, 2]) owner
"""

OF_KIM = Work(customers=1, cases=3, opportunities=4, tasks=2)


@pytest.fixture
async def work(session: AsyncSession) -> AsyncSession:
    """Kim and Lee have one of each kind and state, and a customer each."""
    await people(session)
    for statement in WORK.split(";"):
        await session.execute(text(statement))
    return session


async def _owned(session: AsyncSession, user: int) -> list[tuple[object, ...]]:
    return await rows(
        session,
        f"SELECT (SELECT count(*) FROM customers WHERE owner_id = {user}),"
        f" (SELECT count(*) FROM cases WHERE owner_id = {user}),"
        f" (SELECT count(*) FROM opportunities WHERE owner_id = {user}),"
        f" (SELECT count(*) FROM tasks WHERE owner_id = {user})",
    )


class TestOpenWork:
    async def test_it_counts_what_is_still_to_be_done(self, work: AsyncSession) -> None:
        assert await open_work(work, 1) == OF_KIM
        assert OF_KIM.all == 10
        assert (await open_work(work, 4)).all == 0


class TestHandOver:
    async def test_what_is_open_is_the_other_s_and_what_is_closed_stays(self, work: AsyncSession) -> None:
        moved = await hand_over(work, 1, 2, actor=SYSTEM)

        assert moved == OF_KIM
        assert await _owned(work, 1) == [(0, 2, 2, 2)]
        assert await _owned(work, 2) == [(2, 8, 10, 6)]
        assert (await open_work(work, 1)).all == 0

    async def test_whoever_has_nothing_hands_nothing_over(self, work: AsyncSession) -> None:
        assert await hand_over(work, 4, 2, actor=SYSTEM) == Work(0, 0, 0, 0)

    async def test_it_takes_as_many_statements_for_much_as_for_little(self, work: AsyncSession) -> None:
        counts = []
        connection = await work.connection()
        for times in (1, 50):
            await work.execute(
                text(f"INSERT INTO tasks (title, owner_id) SELECT 't', 1 FROM generate_series(1, {times})")
            )
            counts.append(await _statements(connection, work))

        assert counts[0] == counts[1] <= 6

    async def test_only_what_the_actor_sees_changes_hands(self, work: AsyncSession) -> None:
        assert await hand_over(work, 1, 4, actor=LEE) == Work(0, 0, 0, 0)
        assert (await hand_over(work, 1, 4, actor=KIM)).all == 10

    @pytest.mark.parametrize(
        ("from_user", "to_user", "kind", "path"),
        [
            (1, 1, NobodyTakesIt, "to_user_id"),
            (99, 1, NobodyTakesIt, "from_user_id"),
            (1, 99, Invalid, "to_user_id"),
            (1, 5, Invalid, "to_user_id"),
        ],
        ids=["himself", "from nobody", "to nobody", "to one deactivated"],
    )
    async def test_who_cannot_take_it_is_named(
        self, work: AsyncSession, from_user: int, to_user: int, kind: type[Exception], path: str
    ) -> None:
        with pytest.raises(kind) as refused:
            await hand_over(work, from_user, to_user, actor=SYSTEM)

        assert refused.value.path == (path,)  # type: ignore[attr-defined]  # both are refusals of the domain
        assert await open_work(work, 1) == OF_KIM

    async def test_a_deactivated_user_s_work_is_handed_over(self, work: AsyncSession) -> None:
        await work.execute(text("UPDATE users SET active = false WHERE id = 1"))

        assert await hand_over(work, 1, 2, actor=SYSTEM) == OF_KIM


async def _statements(connection: AsyncConnection, session: AsyncSession) -> int:
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    await hand_over(session, 1, 2, actor=SYSTEM)
    event.remove(connection.sync_connection, "before_cursor_execute", note)
    return len(seen)
