"""Mutations of touchpoints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import strawberry

from api.context import Context
from api.graphql.payloads import ERRORS, Payload, refusal, user_error
from api.graphql.touchpoints.inputs import RecordTouchpointsInput, TouchpointInput, item
from api.graphql.touchpoints.results import (
    CODES,
    RESULTS,
    RecordTouchpointsError,
    RecordTouchpointsPayload,
    result,
)
from api.graphql.touchpoints.visitors import IdentifyVisitorPayload, identify_visitor_field
from api.graphql.writes import Told, Write, WriteField, Written
from api.permissions import Action, Group
from domain.errors import DomainError, Invalid
from domain.messages import say
from domain.selection import ids
from domain.touchpoints.commands import Recorded, RecordStatus, record_touchpoints
from domain.touchpoints.items import NewTouchpoint

if TYPE_CHECKING:
    from domain.selection.statement import Statement

MOST_ITEMS = 1_000


async def _record(write: Write, input: RecordTouchpointsInput) -> Written:
    if not 1 <= len(input.items) <= MOST_ITEMS:
        raise Invalid(
            say("{count} items are given; allowed: 1 to {most}", count=len(input.items), most=MOST_ITEMS),
            "items",
        )
    recorded = await _each(write, input.items)
    return Written(
        [ids.made("Touchpoint", each.key) for each in recorded if each.key is not None],
        [
            result(index, given, each, language=write.language)
            for index, (given, each) in enumerate(zip(input.items, recorded, strict=True))
        ],
    )


async def _each(write: Write, items: Sequence[TouchpointInput]) -> list[Recorded]:
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
        Recorded(RecordStatus.REJECTED, error=each) if isinstance(each, Invalid) else next(recorded)
        for each in read
    ]


def _read(given: TouchpointInput) -> NewTouchpoint | Invalid:
    try:
        return item(given)
    except Invalid as error:
        return error


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], RESULTS: told.results})


async def _refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
    told = user_error(refusal(raised, CODES, language=context.call.language), RecordTouchpointsError)
    return Payload({}, **{ERRORS: [told], RESULTS: []})


def _field() -> Any:
    return WriteField(
        "record_touchpoints",
        _record,
        input=RecordTouchpointsInput,
        returns=RecordTouchpointsPayload,
        payload=_payload,
        refused=_refused,
        rights=(("Touchpoint", Action.CREATE, Group.BASE),),
        description="Record contacts: the same (sourceSystem, sourceId) twice is one touchpoint, and a bad item "
        "costs itself alone.",
    )


@strawberry.type
class TouchpointMutation:
    record_touchpoints: RecordTouchpointsPayload | None = _field()
    identify_visitor: IdentifyVisitorPayload | None = identify_visitor_field()
