"""Mutations of segments."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import strawberry
from strawberry import Maybe

from api.graphql.cube.cells import CubeCellInput, behind, rule_behind
from api.graphql.inputs import key, key_at, said
from api.graphql.segments.inputs import SegmentRuleInput, as_json
from api.graphql.segments.types import Segment
from api.graphql.writes import Write, writes
from api.permissions import Action
from api.segmenting import over
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.segments import commands
from domain.segments.commands import SegmentDetails
from domain.segments.elsewhere import refresh_by
from domain.segments.errors import SegmentNameTaken, SegmentRetired, WrongKind
from domain.segments.named import named
from domain.segments.queries import segments
from olap.errors import RequestError
from olap.mining.saying import NotSayable

_STANDS = {"SEGMENT_RETIRED": SegmentRetired, "WRONG_KIND": WrongKind}
_CHANGES = {**_STANDS, "STALE_VERSION": StaleVersion}
_NAMES = {"NAME_TAKEN": SegmentNameTaken}


@strawberry.input
class SegmentInput:
    """What may be told when a segment is created and when it is changed."""

    description: Maybe[str | None]
    owner_id: Maybe[strawberry.ID | None]
    rule: Maybe[SegmentRuleInput | None] = strawberry.field(
        description="Who is in it is found at once, again within seconds of what a customer does, and each day anew."
    )


@strawberry.input(description="A new segment: with a rule, or a list that is empty yet.")
class CreateSegmentInput(SegmentInput):
    name: str


@strawberry.input(
    description="A new segment of a cell: a list of the customers whose facts lie in it now, of those that the "
    "caller may see; or, dynamic, a rule."
)
class CreateSegmentFromCellInput:
    cell: CubeCellInput
    name: str
    description: str | None = None
    owner_id: strawberry.ID | None = None
    dynamic: bool = strawberry.field(
        default=False,
        description="By a rule that says who is in the cell, so that customers come and go; of the cubes sales and "
        "touchpoints, and customers in the running month, with asof now, where a rule can say every cut: what "
        "customers are, what they bought, how they were met, in days up to today. What no rule says is refused by "
        "its name.",
    )


@strawberry.input(description="A change of a segment: what is absent is left as it is, null clears.")
class UpdateSegmentInput(SegmentInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]


@strawberry.input(description="A segment by rule, to be asked of all customers now.")
class RefreshSegmentInput:
    id: strawberry.ID


@strawberry.input
class SegmentCustomersInput:
    """Customers of a list."""

    id: strawberry.ID
    customer_ids: list[strawberry.ID]


@strawberry.input(description="Customers to be put into a list, 1 to 1,000 a call.")
class AddToSegmentInput(SegmentCustomersInput):
    pass


@strawberry.input(description="Customers to be taken out of a list, 1 to 1,000 a call.")
class RemoveFromSegmentInput(SegmentCustomersInput):
    pass


@strawberry.input(description="A segment that nobody is to be in any more.")
class RetireSegmentInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


def _details(input: SegmentInput) -> SegmentDetails:
    found: SegmentDetails = said(input, owner_id=key_at("User", "owner_id"), rule=as_json)
    return found


def _customers(input: SegmentCustomersInput) -> list[int]:
    return [key(each, "Customer", "customer_ids", at) for at, each in enumerate(input.customer_ids)]


@contextmanager
def _asked_for() -> Iterator[None]:
    """What the cube says against a cell is told at its place."""
    try:
        yield
    except NotSayable as error:
        told = say("{reason}; without dynamic the customers of now become a list", reason=str(error))
        raise Invalid(told, "cell") from None
    except RequestError as error:
        told = say("the cell cannot be asked for: {reason}", reason=str(error))
        raise Invalid(told, "cell") from None


@strawberry.type
class SegmentMutation:
    @writes(Segment, segments, Action.CREATE, errors=_NAMES)
    async def create_segment(write: Write, input: CreateSegmentInput) -> int:
        """Create a segment."""
        told: SegmentDetails = {**_details(input), "name": input.name}
        elsewhere = over(write.context.backend)
        return await commands.create_segment(write.session, told, now=write.now, elsewhere=elsewhere)

    @writes(Segment, segments, Action.CREATE, errors=_NAMES)
    async def create_segment_from_cell(write: Write, input: CreateSegmentFromCellInput) -> int:
        """Make a cell of a cube a segment: a list of its customers as of now, which stays as it is, or a rule."""
        details: SegmentDetails = {"name": input.name, "description": input.description}
        if input.owner_id is not None:
            details["owner_id"] = key(input.owner_id, "User", "owner_id")
        if input.dynamic:
            with _asked_for():
                naming = partial(named, write.session)
                details["rule"] = await rule_behind(write.context, input.cell, naming)
            elsewhere = over(write.context.backend)
            return await commands.create_segment(write.session, details, now=write.now, elsewhere=elsewhere)
        made = await commands.create_segment(write.session, details, now=write.now)
        with _asked_for():
            customer_ids = await behind(write.context, input.cell, most=commands.MOST_IN_LIST + 1)
        await commands.fill_list(write.session, made, customer_ids, actor=write.actor, now=write.now)
        return made

    @writes(Segment, segments, Action.UPDATE, errors={**_CHANGES, **_NAMES})
    async def update_segment(write: Write, input: UpdateSegmentInput) -> int:
        """Change a segment; with another rule, who is in it is found at once."""
        segment_id = key(input.id, "Segment", "id")
        await commands.update_segment(
            write.session,
            segment_id,
            changes=_details(input),
            expected_version=input.expected_version,
            now=write.now,
            elsewhere=over(write.context.backend),
        )
        return segment_id

    @writes(Segment, segments, Action.UPDATE, errors=_CHANGES)
    async def retire_segment(write: Write, input: RetireSegmentInput) -> int:
        """Let nobody be in a segment any more; its past stays."""
        segment_id = key(input.id, "Segment", "id")
        await commands.retire_segment(
            write.session, segment_id, expected_version=input.expected_version, now=write.now
        )
        return segment_id

    @writes(Segment, segments, Action.UPDATE, errors=_STANDS)
    async def refresh_segment(write: Write, input: RefreshSegmentInput) -> int:
        """Find anew who is in a segment by rule."""
        segment_id = key(input.id, "Segment", "id")
        await refresh_by(write.session, segment_id, over(write.context.backend), now=write.now)
        return segment_id

    @writes(Segment, segments, Action.UPDATE, errors=_STANDS)
    async def add_to_segment(write: Write, input: AddToSegmentInput) -> int:
        """Put customers into a list."""
        segment_id = key(input.id, "Segment", "id")
        await commands.add_members(
            write.session, segment_id, _customers(input), actor=write.actor, now=write.now
        )
        return segment_id

    @writes(Segment, segments, Action.UPDATE, errors=_STANDS)
    async def remove_from_segment(write: Write, input: RemoveFromSegmentInput) -> int:
        """Take customers out of a list."""
        segment_id = key(input.id, "Segment", "id")
        await commands.remove_members(write.session, segment_id, _customers(input), now=write.now)
        return segment_id
