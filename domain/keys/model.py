"""Tables of machine keys, their secrets, branches and last uses."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from domain.base import Base, Root, one_of, plain
from domain.roles import Role, Scope

MOST_SECRETS = 2
"""Live at the same time: the new one and the one before it."""


class MachineRole(StrEnum):
    """What a machine may be: never more than an integration."""

    INTEGRATION = Role.INTEGRATION.value
    ANALYST = Role.ANALYST.value
    VIEWER = Role.VIEWER.value


class MachineScope(StrEnum):
    """Whose rows a machine may see; it owns no customers."""

    ALL = Scope.ALL.value
    BRANCH = Scope.BRANCH.value


class MachineKey(Root, Base):
    """What one system is let in by. Revoked, never deleted: the feed and the access log name it."""

    __tablename__ = "machine_keys"
    __table_args__ = (
        one_of("role", MachineRole),
        one_of("scope", MachineScope),
        CheckConstraint(
            "api_scopes <@ ARRAY['READ', 'WRITE', 'BULK', 'METRICS'] AND cardinality(api_scopes) > 0",
            name="api_scopes_known",
        ),
    )

    public_id: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    role: Mapped[str] = plain()
    scope: Mapped[str] = plain()
    api_scopes: Mapped[list[str]] = plain(ARRAY(Text(collation="C")))
    trusted_only: Mapped[bool] = plain(Boolean, server_default=text("false"))
    expires_at: Mapped[datetime | None] = plain()
    revoked_at: Mapped[datetime | None] = plain()


class MachineKeySecret(Base):
    """The hash of one secret. Of two live ones the older ends when its successor says."""

    __tablename__ = "machine_key_secrets"
    __table_args__ = (
        Index(None, "key_id"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256_whole"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    key_id: Mapped[int] = plain(ForeignKey("machine_keys.id", ondelete="CASCADE"))
    sha256: Mapped[bytes] = plain(LargeBinary)
    issued_at: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()


class MachineKeyBranch(Base):
    """A branch whose rows a key of scope BRANCH sees."""

    __tablename__ = "machine_key_branches"

    key_id: Mapped[int] = plain(ForeignKey("machine_keys.id", ondelete="CASCADE"), primary_key=True)
    branch_id: Mapped[int] = plain(ForeignKey("branches.id"), primary_key=True, index=True)


class MachineKeyUse(Base):
    """When a key was last used, to the hour. Apart from the key, which a use does not change: no version, no event."""

    __tablename__ = "machine_key_uses"

    key_id: Mapped[int] = plain(ForeignKey("machine_keys.id", ondelete="CASCADE"), primary_key=True)
    last_used_at: Mapped[datetime] = plain()
