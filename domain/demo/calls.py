"""Calls and chats: orders taken by phone, questions after orders, thanks and regards from the company."""

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns, wording
from domain.demo.branches import BRANCH_OF_WAY
from domain.demo.demand import Way
from domain.demo.draws import Flags, Ints, choose, happens
from domain.demo.scene import Scene
from domain.demo.touches import rows
from domain.touchpoints.model import Direction

ASKS_AFTER_ORDER = 0.055
ASKS_BEFORE_RETURN = 0.30
CHATS_AFTER_ORDER = 0.05
"""The share of members' orders that a call follows within ten days, of returns that one precedes, and of orders
from mall and app with a chat. Assumptions."""

THANKED_FROM_WON = 300_000
THANKED = 0.12
REGARDED = 0.35
"""Outbound calls: after an order from 300,000 won, and to customers with an agent of their own, for each order of
theirs. Assumptions."""

NOTED = 0.5
"""The share of contacts that the agent wrote something about. Assumption."""


def draw(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """All calls and chats."""
    receipts, orders = scene.ledger.receipts, scene.member_orders()
    asked = orders[happens(rng, ASKS_AFTER_ORDER, len(orders))]
    online = orders[np.isin(receipts.way[orders], (Way.WEB, Way.MOBILE))]
    return [
        _orders_by_phone(rng, scene, orders[receipts.way[orders] == Way.CALL]),
        _questions(rng, scene, asked),
        _before_returns(rng, scene),
        _chats(rng, scene, online[happens(rng, CHATS_AFTER_ORDER, len(online))]),
        _outbound(rng, scene, orders[scene.paid()[orders] >= THANKED_FROM_WON], THANKED, subject=0),
        _outbound(rng, scene, orders[scene.owner[receipts.customer[orders]] >= 0], REGARDED, subject=1),
    ]


def _notes(rng: np.random.Generator, texts: tuple[tuple[str, ...], ...], topic: Ints) -> pa.Array:
    """A text on the topic, or none."""
    each = len(texts[0])
    place = topic * each + rng.integers(0, each, len(topic))
    return columns.labels(
        [text for group in texts for text in group], np.where(happens(rng, NOTED, len(topic)), place, -1)
    )


def _inbound(
    rng: np.random.Generator, scene: Scene, at: Ints, order: Ints, topic: Ints, outcome: pa.Array
) -> pa.Table:
    """Calls of members about orders."""
    centre = np.full(len(at), BRANCH_OF_WAY[Way.CALL])
    return rows(
        "callcentre",
        at,
        channel=Channel.INBOUND_CALL,
        customer_id=scene.ledger.receipts.customer[order],
        agent_id=scene.staff.agent_of(rng, centre),
        branch_id=centre,
        subject=columns.labels(wording.CALL_SUBJECTS, topic),
        note=_notes(rng, wording.CALL_NOTES, topic),
        topics=columns.labels(wording.CALL_TOPICS, topic),
        duration_seconds=pa.array(rng.lognormal(5.2, 0.6, len(at)).astype(np.int64) + 20),
        outcome=outcome,
        order_id=order,
    )


def _orders_by_phone(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """The call in which each order was given; it is booked while they talk."""
    topic = np.full(len(order), wording.ORDERING)
    outcome = columns.constant("주문 접수", len(order))
    return _inbound(rng, scene, scene.ledger.receipts.at[order], order, topic, outcome)


def _questions(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """Questions in the ten days after an order."""
    at, within = scene.office_moment(rng, scene.ledger.receipts.day[order] + rng.integers(1, 11, len(order)))
    topic = choose(rng, wording.CALL_SHARES, len(order))
    outcome = columns.labels(
        wording.CALL_OUTCOMES, rng.integers(0, len(wording.CALL_OUTCOMES), int(within.sum()))
    )
    return _inbound(rng, scene, at[within], order[within], topic[within], outcome)


def _before_returns(rng: np.random.Generator, scene: Scene) -> pa.Table:
    """Calls that announced a return, between the order's day and the return's."""
    receipts = scene.ledger.receipts
    returned = np.flatnonzero((receipts.origin >= 0) & (receipts.customer >= 0))
    returned = returned[happens(rng, ASKS_BEFORE_RETURN, len(returned))]
    order = receipts.origin[returned]
    at, within = scene.office_moment(rng, receipts.day[order] + 1)
    within &= at < receipts.at[returned]
    topic = np.full(int(within.sum()), wording.RETURNING)
    return _inbound(rng, scene, at[within], order[within], topic, columns.constant("해결", len(topic)))


def _chats(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """Chats in the five days after an order from mall or app."""
    at, within = scene.office_moment(rng, scene.ledger.receipts.day[order] + rng.integers(1, 6, len(order)))
    at, order = at[within], order[within]
    topic = choose(rng, wording.CALL_SHARES, len(order))
    return rows(
        "chat",
        at,
        channel=Channel.CHAT,
        customer_id=scene.ledger.receipts.customer[order],
        branch_id=scene.ledger.receipts.branch[order],
        subject=columns.labels(wording.CALL_SUBJECTS, topic),
        topics=columns.labels(wording.CALL_TOPICS, topic),
        duration_seconds=pa.array(rng.lognormal(5.4, 0.7, len(at)).astype(np.int64) + 30),
        outcome=columns.labels(wording.CHAT_OUTCOMES, rng.integers(0, len(wording.CHAT_OUTCOMES), len(at))),
        order_id=order,
    )


def _outbound(
    rng: np.random.Generator, scene: Scene, orders: Ints, share: float, *, subject: int
) -> pa.Table:
    """Calls of the customer's own agent, or of the call centre, some days after an order."""
    order = orders[happens(rng, share, len(orders))]
    days = rng.integers(3, 15, len(order)) * (1 + 3 * subject)
    at, within = scene.office_moment(rng, scene.ledger.receipts.day[order] + days)
    at, order = at[within], order[within]
    customer = scene.ledger.receipts.customer[order]
    centre = np.full(len(at), BRANCH_OF_WAY[Way.CALL])
    own = scene.owner[customer]
    outcome = rng.integers(0, len(wording.OUTBOUND_OUTCOMES), len(at))
    talked: Flags = outcome < wording.TALKED
    note = np.where(talked, rng.integers(0, len(wording.OUTBOUND_NOTES), len(at)), -1)
    return rows(
        "callcentre",
        at,
        channel=Channel.OUTBOUND_CALL,
        direction=Direction.OUTBOUND,
        customer_id=customer,
        agent_id=np.where(own >= 0, own, scene.staff.agent_of(rng, centre)),
        branch_id=centre,
        subject=columns.constant(wording.OUTBOUND_SUBJECTS[subject], len(at)),
        note=columns.labels(wording.OUTBOUND_NOTES, note),
        topics=columns.constant("안부", len(at)),
        duration_seconds=pa.array(
            np.where(talked, rng.lognormal(4.6, 0.5, len(at)).astype(np.int64) + 15, 0)
        ),
        outcome=columns.labels(wording.OUTBOUND_OUTCOMES, outcome),
        order_id=order if subject == 0 else np.full(len(at), -1),
    )
