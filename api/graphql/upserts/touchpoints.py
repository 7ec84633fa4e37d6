"""Upserts of touchpoints."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.branches.types import BranchKey
from api.graphql.customers.filters import CustomerKey
from api.graphql.enums import Channel, Direction, TouchpointKind
from api.graphql.money import MoneyInput
from api.graphql.touchpoints.types import Touchpoint
from api.graphql.upserts.field import upserts
from api.graphql.upserts.inputs import amount, naming, reading
from api.graphql.upserts.keys import OrderKey, TouchpointKey, UserKey
from api.graphql.writes import Write
from api.permissions import Action
from domain.intake.upserts.outcomes import Outcome, Policy
from domain.intake.upserts.touchpoints import upsert_touchpoints
from domain.touchpoints.errors import TouchpointDiffers
from domain.touchpoints.queries import touchpoints


@strawberry.input(description="One contact as its system recorded it. What happened is never changed.")
class UpsertTouchpoint:
    key: TouchpointKey
    channel: Channel
    direction: Direction
    occurred_at: datetime
    kind: Maybe[TouchpointKind | None]
    customer: Maybe[CustomerKey | None] = strawberry.field(
        description="A customer who is not here yet is an error of the row: send it again afterwards."
    )
    visitor_id: Maybe[str | None]
    duration_seconds: Maybe[int | None]
    agent: Maybe[UserKey | None]
    branch: Maybe[BranchKey | None]
    subject: Maybe[str | None]
    note: Maybe[str | None]
    topics: Maybe[list[str] | None]
    sentiment: Maybe[int | None]
    rating: Maybe[int | None]
    outcome: Maybe[str | None]
    cost: Maybe[MoneyInput | None]
    order: Maybe[OrderKey | None]


@strawberry.input(description="Contacts as a system recorded them, 1 to 10,000 a call.")
class UpsertTouchpointsInput:
    policy: Policy
    rows: list[UpsertTouchpoint]


_touchpoint = reading(
    key=naming("key", "Touchpoint"),
    customer=naming("customer", "Customer"),
    agent=naming("agent", "User"),
    branch=naming("branch", "Branch"),
    order=naming("order", "Order"),
    cost=amount,
)


async def _upsert(write: Write, given: Mapping[str, Any], rows: Sequence[Any]) -> list[Outcome]:
    return await upsert_touchpoints(
        write.session, rows, actor=write.actor, policy=given["policy"], now=write.now
    )


@strawberry.type
class TouchpointUpserts:
    upsert_touchpoints: Any = upserts(
        "upsert_touchpoints",
        Touchpoint,
        touchpoints,
        UpsertTouchpointsInput,
        _touchpoint,
        _upsert,
        errors={"TOUCHPOINT_DIFFERS": TouchpointDiffers},
        actions=(Action.CREATE,),
        description="Record contacts by the names that other systems have for them: the same twice is one.",
    )
