"""What may be asked of users. Everybody sees who works here; their e-mail is a contact."""

from sqlalchemy import ColumnElement, Text, case, func, select

from domain.branches.queries import branches
from domain.roles import Role, usual_scope
from domain.selection.entities import ASC, Entity, Row, computed, many
from domain.users.model import User, UserBranch


def _works_at(user: Row, branch: Row) -> ColumnElement[bool]:
    link = UserBranch.__table__.alias()
    return branch.c.id.in_(select(link.c.branch_id).where(link.c.user_id == user.c.id).correlate(user))


def _employs(branch: Row, user: Row) -> ColumnElement[bool]:
    link = UserBranch.__table__.alias()
    return user.c.id.in_(select(link.c.user_id).where(link.c.branch_id == branch.c.id).correlate(branch))


def _scope(user: Row) -> ColumnElement[str]:
    usual = case({role.value: usual_scope(role).value for role in Role}, value=user.c.role)
    return func.coalesce(user.c.scope, usual)


class Users(Entity):
    scope = computed(_scope, Text(), nullable=False)
    branches = many(lambda: branches, on=_works_at)


users: Users = Users("User", User.__table__, order=(("name", ASC),))

users_of_branch = many(lambda: users, on=_employs)
