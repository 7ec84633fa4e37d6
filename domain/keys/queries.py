"""What may be asked of machine keys: everything but their secrets, by those who see all."""

from sqlalchemy import ColumnElement, DateTime, Integer, cast, false, func, select, true

from domain.access import Actor
from domain.branches.queries import branches
from domain.keys.model import MachineKey, MachineKeyBranch, MachineKeySecret, MachineKeyUse
from domain.roles import Scope
from domain.selection.entities import ASC, Entity, Row, computed, many


def visible_to(actor: Actor, _: Row) -> ColumnElement[bool]:
    """Keys open branches of others: only who sees all sees them."""
    return true() if actor.scope is Scope.ALL else false()


def _works_at(key: Row, branch: Row) -> ColumnElement[bool]:
    link = MachineKeyBranch.__table__.alias()
    return branch.c.id.in_(select(link.c.branch_id).where(link.c.key_id == key.c.id).correlate(key))


def _live_secrets(key: Row) -> ColumnElement[int]:
    secret = MachineKeySecret.__table__.alias()
    live = (secret.c.valid_to.is_(None)) | (secret.c.valid_to > func.now())
    counted = select(func.count()).select_from(secret).where(secret.c.key_id == key.c.id, live)
    return cast(counted.correlate(key).scalar_subquery(), Integer())


def _last_used_at(key: Row) -> ColumnElement[object]:
    use = MachineKeyUse.__table__.alias()
    return select(use.c.last_used_at).where(use.c.key_id == key.c.id).correlate(key).scalar_subquery()


class MachineKeys(Entity):
    branches = many(lambda: branches, on=_works_at)
    live_secrets = computed(_live_secrets, Integer(), nullable=False)
    last_used_at = computed(_last_used_at, DateTime(timezone=True))


machine_keys = MachineKeys("MachineKey", MachineKey.__table__, visible_to=visible_to, order=(("name", ASC),))
