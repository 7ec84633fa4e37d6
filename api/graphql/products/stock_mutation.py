"""Mutations of warehouses and stock."""

from typing import TYPE_CHECKING, Any

import strawberry

from api.context import Context
from api.graphql.inputs import key
from api.graphql.payloads import ALWAYS, ERRORS, Payload, refusal, user_error
from api.graphql.products.stock_inputs import (
    CreateWarehouseInput,
    SetStockInput,
    UpdateWarehouseInput,
    told_level,
    warehouse_details,
)
from api.graphql.products.stock_results import RESULTS, SetStockError, SetStockPayload
from api.graphql.products.stock_types import Warehouse
from api.graphql.writes import Told, Write, WriteField, Written, writes
from api.permissions import Action, Group
from domain.errors import DomainError, Invalid, StaleVersion
from domain.messages import say
from domain.products import stock
from domain.products.errors import WarehouseCodeTaken
from domain.products.stock import WarehouseDetails
from domain.products.stock_queries import warehouses
from domain.selection import ids

if TYPE_CHECKING:
    from domain.selection.statement import Statement

MOST_LEVELS = 1_000


async def _set_stock(write: Write, input: SetStockInput) -> Written:
    if not 1 <= len(input.levels) <= MOST_LEVELS:
        raise Invalid(
            say("{count} levels are given; allowed: 1 to {most}", count=len(input.levels), most=MOST_LEVELS),
            "levels",
        )
    told = [told_level(each, place, now=write.now) for place, each in enumerate(input.levels)]
    results = await stock.set_stock(write.session, told, source_system=input.source_system, now=write.now)
    return Written(
        [ids.made("StockLevel", each.key) for each in results], [each.status.name for each in results]
    )


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], RESULTS: told.results})


async def _refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
    told = user_error(refusal(raised, ALWAYS, language=context.call.language), SetStockError)
    return Payload({}, **{ERRORS: [told], RESULTS: []})


def _field() -> Any:
    return WriteField(
        "set_stock",
        _set_stock,
        input=SetStockInput,
        returns=SetStockPayload,
        payload=_payload,
        refused=_refused,
        rights=(("StockLevel", Action.UPDATE, Group.BASE),),
        description="Say how much of products lies in warehouses: the latest asOf wins, and what is older than "
        "what is known is STALE.",
    )


@strawberry.type
class StockMutation:
    @writes(Warehouse, warehouses, Action.CREATE, errors={"CODE_TAKEN": WarehouseCodeTaken})
    async def create_warehouse(write: Write, input: CreateWarehouseInput) -> int:
        """Add a warehouse."""
        told: WarehouseDetails = {**warehouse_details(input), "name": input.name}
        return await stock.create_warehouse(write.session, input.code, details=told)

    @writes(Warehouse, warehouses, Action.UPDATE, errors={"STALE_VERSION": StaleVersion})
    async def update_warehouse(write: Write, input: UpdateWarehouseInput) -> int:
        """Change a warehouse: what is absent is left as it is, null clears."""
        warehouse_id = key(input.id, "Warehouse", "id")
        await stock.update_warehouse(
            write.session,
            warehouse_id,
            changes=warehouse_details(input),
            expected_version=input.expected_version,
        )
        return warehouse_id

    set_stock: SetStockPayload | None = _field()
