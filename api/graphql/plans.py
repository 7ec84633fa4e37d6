"""A plan: the statement that answers an operation, and whether it answers all of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode
from graphql.execution import VariableValues

from api.graphql.cost import FREE, Price
from api.graphql.planning.planner import Planner
from domain.access import Actor
from domain.roles import Role
from domain.selection import tree
from domain.selection.compile import compiled
from domain.selection.statement import Statement


@dataclass(frozen=True)
class Plan:
    """`statement` answers the plannable root fields, `payloads` what mutations have written.

    `complete`: the statement's text is the whole answer. Else Strawberry executes the operation upon it.
    `names` are the root fields that only say the name of the root type, where nothing else is asked.
    `roles` are those for whom it is the same, the one it was made for among them.
    `selection` is what the statement was made of, for developers who ask.
    """

    statement: Statement | None
    complete: bool
    payloads: Mapping[str, Statement]
    names: Mapping[str, str]
    roles: frozenset[Role]
    price: Price = FREE
    selection: tree.Selection = ()


def planned(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    values: VariableValues,
    actor: Actor,
    *,
    executing: bool = False,
) -> Plan:
    """The plan of the operation. `executing` makes one for Strawberry's execution, also where none is needed."""
    planner = Planner(schema, fragments, values, actor.role, executing=executing)
    selection = planner.operation(operation)
    if not planner.complete and not executing:
        return planned(schema, operation, fragments, values, actor, executing=True)
    names = {field.key: field.text for field in selection if isinstance(field, tree.Constant)}
    payloads = {key: compiled(written, actor) for key, written in planner.payloads.items() if written}
    statement = compiled(selection, actor) if len(names) < len(selection) else None
    complete = planner.complete and not executing
    return Plan(statement, complete, payloads, names, planner.alike, selection=selection)
