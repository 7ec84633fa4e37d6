"""What rows refer to: looked up for all of them at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.branches.model import Branch
from domain.called import CALLED
from domain.company.model import Currency
from domain.customers import queries as customers
from domain.customers.attribute_model import CustomerAttribute
from domain.customers.model import Customer
from domain.customers.redirects import resolved
from domain.intake.products import SEPARATOR, TREE
from domain.intake.statements import text
from domain.intake.upserts.outcomes import UnknownReference
from domain.messages import Message
from domain.orders import payment_queries as payments
from domain.orders import queries as orders
from domain.orders import shipment_queries as shipments
from domain.orders.model import Order
from domain.orders.payment_model import Payment
from domain.orders.shipment_model import Shipment
from domain.products.model import Category, Product
from domain.products.stock_model import Warehouse
from domain.roles import Scope
from domain.users.model import User

Ref = int | tuple[str, str] | str
"""Our id, or a system and its name, or a code of our own."""

_ON_ROOT = "source_system = k.system AND t.source_id = k.name"


@dataclass(frozen=True, eq=False)
class Target:
    """Something that rows refer to: its table, and how other systems and we name it.

    `names` is the table of names and its column that leads to the root; where it is empty, the root holds them.
    `where` is SQL for which of them may be named by a code.
    """

    what: Message
    root: Any
    names: tuple[str, str] = ("", "")
    code: str = ""
    where: str = "true"
    sees: Callable[..., Any] | None = None

    @property
    def table(self) -> Table:
        found: Table = self.root.__table__
        return found

    def by_name(self) -> str:
        """SQL: the systems and names of `:systems` and `:names` that are known, with the ids they lead to."""
        table, key = self.names
        known = (
            f"SELECT k.place, t.{key} AS id FROM k JOIN {table} t ON t.system = k.system AND t.external_id = k.name"
            if table
            else f"SELECT k.place, t.id FROM k JOIN {self.table.name} t ON t.{_ON_ROOT}"
        )
        given = "unnest(CAST(:systems AS text[]), CAST(:names AS text[])) WITH ORDINALITY"
        return f"WITH k AS (SELECT * FROM {given} AS k(system, name, place)) {known}"


CUSTOMER = Target(
    CALLED["customer"], Customer, ("customer_external_ids", "customer_id"), sees=customers.visible_to
)
PRODUCT = Target(CALLED["product"], Product, ("product_external_ids", "product_id"), code="code")
CATEGORY = Target(CALLED["category"], Category, ("category_external_ids", "category_id"))
ORDER = Target(CALLED["order"], Order, sees=orders.visible_to)
PAYMENT = Target(CALLED["payment"], Payment, sees=payments.visible_to)
SHIPMENT = Target(CALLED["shipment"], Shipment, sees=shipments.visible_to)
BRANCH = Target(CALLED["branch"], Branch, code="code")
USER = Target(CALLED["user"], User, code="subject")
WAREHOUSE = Target(CALLED["warehouse"], Warehouse, code="code")
CURRENCY = Target(CALLED["currency"], Currency, code="code")
ATTRIBUTE = Target(CALLED["attribute"], CustomerAttribute, code="name", where="retired_at IS NULL")


@dataclass(slots=True, eq=False)
class Reference:
    """A place that is to hold the key of what `key` names: `cells[column]`. `path` is where the row says so.

    `within`: the cell that holds the place of a new row of the same call instead, where that is what is named.
    """

    cells: dict[str, Any]
    column: str
    target: Target
    key: Ref
    path: tuple[str | int, ...]
    within: str = ""


def shown(key: Ref) -> str:
    """What the reference names, for messages."""
    if isinstance(key, tuple):
        return f"{key[1]!r} of {key[0]!r}"
    return repr(key.replace(SEPARATOR, " / ")) if isinstance(key, str) else ""


def unknown(reference: Reference) -> UnknownReference:
    """Why the reference leads nowhere."""
    return UnknownReference(reference.target.what, shown(reference.key), *reference.path)


def wanted(named: Iterable[tuple[Target, Ref]]) -> dict[Target, set[Ref]]:
    """What is named, by its kind."""
    found: dict[Target, set[Ref]] = {}
    for target, key in named:
        if target not in found:
            found[target] = set()
        found[target].add(key)
    return found


class Looked:
    """What was looked up for the actor: `led` has the keys of what is there and may be seen, by how it was named."""

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self.led: dict[Target, dict[Ref, Any]] = {}
        self._session, self._actor = session, actor
        self._asked: dict[Target, set[Ref]] = {}

    async def up(self, wanted: Mapping[Target, set[Ref]]) -> None:
        """These are looked up, each once. At most five statements for each kind of thing."""
        for target, keys in wanted.items():
            asked, led = self._asked.setdefault(target, set()), self.led.setdefault(target, {})
            if new := keys - asked:
                asked |= new
                led |= await find(self._session, target, new, actor=self._actor)


async def find(session: AsyncSession, target: Target, keys: Iterable[Ref], *, actor: Actor) -> dict[Ref, Any]:
    """Those of the keys that lead to a thing that is there and that the actor may see."""
    ids, names, codes = set[int](), list[tuple[str, str]](), set[str]()
    for key in keys:
        if isinstance(key, int):
            ids.add(key)
        elif isinstance(key, tuple):
            names.append(key)
        else:
            codes.add(key)
    led: dict[Ref, Any] = {}
    if names:
        led |= await _by_name(session, target, names)
    if codes:
        led |= await _by_code(session, target, codes)
    if ids:
        led |= await _by_id(session, target, ids)
    if target.sees is None or actor.scope is Scope.ALL or not led:
        return led
    seen = await rows.known(session, target.root.id, set(led.values()), target.sees(actor))
    return {key: root for key, root in led.items() if root in seen}


async def _by_name(session: AsyncSession, target: Target, names: list[tuple[str, str]]) -> dict[Ref, Any]:
    systems, named = zip(*names, strict=True)
    rows = await session.execute(text(target.by_name()), {"systems": list(systems), "names": list(named)})
    return {names[row.place - 1]: row.id for row in rows}


async def _by_path(session: AsyncSession, paths: set[str]) -> dict[Ref, Any]:
    rows = await session.execute(
        text(
            f"{TREE} SELECT array_to_string(path, '{SEPARATOR}') AS path, id FROM tree "
            f"WHERE array_to_string(path, '{SEPARATOR}') = ANY(CAST(:paths AS text[]))"
        ),
        {"paths": sorted(paths)},
    )
    return {row.path: row.id for row in rows}


async def _by_code(session: AsyncSession, target: Target, codes: set[str]) -> dict[Ref, Any]:
    if target is CATEGORY:
        return await _by_path(session, codes)
    root = "code" if target is CURRENCY else "id"
    rows = await session.execute(
        text(
            f"SELECT {target.code} AS code, {root} AS id FROM {target.table.name} "
            f"WHERE {target.code} = ANY(CAST(:codes AS text[])) AND {target.where}"
        ),
        {"codes": sorted(codes)},
    )
    return {row.code: row.id for row in rows}


async def _by_id(session: AsyncSession, target: Target, ids: set[int]) -> dict[Ref, Any]:
    led = await resolved(session, ids) if target is CUSTOMER else {each: each for each in ids}
    here = await rows.known(session, target.root.id, set(led.values()))
    return {key: root for key, root in led.items() if root in here}
