"""Upserts of categories. A parent may come in the same call, before or after its children."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text as texts
from domain.access import SYSTEM
from domain.errors import DomainError, Invalid
from domain.intake.masters import Field, Master
from domain.intake.upserts.form import PARTS
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.outcomes import UnknownReference, placed
from domain.intake.upserts.references import CATEGORY, find, shown
from domain.intake.upserts.rows import Row, column, read_key, read_version, words
from domain.products.categories import MOST_LEVELS
from domain.products.errors import CategoryCircle, CategoryNameTaken, TreeTooDeep

_TEXT = 'text COLLATE "C"'
PARENT = "parent"

_MASTER = Master(
    staging="intake_category_upserts",
    root="categories",
    external_ids="category_external_ids",
    key="category_id",
    fields=(
        Field("name", _TEXT),
        Field("english_name", _TEXT),
        Field("parent_id", "bigint"),
    ),
    # What is new has its id beforehand, so that its children can name it in the same statement.
    parts=(*PARTS, ("new_id", "")),
    new_id="s.new_id::bigint",
    stale="s.stale",
)


def _parent(row: Row, value: Any) -> None:
    if isinstance(value, Invalid):
        raise value
    if value is None:
        row.cleared.add("parent_id")
    else:
        row.parts[PARENT] = [{"key": value}]


def _named_parent(row: Row) -> Any:
    return row.parts[PARENT][0]["key"] if PARENT in row.parts else None


@dataclass
class Tree:
    """The tree as it is and as it becomes: the parent and the name of each category, and which names are taken where.

    A name stays taken where it stood: rows are written one after the other, and two cannot swap.
    """

    parents: dict[int, int | None]
    names: dict[int, str]
    taken: dict[tuple[int | None, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.taken = {(self.parents[key], name): key for key, name in self.names.items()}

    def place(self, key: int, parent: int | None, name: str) -> DomainError | None:
        """The category stands below the parent under this name; or why it cannot."""
        levels, above = 1, parent
        while above is not None:
            if above == key:
                return CategoryCircle(name, self.names[parent or key])
            levels, above = levels + 1, self.parents[above]
        if levels > MOST_LEVELS:
            return TreeTooDeep(levels, MOST_LEVELS)
        if self.taken.setdefault((parent, name), key) != key:
            return CategoryNameTaken(name)
        self.parents[key], self.names[key] = parent, name
        return None


async def _check(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Each row knows its parent, and the tree stays one. Five statements, however many rows."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('dangol.categories'))"))
    await _give_ids(session, [row for row in rows if row.error is None and row.id is None])
    tree = await _tree(session)
    named = {key for row in rows if (key := _named_parent(row)) is not None}
    here = await find(session, CATEGORY, named, actor=SYSTEM)
    new = {row.name: row for row in rows if row.error is None and row.name is not None}
    stale = await _stale(session, rows)
    waiting = [row for row in rows if row.error is None and row.index not in stale]
    while waiting:
        left = [row for row in waiting if not _settled(row, tree, here, new)]
        if len(left) == len(waiting):
            for row in left:
                row.error = row.error or _unknown(row)
            return
        waiting = left


def _settled(row: Row, tree: Tree, here: dict[Any, Any], new: dict[Any, Row]) -> bool:
    """Whether the row has found its place or its error; one whose parent is still to come has not."""
    own = row.id or row.cells["new_id"]
    named = _named_parent(row)
    parent = tree.parents.get(own)
    if named is not None:
        parent = here.get(named)
        if parent is None and named in new:
            above = new[named]
            parent = above.id or above.cells.get("new_id")
        if parent is None or (
            parent not in tree.parents and (named not in new or new[named].error is not None)
        ):
            row.error = _unknown(row)
            return True
        if parent not in tree.parents:
            return False
        row.cells["parent_id"] = parent
    elif "parent_id" in row.cleared:
        parent = None
    error = tree.place(own, parent, row.cells.get("name", tree.names.get(own, "")))
    row.error = placed(error, {"parent_id": (PARENT,)})
    return True


def _unknown(row: Row) -> UnknownReference:
    return UnknownReference(CATEGORY.what, shown(_named_parent(row)), PARENT)


async def _give_ids(session: AsyncSession, rows: Sequence[Row]) -> None:
    ids = await session.scalars(
        text("SELECT nextval(pg_get_serial_sequence('categories', 'id')) FROM generate_series(1, :count)"),
        {"count": len(rows)},
    )
    for row, each in zip(rows, ids, strict=True):
        row.cells["new_id"] = each


async def _tree(session: AsyncSession) -> Tree:
    found = (await session.execute(text("SELECT id, parent_id, name FROM categories"))).all()
    return Tree({row.id: row.parent_id for row in found}, {row.id: row.name for row in found})


async def _stale(session: AsyncSession, rows: Sequence[Row]) -> set[int]:
    """The places of rows that are older than what was seen."""
    counted = [row for row in rows if row.version is not None and row.name is not None]
    if not counted:
        return set()
    found = await session.execute(
        text("""
            SELECT system, external_id, number, at FROM source_versions
            WHERE aggregate = 'category' AND system = ANY(CAST(:systems AS text[]))
              AND external_id = ANY(CAST(:names AS text[]))
        """),
        {
            "systems": sorted({row.name[0] for row in counted if row.name}),
            "names": sorted({row.name[1] for row in counted if row.name}),
        },
    )
    held = {(row.system, row.external_id): row.number if row.at is None else row.at for row in found}
    return {row.index for row in counted if _older(row.version, held.get(row.name or ("", "")))}


def _older(version: Any, held: Any) -> bool:
    return type(version) is type(held) and version < held


CATEGORIES = Kind(
    aggregate="category",
    target=CATEGORY,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "name": column("name", words(texts.name, 100), clears=False),
        "english_name": column("english_name", words(texts.name, 100)),
        "parent": _parent,
    },
    needed=("name",),
    check=_check,
)
