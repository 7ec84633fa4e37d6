"""Root fields that selections answer."""

from typing import Any

from api.graphql.fields import selected
from api.graphql.planning.readings import OfAll, OfId, OfKey, OfNode, OfNodes
from domain.selection.entities import Entity


def all_of(entity: Entity, **options: Any) -> Any:
    """A connection of all rows that the caller may see."""
    return selected(OfAll(entity), **options)


def by_id(entity: Entity, **options: Any) -> Any:
    """One row by its id; null for absent and invisible alike."""
    return selected(OfId(entity), **options)


def by_key(entity: Entity, key: type, **options: Any) -> Any:
    """One row by the input `key`; null for absent and invisible alike."""
    return selected(OfKey(entity, key), **options)


def node(**options: Any) -> Any:
    """Any node by its id."""
    return selected(OfNode(), **options)


def nodes(**options: Any) -> Any:
    """Any nodes by their ids."""
    return selected(OfNodes(), **options)
