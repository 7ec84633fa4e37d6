"""From a cell to the people behind it: the customers whose facts it holds."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from olap.ask import Engine, fetch
from olap.bind import bind_facts
from olap.called import called
from olap.compile import compile_plan
from olap.conditions import AllOf, AnyOf, Compare, Condition, Joined, OneOf, Values
from olap.errors import RequestError
from olap.physical import Column, Join, column_at
from olap.plan import Attribute, Facts, Members, Order, Page, Plan, RowFilter
from olap.request import FactsRequest, Paging
from olap.star import metadata
from olap.vocabulary import CubeModel, models


def customers_of(
    engine: Engine,
    model: CubeModel,
    request: FactsRequest,
    row_filter: RowFilter,
    *,
    after: int = 0,
    most: int,
) -> list[int]:
    """The customers of the cell by their ids, the first so many after one, each once. Raises RequestError.

    Those whom the caller may see themselves, not their facts alone, and nobody who was erased. One statement, and a
    small one where segments are cut.
    """
    wanted = called(engine, request)
    found = fetch(engine, bind_customers(wanted, model, row_filter, after=after, most=most))
    keys: list[int] = found.column(0).to_pylist()
    return keys


def count_customers(engine: Engine, model: CubeModel, request: FactsRequest, row_filter: RowFilter) -> int:
    """How many customers `customers_of` finds on all pages. Raises RequestError. One statement."""
    statement = compile_plan(bind_customers(called(engine, request), model, row_filter))
    found = engine.fetch(_number_of(statement.select), statement.values)
    return int(found.column("n")[0].as_py())


def knows_customers(model: CubeModel) -> bool:
    """Whether each fact of the cube says whose it is."""
    return "customer" in model.joins and "customer_id" in metadata.tables[model.fact].c


def bind_customers(
    request: FactsRequest,
    model: CubeModel,
    row_filter: RowFilter,
    *,
    after: int = 0,
    most: int | None = None,
) -> Plan:
    """As the facts of the cell are bound, whose customers are wanted. Raises RequestError."""
    whose = _whose(model)
    # Something of the fact itself, which needs no dimension to be joined.
    own = next(name for name, column in model.columns.items() if column.table == model.fact)
    plan = bind_facts(replace(request, fields=(own,), order=(), paging=Paging()), model, row_filter)
    assert isinstance(plan.shape, Facts)
    values = Values(list(plan.values))
    who = AllOf((*_living(values), *_themselves(row_filter, values)))
    where = AllOf(
        (
            plan.shape.star.where,
            Joined(model.joins["customer"], who),
            Compare(whose, ">", values.slot(after)),
        )
    )
    shape = Members(
        star=replace(plan.shape.star, where=where),
        join=Join(model.key, model.key),
        attributes=(Attribute(whose.name, whose),),
        where=None,
        order=(Order(whose.name, descending=False),),
        page=Page() if most is None else Page(limit=values.slot(most)),
    )
    return Plan(shape, tuple(values.collected))


@lru_cache(256)
def _number_of(select: "sa.Select[Any]") -> "sa.Select[Any]":
    """How many rows it has; made once for each shape, whose statement is made once as well."""
    return sa.select(sa.func.count().label("n")).select_from(select.order_by(None).subquery("whose"))


def _whose(model: CubeModel) -> Column:
    """The column that names a fact's customer."""
    if not knows_customers(model):
        known = ", ".join(name for name, each in models().items() if knows_customers(each))
        raise RequestError(f"the cube {model.name!r} knows no customers; those that do: {known}")
    return Column(model.fact, "customer_id")


def _living(values: Values) -> Iterable[Condition]:
    yield Compare(column_at("customer.erased"), "=", values.slot(False))


def _themselves(row_filter: RowFilter, values: Values) -> Iterable[Condition]:
    """The caller's own customers, whoever served them."""
    if row_filter.branch_keys is not None:
        keys = tuple(sorted(row_filter.branch_keys))
        yield OneOf(column_at("customer.home_branch_id"), values.slot(keys)) if keys else AnyOf(())
    if row_filter.owner_id is not None:
        yield Compare(column_at("customer.owner_id"), "=", values.slot(row_filter.owner_id))
