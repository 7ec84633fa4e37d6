"""Merging customers that are one, and what such a merge would move."""

from typing import Any

import strawberry
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.graphql.cube.types import few
from api.graphql.customers.part_inputs import MergeCustomersInput
from api.graphql.customers.types import Customer
from api.graphql.inputs import key
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers.errors import AlreadyMerged, DifferentKinds, MergedWithItself, OutOfSight
from domain.customers.merge import Chosen, merge_customers, preview_merge
from domain.customers.queries import customers
from domain.db import run
from domain.errors import StaleVersion

_ERRORS = {
    "ALREADY_MERGED": AlreadyMerged,
    "DIFFERENT_KINDS": DifferentKinds,
    "MERGED_WITH_ITSELF": MergedWithItself,
    "OUT_OF_SIGHT": OutOfSight,
    "STALE_VERSION": StaleVersion,
}


MOST_MOVED = 50
"""More kinds of rows than refer to customers."""


@strawberry.type
class CustomerMergeMutation:
    @writes(Customer, customers, Action.UPDATE, errors=_ERRORS)
    async def merge_customers(write: Write, input: MergeCustomersInput) -> int:
        """Make two customers one: everything of the one becomes the other's, whose id the old one leads to."""
        keep_id = key(input.keep_id, "Customer", "keep_id")
        merge_id = key(input.merge_id, "Customer", "merge_id")
        await merge_customers(
            write.session,
            keep=Chosen(keep_id, input.keep_expected_version, "keep_id"),
            merge=Chosen(merge_id, input.merge_expected_version, "merge_id"),
            actor=write.actor,
            now=write.now,
        )
        return keep_id


@strawberry.type(description="How many rows of a kind a merge would move.")
class CustomerMergePreview:
    what: str = strawberry.field(description="As they are called in the store: orders, touchpoints, ...")
    count: int


async def _preview(
    info: strawberry.Info[Context, None], keep_id: strawberry.ID, merge_id: strawberry.ID
) -> list[CustomerMergePreview] | None:
    context = info.context
    keep, merge = key(keep_id, "Customer", "keep_id"), key(merge_id, "Customer", "merge_id")

    async def work(session: Any) -> Any:
        return await preview_merge(session, keep=keep, merge=merge, actor=context.actor)

    found = await run(context.backend.engine, work, origin=context.actor.origin)
    return (
        None if found is None else [CustomerMergePreview(what=each.table, count=each.rows) for each in found]
    )


@strawberry.type
class CustomerMergeQuery:
    customer_merge_preview: list[CustomerMergePreview] | None = few(
        MOST_MOVED,
        base_resolver=StrawberryResolver(_preview),
        description="What `mergeCustomers` would move, where there is anything; null where one of them cannot be seen.",
    )
