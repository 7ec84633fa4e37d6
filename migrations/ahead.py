"""A store that a newer version has migrated is left alone by this one."""

from domain.postgres.errors import PostgresError
from migrations.newest import head, known


def check_known(revision: str | None) -> None:
    """Raise PostgresError for a store at a revision that is none of this code's."""
    if revision is not None and revision not in known():
        raise PostgresError(
            f"the store stands at {revision}, which this version does not know (its newest is {head()}): it was "
            "migrated by a newer one; start that, or restore a backup from before"
        )
