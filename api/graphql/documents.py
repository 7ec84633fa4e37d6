"""Documents, parsed and validated once, and the plans of their operations, made once per shape of the variables."""

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    visit,
)
from graphql.execution import VariableValues, get_variable_values

from api import permissions
from api.backend import LIMIT
from api.errors import ApiError, BadRequest, Code, Refused
from api.graphql import coercion, limits, texts
from api.graphql.caches import Recent
from api.graphql.cost import price
from api.graphql.introspection import Introspection
from api.graphql.planning import shape
from api.graphql.plans import Plan, planned
from api.graphql.root_fields import root_fields
from api.graphql.validating import Rules, validate
from api.graphql.values_rule import PlacedValuesRule
from api.usage.counted import Named
from domain.access import Actor
from domain.messages import say
from domain.roles import ApiScope, Role
from domain.usage.model import CallKind

HELD_DOCUMENTS = 256 * 1024
"""Characters of all documents held. A parsed document takes 111 times its length (measured): 28 MB at most.

They are found by their text, not by its SHA-256, which would cost each request a microsecond."""
HELD_PLANS = 512

NO_VALUES = VariableValues({}, {})

_RULES = [PlacedValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules]
RULES = Rules(_RULES)
CLOSED_RULES = Rules([*_RULES, NoSchemaIntrospectionCustomRule])
"""Nobody may ask what the schema is."""


@dataclass(frozen=True)
class Operation:
    """One operation of a document. `coerced` coerces its variables where they are leaves, or the rows of an upsert;
    `takes_rows`: they are such rows."""

    key: str
    document: DocumentNode
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    shape: Callable[[Mapping[str, Any]], Hashable]
    coerced: Callable[[Mapping[str, Any]], VariableValues | None]
    takes_rows: bool

    @property
    def kind(self) -> str:
        """query, mutation or subscription."""
        return self.node.operation.value

    @cached_property
    def named(self) -> Named:
        """What it calls: its root fields, each once."""
        return CallKind(self.kind.upper()), root_fields(self.node, self.fragments)

    @property
    def is_query(self) -> bool:
        return self.node.operation is OperationType.QUERY

    @property
    def needs(self) -> ApiScope:
        """What a credential must be good for."""
        return ApiScope.WRITE if self.node.operation is OperationType.MUTATION else ApiScope.READ

    @property
    def is_subscription(self) -> bool:
        return self.node.operation is OperationType.SUBSCRIPTION


class Documents:
    """What this process knows of documents. Bounded: documents by their bytes, plans by their number."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True) -> None:
        self.schema = schema
        self.introspection = Introspection()
        self._rules = RULES if introspection else CLOSED_RULES
        self._operations: Recent[str, dict[str, Operation]] = Recent(HELD_DOCUMENTS)
        self._plans: Recent[Hashable, dict[Role, Plan]] = Recent(HELD_PLANS)

    def operation(self, text: str, name: str | None, *, trusted: bool = False) -> Operation:
        """The operation of this name, or the only one. Raises Refused and BadRequest.

        `trusted`: a registered document, which may be longer than one that anybody sends.
        """
        operations = self._operations.get(text)
        if operations is None:
            operations = self._read(text, limits.TRUSTED if trusted else limits.INTERACTIVE)
            self._operations.put(text, operations, len(text))
        if name is None and len(operations) == 1:
            return next(iter(operations.values()))
        if name is None or name not in operations:
            known = ", ".join(sorted(operations))
            raise BadRequest(
                say("unknown operation {name!r}; the document has: {known}", name=name, known=known)
                if name is not None
                else say(
                    "the document has several operations: name one in `operationName`: {known}", known=known
                )
            )
        return operations[name]

    def values(self, operation: Operation, given: dict[str, Any]) -> VariableValues:
        """The variables, whose text is clean, as their types say. Raises Refused."""
        definitions = operation.node.variable_definitions
        if not definitions:
            return NO_VALUES
        large = operation.coerced(given)
        if large is not None:
            return large
        found = get_variable_values(self.schema, definitions, given, max_errors=10, hide_suggestions=True)
        if isinstance(found, list):
            raise _refused(found)
        return found

    def plan(self, operation: Operation, values: VariableValues, actor: Actor) -> Plan:
        """How the operation is answered for everyone of this role and scope with variables of this shape.

        Roles of which the permission table says the same share it: most plans are for all who may have them.
        Raises Forbidden for a credential that is not for this kind of operation.
        """
        permissions.require(actor, operation.needs)
        key = (operation.key, actor.scope, operation.shape(values.coerced))
        held = self._plans.get(key) or {}
        found = held.get(actor.role)
        if found is None:
            found = self._planned(operation, values, actor)
            held = {**held, **dict.fromkeys(found.roles, found)}
            self._plans.put(key, held, len({id(each) for each in held.values()}))
        return found

    def _planned(self, operation: Operation, values: VariableValues, actor: Actor) -> Plan:
        try:
            priced = price(self.schema, operation.node, operation.fragments, values)
            if priced.base > LIMIT:
                raise exceeded(priced.base, LIMIT)
            return replace(
                planned(self.schema, operation.node, operation.fragments, values, actor), price=priced
            )
        except RecursionError:
            raise ApiError(
                Code.COST_EXCEEDED, say("the filters are nested too deeply to be planned")
            ) from None

    def _read(self, text: str, most: limits.Limits) -> dict[str, Operation]:
        written = text.encode()
        if len(written) > most.bytes:
            raise BadRequest(say("the document is longer than {most} bytes", most=most.bytes), status=413)
        try:
            document = parse(text, max_tokens=most.tokens)
            limits.check(document)
            document = texts.literals(document)
            errors = validate(self.schema, document, self._rules)
        except GraphQLError as error:
            raise _refused([error]) from None
        except RecursionError:
            raise BadRequest(say("the document is nested too deeply")) from None
        if errors:
            raise _refused(errors)
        return self._operations_of(document, hashlib.sha256(written).hexdigest())

    def _operations_of(self, document: DocumentNode, digest: str) -> dict[str, Operation]:
        fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        return {
            (name := node.name.value if node.name else ""): Operation(
                f"{digest} {name}",
                document,
                node,
                fragments,
                shape.of_variables(self.schema, _shaping(node, fragments), document),
                coercion.compiled(self.schema, node.variable_definitions or ()),
                coercion.takes_rows(self.schema, node.variable_definitions or ()),
            )
            for node in operations
        }


def exceeded(cost: int, most: int) -> ApiError:
    """One request asks for too much at once."""
    message = say(
        "this costs {cost} points; one request may cost {most}: ask for smaller pages", cost=cost, most=most
    )
    return ApiError(Code.COST_EXCEEDED, message, cost={"requested": cost, "limit": most})


def _shaping(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Sequence[VariableDefinitionNode]:
    """The variables that a plan depends on. What a mutation is given shapes no statement: its rows may be thousands."""
    definitions = operation.variable_definitions or ()
    if operation.operation is not OperationType.MUTATION:
        return definitions
    found = _Variables()
    for node in operation.selection_set.selections:
        if isinstance(node, FieldNode):
            for inner in (*(node.directives or ()), *([node.selection_set] if node.selection_set else [])):
                visit(inner, found)
        else:
            visit(node, found)
    for fragment in fragments.values():
        visit(fragment, found)
    return [each for each in definitions if each.variable.name.value in found.names]


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


_QUOTED = re.compile(r", found: .*|: [\[{].*", re.DOTALL)
"""Where graphql-core quotes a whole object that it was given: there may be a person in it."""


_GUESS = re.compile(r" Did you mean .*\?$", re.DOTALL)


def _unquoted(message: str) -> str:
    """The message without the object that it is about, and without guesses; what was given for a single value is
    named. JSON has no None."""
    return _GUESS.sub("", _QUOTED.sub("", message)).replace(" not to be None.", " not to be null.")


def _refused(errors: list[GraphQLError]) -> Refused:
    return Refused([BadRequest(_unquoted(error.message), locations=_locations(error)) for error in errors])


def _locations(error: GraphQLError) -> list[dict[str, int]] | None:
    return [{"line": at.line, "column": at.column} for at in error.locations] if error.locations else None
