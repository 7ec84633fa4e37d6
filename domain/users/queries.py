"""What may be asked of users. Everybody sees who works here; their e-mail is a contact."""

from sqlalchemy import ColumnElement, select

from domain.branches.queries import branches
from domain.selection.entities import ASC, Entity, Row, many
from domain.users.model import User, UserBranch


def _works_at(user: Row, branch: Row) -> ColumnElement[bool]:
    link = UserBranch.__table__.alias()
    return branch.c.id.in_(select(link.c.branch_id).where(link.c.user_id == user.c.id).correlate(user))


def _employs(branch: Row, user: Row) -> ColumnElement[bool]:
    link = UserBranch.__table__.alias()
    return user.c.id.in_(select(link.c.user_id).where(link.c.branch_id == branch.c.id).correlate(branch))


class Users(Entity):
    branches = many(lambda: branches, on=_works_at)


users: Users = Users("User", User.__table__, order=(("name", ASC),))

users_of_branch = many(lambda: users, on=_employs)
