"""Tasks to do."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.tasks.commands import create_task
from domain.tasks.details import TaskDetails
from domain.tasks.sources import BY_HAND, CameFrom
from domain.work.assignment import Assignment
from tests.domain.work.people import HEAD, people

Note = Callable[..., Awaitable[int]]


@pytest.fixture
async def noted(session: AsyncSession) -> Note:
    """Makes the people; notes a task of the head's unless another is said."""
    await people(session)

    async def call(
        *,
        actor: Actor = HEAD,
        to: Assignment | None = None,
        source: CameFrom = BY_HAND,
        **given: Any,
    ) -> int:
        whole: TaskDetails = {"title": "전화하기", **given}  # type: ignore[typeddict-item]  # the test's
        return await create_task(session, whole, actor=actor, assignment=to, source=source)

    return call
