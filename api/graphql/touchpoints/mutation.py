"""Mutations of touchpoints."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.graphql.touchpoints.inputs import RecordTouchpointsInput, TouchpointInput, item
from api.graphql.touchpoints.results import RecordTouchpointsPayload, payload
from api.graphql.writes import Payload, Write, WriteField, transact, written_in
from api.permissions import Action, Group
from domain.errors import Invalid
from domain.selection import ids
from domain.touchpoints.commands import Recorded, RecordStatus, record_touchpoints
from domain.touchpoints.items import NewTouchpoint

MOST_ITEMS = 1_000

Results = list[tuple[TouchpointInput, Recorded]]


async def _record(info: strawberry.Info[Context, None], input: RecordTouchpointsInput) -> Payload:
    context = info.context
    if not 1 <= len(input.items) <= MOST_ITEMS:
        refusal = Invalid(f"{len(input.items)} items are given; allowed: 1 to {MOST_ITEMS}", "items")
        return payload({}, [], refusal)
    statement = context.payloads.get(str(info.path.key))

    async def transaction(write: Write) -> Payload:
        results = await _results(write, input.items)
        written = [ids.made("Touchpoint", each.key) for _, each in results if each.key is not None]
        return payload(await written_in(write, context, statement, written), results)

    return await transact(context, transaction)


async def _results(write: Write, items: Sequence[TouchpointInput]) -> Results:
    """What became of each item; one whose ids are not what they should be is rejected like any other."""
    read = [_read(each) for each in items]
    recorded = iter(
        await record_touchpoints(
            write.session,
            [each for each in read if isinstance(each, NewTouchpoint)],
            actor=write.actor,
            now=write.now,
        )
    )
    return [
        (given, Recorded(RecordStatus.REJECTED, error=each) if isinstance(each, Invalid) else next(recorded))
        for given, each in zip(items, read, strict=True)
    ]


def _read(given: TouchpointInput) -> NewTouchpoint | Invalid:
    try:
        return item(given)
    except Invalid as error:
        return error


def _field() -> Any:
    field = WriteField(
        python_name="record_touchpoints",
        base_resolver=StrawberryResolver(_record),
        type_annotation=StrawberryAnnotation(RecordTouchpointsPayload | None),
        description="Record contacts: the same (sourceSystem, sourceId) twice is one touchpoint, and a bad item "
        "costs itself alone.",
    )
    field.rights = (("Touchpoint", Action.CREATE, Group.BASE),)
    return field


@strawberry.type
class TouchpointMutation:
    record_touchpoints: RecordTouchpointsPayload | None = _field()
