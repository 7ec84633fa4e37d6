"""Connections of rows of several types: a union in the schema, a mixture in the domain."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from strawberry.types.arguments import StrawberryArgument

from api.graphql.planning import nodes, pages
from api.graphql.planning.asked import Asked
from api.graphql.planning.browsing import arguments_of_window
from api.graphql.planning.filters import condition
from api.permissions import Action, Group
from domain.selection import tree
from domain.selection.mixtures import Arm, Mixed, Mixture

OF_EVERY_NODE = frozenset({"__typename", "id"})


@dataclass(frozen=True)
class OfMixture:
    """A page of rows of several types. Kinds that the role may not see are left out, like rows it may not see."""

    mixture: Mixture
    filter: type

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return arguments_of_window(self.filter)

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        seen = tuple(arm for arm in self.mixture.arms if self._seen(asked, arm))
        if not seen:
            _check(asked, self.mixture.arms[0])
        given, narrowed = asked.arguments.get("filter"), None
        if given is not None:
            narrowed = condition(asked.planner, asked.definition.args["filter"].type, given, asked.path)
        return pages.mixed(asked, Mixed(self.mixture, seen, narrowed), partial(self._objects, seen))

    def _objects(self, seen: tuple[Arm, ...], below: Asked) -> tree.Kinds:
        """What is asked of each type. Raises Forbidden where more than the id is asked of one not to be seen."""
        for arm in self.mixture.arms:
            of: Any = below.planner.schema.type_map[arm.entity.type_name]
            asked = {
                node.name.value
                for found in below.planner.collected(of, below.nodes).values()
                for node in found
            }
            if arm not in seen and asked - OF_EVERY_NODE:
                _check(below, arm)
        return tree.Kinds(tuple(nodes.choice(below, arm.entity.type_name) for arm in seen))

    def _seen(self, asked: Asked, arm: Arm) -> bool:
        return asked.planner.may((arm.entity.type_name, Action.READ, Group.BASE))


def _check(asked: Asked, arm: Arm) -> None:
    asked.planner.check([(arm.entity.type_name, Action.READ, Group.BASE)], asked.path)
