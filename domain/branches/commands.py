"""Changes of branches."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.branches.model import Branch, BranchKind


@dataclass(frozen=True)
class BranchDetails:
    """A branch as its source describes it; `code` says which one it is."""

    code: str
    name: str
    kind: BranchKind
    region: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None


_KEPT = (Branch.name, Branch.kind, Branch.region, Branch.opened_on, Branch.closed_on)


async def upsert_branches(session: AsyncSession, branches: Sequence[BranchDetails]) -> dict[str, int]:
    """The branches are here as described, by their codes; unchanged ones are not written. Their keys by code.

    Of several with one code the last counts. Two statements.
    """
    checked = {each.code: each for each in (_checked(place, branch) for place, branch in enumerate(branches))}
    given = rows.given([asdict(each) for each in checked.values()], Branch.code, *_KEPT)
    names = [Branch.code.key, *(column.key for column in _KEPT)]
    wanted = insert(Branch).from_select(
        names, select(*(given.c[name] for name in names)).order_by(given.c.code)
    )
    await session.execute(
        wanted.on_conflict_do_update(
            index_elements=[Branch.code], set_={column.key: wanted.excluded[column.key] for column in _KEPT}
        )
    )
    found = await session.execute(select(Branch.code, Branch.id).where(rows.among(Branch.code, checked)))
    return {row.code: row.id for row in found}


def _checked(place: int, branch: BranchDetails) -> BranchDetails:
    return replace(
        branch,
        code=text.key(branch.code, place, "code", limit=60),
        name=text.name(branch.name, place, "name"),
        region=None if branch.region is None else text.name(branch.region, place, "region"),
    )
