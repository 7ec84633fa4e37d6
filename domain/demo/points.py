"""The members' points: earned on orders that stay, now and then redeemed for something small, gone after two years.

A redemption takes nothing off an order: what orders are worth stays as it was sold.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.corrections import RETURN_WITHIN_DAYS
from domain.demo.draws import Ints, happens
from domain.demo.scene import Scene
from domain.points.model import PointsKind

WON_A_POINT = 1_000
REDEEM_FROM = 100
REDEEMED_AT_ORDER = 0.10
"""With how many points, and at which share of their orders, members redeem. Assumptions."""

DAY = 86_400
EARNED_AFTER = (RETURN_WITHIN_DAYS + 1) * DAY
LASTS = 730 * DAY

KINDS = (PointsKind.EARNED, PointsKind.REDEEMED, PointsKind.EXPIRED)
EARNED, REDEEMED, EXPIRED = range(3)
REASONS = ("구매 적립", "사은품 교환", "유효기간 만료")


class Occasion(NamedTuple):
    """Something may happen to a member's points. `points` are those of the order that it is about."""

    customer: int
    at: int
    kind: int
    points: int
    order: int


class Entry(NamedTuple):
    """A line of the ledger; `order` is -1 for none."""

    at: int
    customer: int
    kind: int
    points: int
    order: int


def tables(scene: Scene) -> dict[str, pa.Table]:
    """The ledger by time. No balance is ever negative."""
    entries = sorted(_entries(_occasions(scene.world.stream("points"), scene)))
    at, customer, kind, points, order = np.array(entries, dtype=np.int64).reshape(-1, 5).T
    return {
        "points_entries": pa.table(
            {
                "id": columns.keys(len(at)),
                "customer_id": columns.ids(customer),
                "kind": columns.labels(KINDS, kind),
                "points": points,
                "reason": columns.labels(REASONS, kind),
                "order_id": columns.ids(order),
                "occurred_at": columns.moments(at),
                "source_system": columns.constant("pos", len(at)),
                "source_id": columns.joined("P", columns.padded(columns.keys(len(at)), 8)),
            }
        )
    }


def _occasions(rng: np.random.Generator, scene: Scene) -> list[Occasion]:
    """By member and time: what is earned, when it would expire, and when the member asks to redeem."""
    receipts, end = scene.ledger.receipts, scene.world.period.end
    order = scene.member_orders()
    points = _worth(scene)[order]
    asks = order[happens(rng, REDEEMED_AT_ORDER, len(order))]
    earning, earned = order[points > 0], points[points > 0]
    at = receipts.at[earning] + EARNED_AFTER
    nothing = np.zeros(len(asks), dtype=np.int64)
    parts = [
        (receipts.customer[earning], at, np.full(len(at), EARNED), earned, earning),
        (receipts.customer[asks], receipts.at[asks], np.full(len(asks), REDEEMED), nothing, asks),
        (receipts.customer[earning], at + LASTS, np.full(len(at), EXPIRED), earned, np.full(len(at), -1)),
    ]
    rows = np.stack([np.concatenate(column) for column in zip(*parts, strict=True)], axis=1)
    rows = rows[rows[:, 1] < end]
    by_member = rows[np.lexsort((rows[:, 4], rows[:, 2], rows[:, 1], rows[:, 0]))]
    return [Occasion(*row) for row in by_member.tolist()]


def _worth(scene: Scene) -> Ints:
    """For each receipt the points for what its customer kept of it: sold, less cancellations and returns."""
    lines, origin = scene.ledger.lines, scene.ledger.receipts.origin
    net = np.bincount(lines.order, lines.net, len(origin)).astype(np.int64)
    returned = np.flatnonzero(origin >= 0)
    kept = net.copy()
    np.add.at(kept, origin[returned], net[returned])
    points: Ints = np.maximum(kept, 0) // WON_A_POINT
    return points


def _entries(occasions: list[Occasion]) -> Iterator[Entry]:
    """What becomes of the occasions: the oldest points go first, so those of an order expire unless they are gone."""
    whose, earned, gone, past = -1, 0, 0, 0
    for customer, at, kind, points, order in occasions:
        if customer != whose:
            whose, earned, gone, past = customer, 0, 0, 0
        if kind == EARNED:
            earned += points
            yield Entry(at, customer, kind, points, order)
            continue
        if kind == EXPIRED:
            past += points
            taken = past - gone
        else:
            taken = earned - gone if earned - gone >= REDEEM_FROM else 0
        if taken > 0:
            gone += taken
            yield Entry(at, customer, kind, -taken, order)
