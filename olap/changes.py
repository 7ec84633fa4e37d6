"""What the feed says has changed since a watermark: the ids of aggregates, each once."""

from collections.abc import Mapping, Sequence

from olap import mart, source
from olap.errors import CubeError
from olap.watermark import Watermark

BULK = 100_000
"""More changed aggregates than this, and than one in a hundred rows of the cube, are loaded sooner by a rebuild."""

DAY = "day"
"""A new day of the company's calendar, which is no event: traits such as a band of ages depend on it."""

SCORES = "scores"
"""New scores of customers, which are no event either: a night's run would make one for each customer."""

FOLLOWED = tuple(sorted({follow.aggregate for head in mart.heads().values() for follow in head.follows}))
"""The aggregates that the star shows; the feed's other events are passed over."""

Changes = Mapping[str, frozenset[int]]
"""Ids of what was created, changed or deleted, by aggregate."""


class CannotFollow(CubeError):
    """The cube cannot go on from its watermark and has to be built anew; says why."""


def since(
    connection: source.Connection, mark: Watermark, *, most: int, views: Sequence[str] = ("changes",)
) -> Changes:
    """All changes that the views show after the watermark. Raises CannotFollow for more than `most`."""
    shown = " UNION ".join(_shown(view, mark) for view in views)
    found = source.read(connection, f"{shown} LIMIT {most + 1}")
    if found.num_rows > most:
        raise CannotFollow(f"more than {most} aggregates changed")
    ids: dict[str, set[int]] = {aggregate: set() for aggregate in FOLLOWED}
    for row in found.to_pylist():
        ids[row["aggregate"]].add(row["aggregate_id"])
    return {aggregate: frozenset(found) for aggregate, found in ids.items() if found}


def _shown(view: str, mark: Watermark) -> str:
    """The condition is on the column as it is stored, so that every partition's index is used."""
    followed = ", ".join(f"'{aggregate}'" for aggregate in FOLLOWED)
    return (
        f"SELECT aggregate, aggregate_id FROM mart.{view}"  # noqa: S608 (our own names and numbers)
        f" WHERE raw_xid > '{mark.last_event}'::xid8 AND aggregate IN ({followed})"
        " GROUP BY aggregate, aggregate_id"
    )


def silent(mark: Watermark, found: Watermark) -> Changes:
    """What has changed without an event. The ids mean nothing: all rows that follow are renewed."""
    moved = {DAY: mark.today != found.today, SCORES: mark.scored != found.scored}
    return {name: frozenset({0}) for name, has in moved.items() if has}


def pending(connection: source.Connection, mark: Watermark) -> bool:
    """Whether anything settled has changed that the star shows; an index look-up."""
    found = source.one(connection, f"SELECT EXISTS ({_shown('changes', mark)}) AS pending")
    return bool(found["pending"])


def complete(connection: source.Connection, mark: Watermark) -> bool:
    """Whether the feed still holds all since the watermark: an event before it proves it, as old days go first."""
    query = f"SELECT EXISTS (SELECT FROM mart.changes WHERE raw_xid <= '{mark.last_event}'::xid8) AS proven"  # noqa: S608
    return bool(source.one(connection, query)["proven"])
