"""A planned read and Strawberry's execution upon the same selection give the same bytes."""

import json
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from api.context import Call
from api.errors import ApiError
from api.graphql.cost import resolved
from api.graphql.documents import Documents, Operation
from api.graphql.execution import answer, answered, executed
from api.graphql.plans import planned
from api.graphql.schema import schema
from api.graphql.used import used
from domain.access import Actor
from domain.errors import DomainError
from domain.roles import Role, Scope
from tests.api.graphql.asking import Counted
from tests.api.graphql.random_documents import Cursors, Random, documents

ACTORS = [
    Actor(subject="ann", role=Role.ADMIN),
    Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1),
    Actor(subject="lee", role=Role.MARKETER, scope=Scope.BRANCH, user_id=2, branch_ids=frozenset({2, 3})),
]
ROOTS = {
    "customers": "Customer",
    "touchpoints": "Touchpoint",
    "orders": "Order",
    "offers": "Offer",
    "products": "Product",
    "branches": "Branch",
    "cases": "Case",
    "opportunities": "Opportunity",
    "tasks": "Task",
    "categories": "Category",
    "payments": "Payment",
    "shipments": "Shipment",
    "stockLevels": "StockLevel",
    "warehouses": "Warehouse",
    "exchangeRates": "ExchangeRate",
    "users": "User",
    "households": "Household",
    "jobs": "Job",
    "subjectExports": "SubjectExport",
    "retentionRules": "RetentionRule",
    "retentionRuns": "RetentionRun",
    "customerAttributes": "CustomerAttribute",
}


async def _by_plan(
    held: Documents, operation: Operation, asked: Random, backend: Backend, actor: Actor
) -> Any:
    try:
        values = held.values(operation, asked.variables)
        plan = held.plan(operation, values, actor)
        body, _ = await answered(held, operation, None, values, plan, backend, Call(actor))
    except (ApiError, DomainError) as refused:
        return str(refused)
    assert objects(json.loads(body)) == resolved(body)
    assert used(body, plan.price) <= plan.price.base, (
        "the cost told in advance is never below what was resolved"
    )
    return body


def objects(value: Any) -> int:
    """How many objects a JSON value holds, itself included, but for those of which nothing was asked."""
    match value:
        case dict():
            return bool(value) + sum(objects(each) for each in value.values())
        case list():
            return sum(objects(each) for each in value)
    return 0


async def _by_execution(
    held: Documents, operation: Operation, asked: Random, backend: Backend, actor: Actor
) -> Any:
    try:
        values = held.values(operation, asked.variables)
        held.plan(operation, values, actor)  # refuses what costs too much
        plan = planned(held.schema, operation.node, operation.fragments, values, actor, executing=True)
        body, _ = await executed(held, operation, None, values, plan, backend, Call(actor))
        return body
    except (ApiError, DomainError) as refused:
        return str(refused)


async def _cursors(backend: Backend) -> Cursors:
    """Some cursors of each order of the connections at the root."""
    held, found = Documents(schema()), {}
    for root, type_name in ROOTS.items():
        fields = schema().type_map[f"{type_name}OrderField"].values  # type: ignore[attr-defined]
        for order in [("", ""), *((name, way) for name in fields for way in ("ASC", "DESC"))]:
            by = f", orderBy: {{field: {order[0]}, direction: {order[1]}}}" if order[0] else ""
            operation = held.operation(f"{{ {root}(first: 5{by}) {{ edges {{ cursor }} }} }}", None)
            body = await answer(held, operation, {}, backend, Call(ACTORS[0]))
            edges = json.loads(body)["data"][root]["edges"]
            found[(type_name, *order)] = [edge["cursor"] for edge in edges]
    return found


class TestTwoWays:
    @settings(
        max_examples=300,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    async def test_random_documents_give_the_same_bytes_and_one_statement(
        self, backend: Backend, data: st.DataObject
    ) -> None:
        cursors = await _known_cursors(backend)
        asked = data.draw(documents(schema(), cursors))
        actor = data.draw(st.sampled_from(ACTORS))
        held = Documents(schema())
        operation = held.operation(asked.text, None)
        Counted.statements.clear()

        by_plan = await _by_plan(held, operation, asked, backend, actor)
        statements = len(Counted.statements)
        by_execution = await _by_execution(held, operation, asked, backend, actor)

        event("refused" if isinstance(by_plan, str) else "answered")
        assert by_plan == by_execution
        assert statements <= 1


_held: dict[str, Cursors] = {}


async def _known_cursors(backend: Backend) -> Cursors:
    if not _held:
        _held["cursors"] = await _cursors(backend)
    return _held["cursors"]
