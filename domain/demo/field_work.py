"""Visits at the customer's: sales visits to organisations, and appliances set up at home."""

from typing import Any

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns, wording
from domain.demo.baskets import KINDS
from domain.demo.branches import HEAD_OFFICE, WAREHOUSE
from domain.demo.departments import NAMES
from domain.demo.draws import Ints, happens
from domain.demo.scene import Scene
from domain.demo.touches import rows
from domain.orders.model import LineKind
from domain.touchpoints.model import Direction

VISIT_EACH_DAYS = 75
"""An organisation's agent comes about so often. Assumption."""

SET_UP_FROM_WON = 150_000
SET_UP_SHARE = 0.6
"""Of appliances from 150,000 won, the share that somebody brings and sets up. Assumption."""


def draw(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """All visits at customers'."""
    return [_sales_visits(rng, scene), _set_ups(rng, scene)]


def _sales_visits(rng: np.random.Generator, scene: Scene) -> pa.Table:
    """Visits to organisations from when they joined until they left."""
    organisation = np.flatnonzero(scene.members.people.organisation)
    since, gone = scene.members.lives.since[organisation], scene.members.lives.gone[organisation]
    count = rng.poisson((gone - since) / VISIT_EACH_DAYS)
    customer = np.repeat(organisation, count)
    day = np.repeat(since, count) + 1 + rng.random(len(customer)) * np.repeat(gone - since, count)
    at, within = scene.office_moment(rng, day.astype(np.int64))
    at, customer = at[within], customer[within]
    return _visits(
        rng,
        Channel.SALES_VISIT,
        at,
        subjects=wording.VISIT_SUBJECTS,
        notes=wording.VISIT_NOTES,
        outcomes=wording.VISIT_OUTCOMES,
        customer_id=customer,
        agent_id=scene.owner[customer],
        branch_id=np.full(len(at), HEAD_OFFICE),
        topics=columns.constant("법인", len(at)),
    )


def _set_ups(rng: np.random.Generator, scene: Scene) -> pa.Table:
    """Visits two to seven days after a large appliance was bought."""
    lines, receipts = scene.ledger.lines, scene.ledger.receipts
    appliance = scene.world.catalogue.department[lines.product] == NAMES.index("가전")
    large = (lines.kind == KINDS.index(LineKind.SALE)) & appliance & (lines.price >= SET_UP_FROM_WON)
    order = np.unique(lines.order[large])
    order = order[(receipts.customer[order] >= 0) & happens(rng, SET_UP_SHARE, len(order))]
    at, within = scene.office_moment(rng, receipts.day[order] + rng.integers(2, 8, len(order)))
    at, order = at[within], order[within]
    return _visits(
        rng,
        Channel.SERVICE_VISIT,
        at,
        subjects=(wording.SERVICE_SUBJECT,),
        notes=wording.SERVICE_NOTES,
        outcomes=wording.SERVICE_OUTCOMES,
        customer_id=receipts.customer[order],
        branch_id=np.full(len(at), WAREHOUSE),
        topics=columns.constant("가전", len(at)),
        order_id=order,
    )


def _visits(
    rng: np.random.Generator,
    channel: Channel,
    at: Ints,
    *,
    subjects: tuple[str, ...],
    notes: tuple[str, ...],
    outcomes: tuple[str, ...],
    **known: Any,
) -> pa.Table:
    count = len(at)
    return rows(
        "field",
        at,
        channel=channel,
        direction=Direction.OUTBOUND,
        subject=columns.labels(subjects, rng.integers(0, len(subjects), count)),
        note=columns.labels(notes, rng.integers(0, len(notes), count)),
        outcome=columns.labels(outcomes, rng.integers(0, len(outcomes), count)),
        duration_seconds=pa.array(rng.integers(900, 5400, count)),
        **known,
    )
