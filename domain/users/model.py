"""Tables of users and the branches they work for."""

from sqlalchemy import Boolean, ForeignKey, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, tagged
from domain.roles import Role, Scope


class User(Root, Base):
    """Somebody who works here. Deactivated, never deleted. Without a scope he has the usual one of his role."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), one_of("scope", Scope))

    subject: Mapped[str] = tagged(Personal.UNIQUE, unique=True)
    name: Mapped[str] = tagged(Personal.BASIC)
    email: Mapped[str | None] = tagged(Personal.CONTACT)
    role: Mapped[str] = plain()
    scope: Mapped[str | None] = plain()
    active: Mapped[bool] = plain(Boolean, server_default=text("true"))


class UserBranch(Base):
    __tablename__ = "user_branches"

    user_id: Mapped[int] = plain(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    branch_id: Mapped[int] = plain(ForeignKey("branches.id"), primary_key=True, index=True)
