"""An event becomes an answer: its row is read, under the subscriber's rights, when it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_argument_values, get_named_type
from graphql.execution import VariableValues

from api.backend import LIMIT
from api.errors import BadRequest
from api.graphql import sizes, texts
from api.graphql.documents import Documents, Operation
from api.graphql.dumping import dumped
from api.graphql.planning.collect import Collecting
from api.graphql.planning.readings import WRITTEN
from api.graphql.planning.rights import BACKREF
from api.graphql.plans import Plan
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.hub import Hub, Subscriber, Wanted
from api.graphql.subscriptions.readings import ID_KEY, OfEvents, itself
from api.rates import RateLimited
from domain import feed
from domain.feed import Event
from domain.messages import say
from domain.roles import Scope
from domain.selection import ids
from domain.selection.compile import compiled
from domain.selection.run import read
from domain.selection.subjects import Seen

MOST_AT_ONCE = 100
"""Events whose rows one statement reads."""

NODE = "node"


@dataclass(frozen=True)
class Asked:
    """What a subscription asks: which events, and what is shown of each, as (response key, field of the event)."""

    key: str
    type_name: str
    reading: OfEvents
    wanted: Wanted
    narrowed: bool
    shown: tuple[tuple[str, str], ...]


@dataclass
class Delivery:
    """One subscription of one caller: `started`, then `answers` until it ends, then `stopped`."""

    caller: Caller
    hub: Hub
    plan: Plan
    values: VariableValues
    asked: Asked
    operation: Operation
    _subscriber: Subscriber | None = field(default=None, init=False)

    async def start(self) -> None:
        """Whatever is committed from now on will be told. Raises ApiError."""
        call, backend = self.caller.call, self.caller.backend
        backend.rates.take(call.actor.client, self.plan.price.base)
        self._subscriber = await self.hub.join(backend.engine, await self._wanted(), call.actor.client)

    async def _wanted(self) -> Wanted:
        """The events that are asked for: under the id of a merged row, those of the one that was kept."""
        wanted, actor = self.asked.wanted, self.caller.call.actor
        if wanted.key is None:
            return wanted
        entity = self.asked.reading.entity
        told = {WRITTEN: [ids.made(entity.type_name, wanted.key)]}
        found = await read(self.caller.backend.reads, compiled(itself(entity), actor), told, actor, Seen())
        for row in json.loads(found)[ID_KEY]:
            return replace(wanted, key=ids.key(row[ID_KEY], entity.type_name))
        return wanted

    async def answers(self) -> AsyncIterator[bytes]:
        """The body of an answer for each event, for ever. Raises what ends the subscription."""
        assert self._subscriber is not None, "a delivery is started first"
        while True:
            events = await self._subscriber.take(self._most)
            await self._pay(len(events))
            for told in await self._told(events):
                yield dumped({"data": {self.asked.key: told}})

    @property
    def _most(self) -> int:
        """How many events' rows are read at once: no more than one request may cost."""
        return max(1, min(MOST_AT_ONCE, LIMIT // max(1, self.plan.price.base)))

    async def _pay(self, events: int) -> None:
        """The caller's points for so many events are taken, as soon as there are enough of them."""
        call, rates = self.caller.call, self.caller.backend.rates
        while True:
            try:
                rates.take(call.actor.client, events * self.plan.price.base)
            except RateLimited as limited:
                await asyncio.sleep(limited.extensions["retryAfter"])
            else:
                return

    def stop(self) -> None:
        """Nothing waits for this subscription any more."""
        if self._subscriber is not None:
            self.hub.leave(self._subscriber)

    async def _told(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        type_name = self.asked.reading.entity.type_name
        opaque = [ids.made(type_name, event.aggregate_id) for event in events]
        rows = await self._rows(list(dict.fromkeys(opaque)))
        return [
            self._shown(event, id_, rows.get(id_))
            for event, id_ in zip(events, opaque, strict=True)
            if id_ in rows or self._told_without_row(event)
        ]

    async def _rows(self, opaque: list[str]) -> Mapping[str, dict[str, Any]]:
        """What is asked of the rows with these ids, as far as the caller may see them. One statement."""
        assert self.plan.statement is not None, "a subscription's plan has a statement"
        told = {**self.values.coerced, WRITTEN: opaque}
        seen, actor, backend = Seen(), self.caller.call.actor, self.caller.backend
        async with self.hub.reading:
            text = await read(backend.reads, self.plan.statement, told, actor, seen)
        backend.access_log.note(actor, self.operation.key, seen)
        return {row.pop(ID_KEY): row for row in json.loads(text)[self.asked.key]}

    def _told_without_row(self, event: Event) -> bool:
        """What is deleted can no longer be seen by anybody: those who see all are told of it."""
        everything = self.caller.call.actor.scope is Scope.ALL and not self.asked.narrowed
        return everything and event.operation is feed.Operation.DELETED

    def _shown(self, event: Event, id_: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
        said = {
            "__typename": self.asked.type_name,
            "id": id_,
            "operation": event.operation.value,
            "version": event.version,
            "origin": event.origin,
            "at": event.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        return {
            key: (row[key] if row is not None else None) if name == NODE else said[name]
            for key, name in self.asked.shown
        }


def delivery(
    documents: Documents, operation: Operation, given: Mapping[str, Any], caller: Caller
) -> Delivery:
    """The subscription that the operation asks for. Raises what refuses a document."""
    sizes.check_variables(given)
    values = documents.values(operation, texts.variables(given))
    plan = documents.plan(operation, values, caller.call.actor)
    return Delivery(caller, caller.backend.hub, plan, values, _asked(documents, operation, values), operation)


def _asked(documents: Documents, operation: Operation, values: VariableValues) -> Asked:
    collecting = Collecting(documents.schema, operation.fragments, values)
    root = documents.schema.subscription_type
    assert root is not None, "validation refuses an operation whose type the schema lacks"
    fields = collecting.fields(root, [operation.node.selection_set])
    if len(fields) != 1:
        raise BadRequest(say("a subscription asks for exactly one root field"))
    [(key, nodes)] = fields.items()
    definition = root.fields[nodes[0].name.value]
    arguments = get_argument_values(definition, nodes[0], values)
    reading: OfEvents = definition.extensions[BACKREF].reading
    wanted = Wanted(reading.aggregate, reading.operations, reading.key_of(arguments.get("id")))
    narrowed = any(arguments.get(name) is not None for name in arguments if name != "id")
    of: GraphQLObjectType = get_named_type(definition.type)
    shown = collecting.fields(of, [node.selection_set for node in nodes])
    return Asked(key, of.name, reading, wanted, narrowed, _names(shown))


def _names(shown: Mapping[str, Sequence[FieldNode]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, nodes[0].name.value) for key, nodes in shown.items())
