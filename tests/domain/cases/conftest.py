"""Cases to work on."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.cases.commands import create_case
from domain.cases.details import CaseDetails
from domain.cases.model import CaseKind
from domain.channels import Channel
from tests.domain.work.people import NOW, people

Open = Callable[..., Awaitable[int]]


@pytest.fixture
async def opened(session: AsyncSession) -> Open:
    """Makes the people; opens a case of customer 1 unless another is said."""
    await people(session)

    async def call(*, actor: Actor = SYSTEM, now: Any = NOW, **given: Any) -> int:
        also = {name: given.pop(name) for name in ("owner_id", "opened_at") if name in given}
        whole: CaseDetails = {
            "kind": CaseKind.COMPLAINT,
            "channel": Channel.EMAIL,
            "subject": "늦은 배송",
            "customer_id": 1,
            **given,  # type: ignore[typeddict-item]  # the test's
        }
        return await create_case(session, whole, actor=actor, now=now, **also)

    return call
