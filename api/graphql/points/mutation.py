"""Mutations of points."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.enums import PointsKind
from api.graphql.inputs import key, key_at, said
from api.graphql.points.types import PointsEntry, PointsScheme
from api.graphql.scalars import BigInt
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.points import commands
from domain.points.commands import NewEntry
from domain.points.errors import AlreadyReversed, EntryDiffers, NotEnoughPoints
from domain.points.queries import points_entries, points_schemes


@strawberry.input(description="An entry for the ledger of points.")
class RecordPointsInput:
    customer_id: strawberry.ID
    kind: PointsKind = strawberry.field(
        description="EARNED adds, REDEEMED and EXPIRED take, ADJUSTED does what the sign of its points says."
    )
    points: BigInt = strawberry.field(description="How many; negative only where an adjustment takes.")
    reason: str
    occurred_at: Maybe[datetime | None] = strawberry.field(description="Now, unless another time is given.")
    order_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The order that they come from or pay for."
    )
    source_system: Maybe[str | None] = strawberry.field(description="Given with `sourceId`, or not at all.")
    source_id: Maybe[str | None] = strawberry.field(description="The same of a system twice is one entry.")


@strawberry.input(description="An entry that is to be undone.")
class ReversePointsInput:
    id: strawberry.ID
    reason: str


@strawberry.input(description="Whether balances may be negative from a time on.")
class SetPointsSchemeInput:
    valid_from: datetime
    may_be_negative: bool


@strawberry.type
class PointsMutation:
    @writes(
        PointsEntry,
        points_entries,
        Action.CREATE,
        errors={"NOT_ENOUGH_POINTS": NotEnoughPoints, "ENTRY_DIFFERS": EntryDiffers},
    )
    async def record_points(write: Write, input: RecordPointsInput) -> int:
        """Add an entry to a customer's ledger of points; it takes no more than there is."""
        entry = NewEntry(
            customer_id=key(input.customer_id, "Customer", "customer_id"),
            kind=input.kind,
            points=int(input.points),
            reason=input.reason,
            **said(input, order_id=key_at("Order", "order_id")),
        )
        return await commands.add_entry(write.session, entry, actor=write.actor, now=write.now)

    @writes(
        PointsEntry,
        points_entries,
        Action.CREATE,
        errors={"NOT_ENOUGH_POINTS": NotEnoughPoints, "ALREADY_REVERSED": AlreadyReversed},
    )
    async def reverse_points(write: Write, input: ReversePointsInput) -> int:
        """Undo an entry by one that takes it back; once."""
        return await commands.reverse_entry(
            write.session,
            key(input.id, "PointsEntry", "id"),
            reason=input.reason,
            actor=write.actor,
            now=write.now,
        )

    @writes(PointsScheme, points_schemes, Action.UPDATE)
    async def set_points_scheme(write: Write, input: SetPointsSchemeInput) -> int:
        """Say whether balances may be negative from a time on."""
        return await commands.set_scheme(
            write.session, valid_from=input.valid_from, may_be_negative=input.may_be_negative
        )
