"""Root fields of machine keys."""

import strawberry

from api.graphql.keys.types import MachineKey
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.keys.queries import machine_keys


@strawberry.type
class MachineKeyQuery:
    machine_key: MachineKey | None = by_id(machine_keys)
    machine_keys: Connection[MachineKey] = all_of(machine_keys, description="For administrators.")
