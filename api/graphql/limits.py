"""Whether a document is small enough to be looked at closer: checked before validation, in a bounded number of steps.

GraphQL merges fields of the same response name, and validation compares them pairwise, so a few hundred bytes can cost
seconds. The walk here merges as execution would, counts as it goes, and stops at the first limit.
Source of the figures: the API's contract, section 7.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
)

from api.errors import ApiError, Code
from domain.messages import Message, say


@dataclass(frozen=True)
class Limits:
    """How long a document may be; the other limits are everybody's."""

    bytes: int
    tokens: int


INTERACTIVE = Limits(bytes=64 * 1024, tokens=1_000)
TRUSTED = Limits(bytes=256 * 1024, tokens=5_000)
"""For documents that were registered beforehand."""

DEEPEST = 12
DEEPEST_OF_SCHEMA = 16
"""The same below `__schema`: what GraphiQL and code generators ask is as deep as a type has wrappers, and goes nowhere
(validation counts how often its lists are nested)."""

SCHEMA = frozenset({"__schema", "__type"})

SAME_NAME = 4
"""Fields of one response name that are written into one selection set."""

MERGED = 10
"""Fields of one response name, with something below them, that fragments bring together in one place."""

MERGED_LEAVES = 40
"""The same for leaves: clients ask for `id` and `__typename` in every fragment, and a leaf is compared at once."""

ALIASES = 30
ROOT_FIELDS = 20
MUTATIONS = 10
EXPANDED = 4_000
"""Selections of an operation, each fragment counted as often as it is spread."""

STEPS = 4_000
"""Selections looked at, a fragment once in each place."""


def check(document: DocumentNode) -> None:
    """Raises ApiError for a document that is too large in one of these ways."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    sizes = _Sizes(fragments)
    walk = _Walk(fragments)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            sizes.check(node.selection_set)
            walk.operation(node)
    for fragment in fragments.values():  # also those that no operation spreads: validation looks at them too
        of_schema = fragment.type_condition.name.value.startswith("__")
        walk.scope([fragment.selection_set], 1, DEEPEST_OF_SCHEMA if of_schema else DEEPEST)


class _Sizes:
    """How many selections there are with every fragment written out wherever it is spread; each is measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}

    def check(self, selections: SelectionSetNode) -> None:
        if self._of(selections) > EXPANDED:
            raise _refused(
                say("the document asks for more than {most} fields, fragments written out", most=EXPANDED)
            )

    def _of(self, selections: SelectionSetNode) -> int:
        return sum(self._of_one(node) for node in selections.selections)

    def _of_one(self, node: SelectionNode) -> int:
        if isinstance(node, FragmentSpreadNode):
            return 1 + self._of_fragment(node.name.value)
        below = node.selection_set if isinstance(node, FieldNode | InlineFragmentNode) else None
        return 1 if below is None else 1 + self._of(below)

    def _of_fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0  # a fragment inside itself is refused by validation
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = min(self._of(fragment.selection_set), EXPANDED + 1)
        return self._known[name]


@dataclass
class _Walk:
    """Everything that stands for one object, fragments merged in, and below it the same for each of its fields."""

    fragments: Mapping[str, FragmentDefinitionNode]
    steps: int = field(default=0, init=False)
    aliases: set[int] = field(default_factory=set, init=False)

    def operation(self, node: OperationDefinitionNode) -> None:
        roots = self.scope([node.selection_set], 1)
        most = MUTATIONS if node.operation is OperationType.MUTATION else ROOT_FIELDS
        if roots > most:
            raise _refused(
                say(
                    "the operation has {count} root fields; at most {most} are allowed",
                    count=roots,
                    most=most,
                )
            )

    def scope(self, sets: Sequence[SelectionSetNode], depth: int, deepest: int = DEEPEST) -> int:
        """What stands below these selection sets is within the limits. How many response names they have."""
        if depth > deepest:
            raise _refused(say("the document is deeper than {most} levels", most=deepest))
        found: dict[str, list[FieldNode]] = {}
        self._collect(list(sets), found)
        for name, nodes in found.items():
            below = [node.selection_set for node in nodes if node.selection_set]
            most = MERGED if below else MERGED_LEAVES
            if len(nodes) > most:
                raise _refused(_too_often(name, most))
            if below:
                self.scope(below, depth + 1, DEEPEST_OF_SCHEMA if nodes[0].name.value in SCHEMA else deepest)
        return len(found)

    def _collect(self, pending: list[SelectionSetNode], found: dict[str, list[FieldNode]]) -> None:
        seen: set[str] = set()
        while pending:
            written: Counter[str] = Counter()
            selections = pending.pop().selections
            self._step(len(selections))
            for node in selections:
                match node:
                    case FieldNode():
                        name = self._name(node)
                        written[name] += 1
                        if written[name] > SAME_NAME:
                            raise _refused(_too_often(name, SAME_NAME))
                        found.setdefault(name, []).append(node)
                    case InlineFragmentNode():
                        pending.append(node.selection_set)
                    case FragmentSpreadNode() if node.name.value not in seen:
                        seen.add(node.name.value)
                        fragment = self.fragments.get(node.name.value)
                        if fragment is not None:
                            pending.append(fragment.selection_set)

    def _name(self, node: FieldNode) -> str:
        if node.alias is None:
            return node.name.value
        self.aliases.add(id(node))
        if len(self.aliases) > ALIASES:
            raise _refused(say("the document has more than {most} aliases", most=ALIASES))
        return node.alias.value

    def _step(self, selections: int) -> None:
        self.steps += selections
        if self.steps > STEPS:
            raise _refused(
                say("the document asks for more than {most} fields, fragments written out", most=STEPS)
            )


def _too_often(name: str, most: int) -> Message:
    return say("{name!r} is asked for more than {most} times in one place", name=name[:60], most=most)


def _refused(message: Message) -> ApiError:
    return ApiError(Code.COST_EXCEEDED, message)
