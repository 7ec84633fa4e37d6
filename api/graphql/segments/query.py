"""Root fields of segments, and what a rule would pick before it is saved."""

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.graphql.cube.types import few
from api.graphql.payloads import carrying
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from api.graphql.segments.inputs import SegmentRuleInput, as_json
from api.graphql.segments.types import Segment
from api.segmenting import preview_over
from domain.db import run
from domain.errors import Invalid
from domain.messages import say
from domain.segments.elsewhere import asked_of
from domain.segments.preview import preview, worth
from domain.segments.queries import segments
from domain.selection import ids

MOST_SHOWN = 100
MOST_CURRENCIES = 200
"""More than ISO 4217 has; the store knows no others."""


@strawberry.type(description="The net revenue of customers in one currency, at its scale.")
class SegmentValue:
    amount: Decimal
    currency: str


carrying(SegmentValue)


async def _value(root: Any, info: strawberry.Info[Context, None]) -> list[SegmentValue]:
    context = info.context

    async def work(session: Any) -> Any:
        return await worth(session, root.rule, actor=context.actor, now=context.now())

    found = await run(context.backend.engine, work, origin=context.actor.origin)
    return [SegmentValue(amount=str(each.amount), currency=each.currency) for each in found]  # type: ignore[arg-type]  # decimals are shown as text


@strawberry.type(description="What a rule would pick now, of the customers that the caller may see.")
class SegmentPreview:
    count: int
    sample: list[strawberry.ID] = strawberry.field(
        description="Ids of customers, the first by key; `nodes` shows them."
    )
    rule: strawberry.Private[Any]
    value: list[SegmentValue] = few(
        MOST_CURRENCIES,
        base_resolver=StrawberryResolver(_value),
        description="What they brought in all, returns taken off; found only where it is asked.",
    )


async def _preview(
    info: strawberry.Info[Context, None], rule: SegmentRuleInput, sample: int = 10
) -> SegmentPreview:
    if not 0 <= sample <= MOST_SHOWN:
        told = say("sample is {given}; allowed are 0 to {most}", given=sample, most=MOST_SHOWN)
        raise Invalid(told, "sample")
    context = info.context
    told_rule = as_json(rule)

    async def work(session: Any) -> Any:
        return await preview(session, told_rule, actor=context.actor, now=context.now(), sample=sample)

    asked = await run(
        context.backend.engine,
        lambda session: asked_of(session, told_rule, now=context.now()),
        origin=context.actor.origin,
    )
    found = await preview_over(context.backend, asked, context.actor, sample=sample, gone=context.call.gone)
    if found is None:
        here = await run(context.backend.engine, work, origin=context.actor.origin)
        found = here.count, here.sample
    count, keys = found
    shown = [strawberry.ID(ids.made("Customer", key)) for key in keys]
    return SegmentPreview(count=count, sample=shown, rule=told_rule)


@strawberry.type
class SegmentQuery:
    segment: Segment | None = by_id(segments)
    segments: Connection[Segment] = all_of(segments)
    preview_segment: SegmentPreview | None = strawberry.field(
        resolver=_preview, description="What a rule would pick, before it is saved."
    )
