"""A user leaves: he is deactivated, and his open work goes to another in the same step."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.errors import Conflict
from domain.messages import say
from domain.tasks.handover import hand_over, open_work
from domain.users.changes import deactivate_user


class WorkLeft(Conflict):
    """The user has open work and nobody is named who takes it, or some that the actor does not see."""

    def __init__(self, pieces: int) -> None:
        super().__init__(
            say(
                "{count:,} pieces of work are open with this user: say in toUserId who takes them",
                count=pieces,
            ),
            "to_user_id",
        )


async def user_leaves(
    session: AsyncSession, user_id: int, *, to_user: int | None, expected_version: int, actor: Actor
) -> None:
    """The user is deactivated and has no open work any more.

    Raises what `deactivate_user` and `hand_over` raise, and WorkLeft. At most ten statements.
    """
    await deactivate_user(session, user_id, expected_version=expected_version)
    if to_user is not None:
        await hand_over(session, user_id, to_user, actor=actor)
    left = await open_work(session, user_id)
    if left.all:
        raise WorkLeft(left.all)
