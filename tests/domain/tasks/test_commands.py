"""Tasks are noted, changed and given to others."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.customers.errors import CustomerNotFound, OutOfSight
from domain.errors import Invalid, StaleVersion
from domain.tasks.commands import assign_task, update_task
from domain.tasks.errors import AlreadyDone, TaskNotFound
from domain.tasks.model import TaskSource
from domain.tasks.progress import complete_task
from domain.tasks.sources import CameFrom
from domain.work.priorities import Priority
from tests.domain.tasks.conftest import Note
from tests.domain.work.people import HEAD, KIM, LEE, NOW, SHOP, rows

SOURCES = """
    INSERT INTO cases (id, kind, channel, subject, customer_id, opened_at) VALUES
        (1, 'ENQUIRY', 'WEB', 's', 1, now()), (2, 'ENQUIRY', 'WEB', 's', NULL, now());
    INSERT INTO opportunities (id, customer_id, name, probability, opened_at) VALUES (1, 1, 'n', 10, now())
"""


@pytest.fixture
async def sources(noted: Note, session: AsyncSession) -> None:
    """Case 1 of customer 1, case 2 of nobody, opportunity 1 of customer 1."""
    for statement in SOURCES.split(";"):
        await session.execute(text(statement))


class TestCreateTask:
    async def test_it_is_open_and_the_writer_s_own(self, session: AsyncSession, noted: Note) -> None:
        await noted(note="오전에", due_at=NOW, customer_id=1, priority=Priority.URGENT)

        assert await rows(
            session,
            "SELECT title, note, state, priority, due_at, customer_id, owner_id, branch_id, source, created_by_id"
            " FROM tasks",
        ) == [("전화하기", "오전에", "OPEN", "URGENT", NOW, 1, 4, None, "MANUAL", 4)]

    @pytest.mark.parametrize(
        ("actor", "to", "owner", "branch"),
        [
            (HEAD, {"owner_id": 2}, 2, None),
            (HEAD, {"branch_id": 2}, None, 2),
            (SHOP, {}, 3, 1),
            (SHOP, {"owner_id": 2}, 2, 1),
            (KIM, {"branch_id": 1}, 1, 1),
            (SYSTEM, {}, None, None),
        ],
        ids=[
            "another's",
            "a branch's",
            "mine at my branch",
            "another's at my branch",
            "mine at a branch",
            "nobody's",
        ],
    )
    async def test_it_is_whose_it_is_said_to_be(
        self,
        session: AsyncSession,
        noted: Note,
        actor: Actor,
        to: Any,
        owner: int | None,
        branch: int | None,
    ) -> None:
        await noted(actor=actor, to=to)

        assert await rows(session, "SELECT owner_id, branch_id FROM tasks") == [(owner, branch)]

    @pytest.mark.parametrize(
        ("source", "columns"),
        [
            (CameFrom(TaskSource.CASE, 1), ("CASE", 1, None, None, 1)),
            (CameFrom(TaskSource.CASE, 2), ("CASE", 2, None, None, None)),
            (CameFrom(TaskSource.OPPORTUNITY, 1), ("OPPORTUNITY", None, 1, None, 1)),
            (CameFrom(TaskSource.TOUCHPOINT, 3), ("TOUCHPOINT", None, None, 3, 2)),
            (CameFrom(TaskSource.REQUEST), ("REQUEST", None, None, None, None)),
        ],
        ids=["case", "case of nobody", "opportunity", "touchpoint", "request"],
    )
    @pytest.mark.usefixtures("sources")
    async def test_it_says_where_it_came_from_and_is_for_that_customer(
        self, session: AsyncSession, noted: Note, source: CameFrom, columns: tuple[Any, ...]
    ) -> None:
        await noted(source=source)

        assert await rows(
            session, "SELECT source, case_id, opportunity_id, touchpoint_id, customer_id FROM tasks"
        ) == [columns]

    @pytest.mark.parametrize(
        ("kind", "path"),
        [
            (TaskSource.CASE, "case_id"),
            (TaskSource.OPPORTUNITY, "opportunity_id"),
            (TaskSource.TOUCHPOINT, "touchpoint_id"),
        ],
    )
    @pytest.mark.usefixtures("sources")
    async def test_a_source_that_is_not_there_or_not_seen_is_named(
        self, noted: Note, kind: TaskSource, path: str
    ) -> None:
        for actor, key in ((HEAD, 99), (LEE, 1)):
            with pytest.raises(Invalid, match=f"there is no such {kind}") as refused:
                await noted(actor=actor, source=CameFrom(kind, key))
            assert refused.value.path == ("source", path)

    @pytest.mark.usefixtures("sources")
    async def test_it_is_not_for_another_customer_than_its_source(self, noted: Note) -> None:
        with pytest.raises(Invalid, match="another customer"):
            await noted(source=CameFrom(TaskSource.CASE, 1), customer_id=2)

        assert await noted(source=CameFrom(TaskSource.CASE, 2), customer_id=2)

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"title": ""}, ("title",)),
            ({"title": "a\nb"}, ("title",)),
            ({"title": None}, ("title",)),
            ({"priority": None}, ("priority",)),
            ({"to": {"owner_id": 5}}, ("owner_id",)),
            ({"to": {"branch_id": 9}}, ("branch_id",)),
        ],
    )
    async def test_what_is_not_allowed_names_its_place(
        self, noted: Note, change: dict[str, Any], path: tuple[str, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await noted(**change)

        assert refused.value.path == path

    async def test_nobody_notes_what_he_would_not_see(self, noted: Note) -> None:
        with pytest.raises(CustomerNotFound):
            await noted(actor=KIM, customer_id=2)
        with pytest.raises(OutOfSight):
            await noted(actor=KIM, to={"owner_id": 2})

        assert await noted(actor=KIM, to={"owner_id": 2}, customer_id=1), "he sees what is for his customers"


class TestUpdateTask:
    async def test_what_is_absent_is_left_and_none_clears(self, session: AsyncSession, noted: Note) -> None:
        key = await noted(note="x", due_at=NOW)

        await update_task(
            session, key, changes={"title": "y", "due_at": None}, expected_version=1, actor=HEAD
        )

        assert await rows(session, "SELECT title, note, due_at FROM tasks") == [("y", "x", None)]

    @pytest.mark.usefixtures("sources")
    async def test_the_customer_of_its_source_stays(self, session: AsyncSession, noted: Note) -> None:
        key = await noted(source=CameFrom(TaskSource.CASE, 1))

        for other in (2, None):
            with pytest.raises(Invalid, match="another customer"):
                await update_task(
                    session, key, changes={"customer_id": other}, expected_version=1, actor=HEAD
                )
        await update_task(session, key, changes={"customer_id": 1}, expected_version=1, actor=HEAD)

    async def test_an_old_version_and_what_is_not_seen_are_refused(
        self, session: AsyncSession, noted: Note
    ) -> None:
        key = await noted()

        with pytest.raises(StaleVersion):
            await update_task(session, key, changes={}, expected_version=2, actor=HEAD)
        with pytest.raises(TaskNotFound):
            await update_task(session, key, changes={}, expected_version=1, actor=KIM)


class TestAssignTask:
    async def test_it_changes_hands_and_may_leave_the_giver_s_sight(
        self, session: AsyncSession, noted: Note
    ) -> None:
        key = await noted(actor=KIM)

        await assign_task(session, key, {"owner_id": 2}, expected_version=1, actor=KIM)

        assert await rows(session, "SELECT owner_id FROM tasks") == [(2,)]
        with pytest.raises(TaskNotFound):
            await assign_task(session, key, {"owner_id": 1}, expected_version=1, actor=KIM)

    async def test_what_is_done_stays_with_whoever_did_it(self, session: AsyncSession, noted: Note) -> None:
        key = await noted()
        await complete_task(session, key, expected_version=1, actor=HEAD, now=NOW)

        with pytest.raises(AlreadyDone):
            await assign_task(session, key, {"owner_id": 2}, expected_version=1, actor=HEAD)
