"""The group whose members read the mart, and what it may read."""

from collections.abc import Iterable

GROUP = "dangol_mart"

HIDDEN = frozenset({"changes", "unsettled"})
"""Views of the feed: they say who was changed when, which no question of business needs."""


def rights(views: Iterable[str]) -> str:
    """The statement that gives the group what it may read of the views, if there is the group."""
    seen = ", ".join(f"mart.{view}" for view in views if view not in HIDDEN)
    return f"""
        DO $do$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{GROUP}') THEN
                GRANT USAGE ON SCHEMA mart TO {GROUP};
                GRANT SELECT ON {seen} TO {GROUP};
            END IF;
        END $do$
    """
