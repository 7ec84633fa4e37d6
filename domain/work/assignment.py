"""Who is to do a piece of work."""

from typing import TypedDict


class Assignment(TypedDict, total=False):
    """A key that is absent leaves it as it is; None takes it from its owner or its branch."""

    owner_id: int | None
    branch_id: int | None
