"""Opportunities to work on."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.opportunities.commands import create_opportunity
from domain.opportunities.details import OpportunityDetails
from domain.opportunities.model import OpportunityStage
from tests.domain.work.people import NOW, people

Open = Callable[..., Awaitable[int]]


@pytest.fixture
async def opened(session: AsyncSession) -> Open:
    """Makes the people; opens an opportunity of customer 1 unless another is named."""
    await people(session)

    async def call(
        customer_id: int = 1,
        *,
        actor: Actor = SYSTEM,
        stage: OpportunityStage = OpportunityStage.LEAD,
        **given: Any,
    ) -> int:
        whole: OpportunityDetails = {"name": "커피 정기배송", **given}  # type: ignore[typeddict-item]  # the test's
        return await create_opportunity(session, customer_id, whole, actor=actor, now=NOW, stage=stage)

    return call
