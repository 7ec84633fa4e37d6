"""Upserts of customers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain import text as texts
from domain.access import Actor
from domain.customers.contact_values import checked_value
from domain.customers.details import check_birth
from domain.customers.model import ContactPointKind
from domain.intake.erased import refuse_erased
from domain.intake.masters import Beside, Field, Master
from domain.intake.statements import text
from domain.intake.upserts import attributes, names
from domain.intake.upserts.form import PARTS
from domain.intake.upserts.kinds import Kind, Part
from domain.intake.upserts.references import ATTRIBUTE, BRANCH, CUSTOMER, USER
from domain.intake.upserts.rows import (
    Row,
    column,
    few,
    part,
    read_key,
    read_version,
    reference,
    words,
)
from domain.roles import Scope

_TEXT = 'text COLLATE "C"'
_POINTS = "intake_customer_upsert_points"

_MASTER = Master(
    staging="intake_customer_upserts",
    root="customers",
    external_ids="customer_external_ids",
    key="customer_id",
    alone=True,
    fields=(
        Field("kind", _TEXT, empty="'PERSON'"),
        *(Field(name, _TEXT) for name in ("name", "latin_name")),
        Field("birth_on", "date"),
        *(
            Field(name, _TEXT)
            for name in ("gender", "occupation", "wealth_band", "country", "region", "district")
        ),
        Field("joined_on", "date"),
        Field("acquired_channel", _TEXT),
        Field("home_branch_id", "bigint"),
        Field("owner_id", "bigint"),
    ),
    parts=PARTS,
    stale="s.stale",
    beside=(
        Beside(
            "contact_points",
            f"""LEFT JOIN (SELECT DISTINCT c.place FROM {_POINTS} c JOIN settled k ON k.external_id = c.place
                           WHERE k.id IS NOT NULL
                             AND NOT EXISTS (SELECT FROM contact_points p WHERE p.customer_id = k.id
                                             AND p.kind = c.kind AND p.value = c.value OFFSET 0)
                ) AS new_points ON new_points.place = s.external_id""",
            "new_points.place IS NOT NULL",
        ),
        attributes.BESIDE,
        names.beside("customer_external_ids", "customer_id", "intake_customer_upsert_names"),
    ),
)


async def _write_points(connection: AsyncConnection) -> None:
    await connection.execute(
        text(f"""
            INSERT INTO contact_points (customer_id, position, kind, value)
            SELECT g.id,
                   coalesce(CASE WHEN g.outcome = 'UPDATED' THEN (
                       SELECT max(position) FROM contact_points p WHERE p.customer_id = g.id) END, 0)
                       + row_number() OVER (PARTITION BY g.id ORDER BY c.number),
                   c.kind, c.value
            FROM (SELECT place, kind, value, min(number) AS number FROM {_POINTS} GROUP BY 1, 2, 3) AS c
            JOIN {_MASTER.plan} g ON g.external_id = c.place AND g.outcome IN ('CREATED', 'UPDATED')
            WHERE g.outcome = 'CREATED' OR NOT EXISTS (
                SELECT FROM contact_points p
                WHERE p.customer_id = g.id AND p.kind = c.kind AND p.value = c.value OFFSET 0)
            ORDER BY g.id
        """)
    )


def _settle(row: Row, now: datetime) -> None:
    check_birth(row.cells.get("birth_on"), now)
    for place, point in enumerate(row.parts.get("contact_points", ())):
        kind = ContactPointKind(point["kind"])
        point["value"] = checked_value(kind, point["value"], "contact_points", place, "value")


def _begins(row: Row, actor: Actor) -> None:
    """Without a word on it, an actor of scope OWN becomes the owner and one of one branch gives the home branch."""
    if actor.scope is Scope.OWN and "owner_id" not in row.cleared:
        row.cells.setdefault("owner_id", actor.user_id)
    elif actor.scope is Scope.BRANCH and len(actor.branch_ids) == 1 and "home_branch_id" not in row.cleared:
        row.cells.setdefault("home_branch_id", next(iter(actor.branch_ids)))


async def _check(session: AsyncSession, rows: Sequence[Row]) -> None:
    await names.check(session, rows, CUSTOMER)
    await refuse_erased(session, rows, names.FIELD)
    await attributes.check(session, rows)


CUSTOMERS = Kind(
    aggregate="customer",
    target=CUSTOMER,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "kind": column("kind", clears=False),
        "name": column("name", texts.name, clears=False),
        "latin_name": column("latin_name", texts.name),
        "birth_on": column("birth_on"),
        "gender": column("gender"),
        **{
            name: column(name, few(words(texts.name, 100)))
            for name in ("occupation", "wealth_band", "country", "region", "district")
        },
        "joined_on": column("joined_on"),
        "acquired_channel": column("acquired_channel"),
        "home_branch": reference("home_branch", BRANCH),
        "owner": reference("owner", USER),
        "contact_points": part("contact_points", {"kind": column("kind"), "value": column("value")}),
        "attributes": attributes.READER,
        "also_known_as": names.READER,
    },
    needed=("name",),
    parts=(
        Part("contact_points", _POINTS, {"kind": _TEXT, "value": _TEXT}, _write_points),
        attributes.part_of(_MASTER),
        names.part_of(_MASTER, "intake_customer_upsert_names"),
    ),
    scoped=("home_branch_id", "owner_id"),
    begins=_begins,
    settle=_settle,
    check=_check,
    refers={"home_branch": BRANCH, "owner": USER, "attributes": {"name": ATTRIBUTE}},
)
