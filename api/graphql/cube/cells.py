"""Drill-through: the customers behind a cell, read by selection as everywhere."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import strawberry

from api.at_least import holding
from api.context import Context
from api.errors import ApiError, Code
from api.graphql.cube.inputs import AS_OF, AT_LEAST, UNSET, CubeCutInput, cut_text
from api.graphql.cube.types import SizedField
from api.graphql.customers.types import Customer
from api.graphql.fields import SelectedField
from api.graphql.planning.readings import WRITTEN, OfEachWritten
from api.slicer.access import row_filter_of
from domain.customers.queries import customers
from domain.errors import Invalid
from domain.messages import say
from domain.rules.reading import read_rule
from domain.segments.named import Named
from domain.selection import ids
from domain.selection.run import read
from olap.ask import Engine
from olap.errors import RequestError
from olap.mining.saying import Names, names_of, rule_of
from olap.plan import RowFilter
from olap.request import FactsRequest, Texts, facts_request
from olap.vocabulary import CubeModel, model_of
from olap.whose import count_customers, customers_of

LARGEST_PAGE = 100

T = TypeVar("T")

Naming = Callable[..., Awaitable[Named]]
"""Looks up what a rule calls by its key (`domain.segments.named`), in the transaction of whoever asks."""

Info = strawberry.Info[Context, None]


@strawberry.input(description="A cell: cuts of a cube.")
class CubeCellInput:
    cube: str = strawberry.field(description="One whose facts name customers, e.g. sales.")
    cut: list[CubeCutInput] = strawberry.field(default_factory=list, description="All of them hold.")
    asof: str | None = strawberry.field(default=UNSET, description=AS_OF)
    at_least: str | None = strawberry.field(default=UNSET, description=AT_LEAST)


async def behind(context: Context, cell: CubeCellInput, *, after: int = 0, most: int) -> list[int]:
    """The customers of the cell whom the caller may see, the first so many after one, by key.

    Raises RequestError for a cell that cannot be, ApiError where the cube cannot be asked.
    """
    return await _ask(context, cell, partial(customers_of, after=after, most=most))


async def rule_behind(context: Context, cell: CubeCellInput, naming: Naming) -> Mapping[str, Any]:
    """The rule that the customers of the cell meet. Raises RequestError, of which NotSayable where no rule says it,
    and Invalid where the rule is none that may be kept."""
    model, wanted, now = _wanted(context, cell, context.backend.cube.time_zone)
    asked = names_of(model, wanted)
    found = await naming(categories=asked.categories, products=asked.products, branches=asked.branches)
    names = Names(
        categories=found.categories,
        products=found.products,
        branches=found.branches,
        scheme=found.scheme,
        attributes=found.attributes,
    )
    said = rule_of(model, wanted, names, now.date())
    try:
        read_rule(said)
    except Invalid as error:  # more members than a rule takes, or a word that no customer has
        raise Invalid(error.message, "cell") from None
    return said


def _wanted(context: Context, cell: CubeCellInput, zone: str) -> tuple[CubeModel, FactsRequest, datetime]:
    model = model_of(cell.cube)
    told = Texts(cut=[cut_text(each) for each in cell.cut], asof=cell.asof or None)
    now = context.now().astimezone(ZoneInfo(zone))
    return model, facts_request(model, told, now=now, language=context.call.language), now


async def _ask(
    context: Context,
    cell: CubeCellInput,
    question: Callable[[Engine, CubeModel, FactsRequest, RowFilter], T],
) -> T:
    row_filter, backend = row_filter_of(context.actor), context.backend
    store = await holding(cell.at_least or context.call.at_least, backend.cube, backend.postgres)
    model, wanted, _ = _wanted(context, cell, store.time_zone)
    return await backend.asking.ask(
        lambda engine: question(engine, model, wanted, row_filter),
        store.engine,
        context.call.gone,
    )


class _Customers(SelectedField):
    """A list that is a page: its cost is that of a full one."""

    assumed = LARGEST_PAGE


def _nodes() -> Any:
    field = _Customers(description="In the order of their keys.")
    field.reading = OfEachWritten(customers)
    return field


class _Page(dict[str, Any]):
    """What was read of the customers, by response key, and where the next page begins."""

    def __init__(
        self, read: Mapping[str, Any], cell: CubeCellInput, keys: Sequence[int], *, more: bool
    ) -> None:
        super().__init__(read)
        self.cell = cell
        self.ids = [ids.made("Customer", key) for key in keys]
        self.has_next_page = more
        self.end_cursor = self.ids[-1] if keys else None


async def _total_count(root: strawberry.Parent[Any], info: Info) -> int:
    return await _ask(info.context, root.cell, count_customers)


@strawberry.type(
    description="Customers whose facts lie in a cell, of those that the caller may see: a page of them."
)
class CustomersOfCell:
    nodes: list[Customer | None] = _nodes()
    ids: list[strawberry.ID]
    has_next_page: bool
    end_cursor: str | None = strawberry.field(description="What `after` takes for the next page.")
    total_count: int = SizedField.by(
        _total_count, int, "On all pages; a question of its own to the cube.", cost=LARGEST_PAGE
    )


async def _customers_of_cell(
    info: Info, cell: CubeCellInput, page_size: int = LARGEST_PAGE, after: str | None = None
) -> Any:
    if not 1 <= page_size <= LARGEST_PAGE:
        told = say("pageSize must be 1 to {most}, not {given}", most=LARGEST_PAGE, given=page_size)
        raise ApiError(Code.VALIDATION, told)
    context = info.context
    try:
        start = 0 if after is None else ids.key(after, "Customer")
        found = await behind(context, cell, after=start, most=page_size + 1)
    except ids.BadId as error:
        raise ApiError(Code.VALIDATION, error.message) from None
    except RequestError as error:
        raise ApiError(Code.VALIDATION, str(error)) from None
    shown = found[:page_size]
    return _Page(await _read(info, shown), cell, shown, more=len(found) > page_size)


async def _read(info: Info, keys: Sequence[int]) -> Mapping[str, Any]:
    context = info.context
    reading = context.payloads.get(str(info.path.key))
    if reading is None:
        return {}
    told = {**context.variables, WRITTEN: [ids.made("Customer", key) for key in keys]}
    found: dict[str, Any] = json.loads(
        await read(context.backend.reads, reading, told, context.actor, context.call.seen)
    )
    return found


class _Rereading(SizedField):
    """Its resolver names the customers; what is asked of them is read by a selection that is planned beforehand."""

    rereads = True


@strawberry.type
class CubeCellQuery:
    customers_of_cell: CustomersOfCell = _Rereading.by(
        _customers_of_cell,
        CustomersOfCell,
        "Drill-through: the customers whose facts lie in a cell of a cube.",
        cost=LARGEST_PAGE,
    )
