"""What lies in the warehouse, and how the orders of the last month were paid and sent.

Older orders have neither: a shop keeps both for years, and a sample of the last month shows them.
"""

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.baskets import KINDS
from domain.demo.branches import BRANCHES, CURRENCY, WAREHOUSE, full_name
from domain.demo.demand import Way
from domain.demo.draws import Ints, choose
from domain.demo.scene import Scene
from domain.orders.model import LineKind
from domain.orders.payment_model import PaymentMethod, PaymentState
from domain.orders.shipment_model import ShipmentState

DAY = 86_400
LAST_DAYS = 30

METHODS = (PaymentMethod.CARD, PaymentMethod.MOBILE_PAY, PaymentMethod.CASH, PaymentMethod.BANK_TRANSFER)
IN_SHOP = (0.78, 0.14, 0.08, 0.0)
FROM_AFAR = (0.55, 0.37, 0.0, 0.08)
"""The shares of the ways to pay, in that order. Assumptions."""

STATES = (ShipmentState.PREPARING, ShipmentState.SHIPPED, ShipmentState.DELIVERED)
MEAN_DAYS = (0.8, 1.4)
"""The days until an order is sent, and from then until it is there, in the mean. Assumptions."""

CARRIER = "느티나무물류"


def tables(scene: Scene) -> dict[str, pa.Table]:
    """One warehouse with a level of every product, payments, and shipments with what they carry."""
    kept = _kept(scene)
    recent = _recent(scene)
    paid = recent[kept[recent] > 0]
    sent = paid[scene.ledger.receipts.way[paid] != Way.STORE]
    return {
        "warehouses": pa.table(
            {
                "id": columns.keys(1),
                "code": [BRANCHES[WAREHOUSE].code],
                "name": [full_name(BRANCHES[WAREHOUSE])],
                "branch_id": columns.ids(np.array([WAREHOUSE])),
            }
        ),
        "stock_levels": _levels(scene),
        "payments": _payments(scene, paid, kept[paid]),
        **_shipments(scene, sent),
    }


def _recent(scene: Scene) -> Ints:
    """Sales of the last month."""
    since = scene.world.period.end - LAST_DAYS * DAY
    return scene.sold[scene.ledger.receipts.at[scene.sold] >= since]


def _kept(scene: Scene) -> Ints:
    """For each receipt the won that its own lines come to."""
    lines = scene.ledger.lines
    return np.bincount(lines.order, lines.net, len(scene.ledger.receipts)).astype(np.int64)


def _levels(scene: Scene) -> pa.Table:
    """Some hold a few pieces, some hundreds, some none; counted on the evening of the last day."""
    count = len(scene.world.catalogue.names)
    rng = scene.world.stream("stock")
    pieces = np.maximum(rng.lognormal(3.8, 1.1, count) - 8, 0).astype(np.int64)
    return pa.table(
        {
            "id": columns.keys(count),
            "product_id": columns.keys(count),
            "warehouse_id": np.ones(count, dtype=np.int64),
            "quantity": pieces,
            "as_of": columns.moments(np.full(count, scene.world.period.end - 3 * 3600)),
            "source_system": columns.constant("scm", count),
        }
    )


def _payments(scene: Scene, order: Ints, amount: Ints) -> pa.Table:
    """Each order paid whole when it was placed."""
    rng, count = scene.world.stream("payments"), len(order)
    in_shop = scene.ledger.receipts.way[order] == Way.STORE
    method = np.where(in_shop, choose(rng, IN_SHOP, count), choose(rng, FROM_AFAR, count))
    at = columns.moments(scene.ledger.receipts.at[order])
    return pa.table(
        {
            "id": columns.keys(count),
            "source_system": columns.constant("erp", count),
            "source_id": columns.joined("PAY-", scene.ledger.numbers.take(pa.array(order))),
            "order_id": columns.ids(order),
            "method": columns.labels(METHODS, method),
            "amount": amount,
            "currency": columns.constant(CURRENCY, count),
            "state": columns.constant(PaymentState.PAID, count),
            "state_at": at,
            "booked_at": at,
            "paid_at": at,
        }
    )


def _shipments(scene: Scene, order: Ints) -> dict[str, pa.Table]:
    """One for each order from afar, with all that was sold and not cancelled."""
    rng, count, end = scene.world.stream("shipments"), len(order), scene.world.period.end
    steps = np.stack([rng.exponential(mean, count) + 0.2 for mean in MEAN_DAYS], axis=1) * DAY
    booked = scene.ledger.receipts.at[order]
    reached = booked[:, None] + np.c_[np.zeros(count), steps.cumsum(axis=1)].astype(np.int64)
    reached = np.where(reached < end, reached, -1)
    state = np.where(reached >= 0, np.arange(len(STATES)), 0).max(axis=1, initial=0)
    numbers = scene.ledger.numbers.take(pa.array(order))
    return {
        "shipments": pa.table(
            {
                "id": columns.keys(count),
                "source_system": columns.constant("scm", count),
                "source_id": columns.joined("SHP-", numbers),
                "order_id": columns.ids(order),
                "warehouse_id": np.ones(count, dtype=np.int64),
                "carrier": columns.constant(CARRIER, count),
                "state": columns.labels(STATES, state),
                "state_at": columns.moments(reached.max(axis=1, initial=-1)),
                "booked_at": columns.moments(booked),
                "shipped_at": columns.moments(reached[:, 1]),
                "delivered_at": columns.moments(reached[:, 2]),
            }
        ),
        "shipment_lines": _carried(scene, order),
    }


def _carried(scene: Scene, order: Ints) -> pa.Table:
    """By shipment and product the pieces that were sold or given, less those cancelled."""
    lines, products = scene.ledger.lines, len(scene.world.catalogue.names)
    shipment = np.full(len(scene.ledger.receipts), -1)
    shipment[order] = np.arange(len(order))
    goods = [KINDS.index(kind) for kind in (LineKind.SALE, LineKind.FREE, LineKind.CANCELLATION)]
    rows = np.flatnonzero((shipment[lines.order] >= 0) & np.isin(lines.kind, goods) & (lines.product >= 0))
    both = shipment[lines.order[rows]] * products + lines.product[rows]
    which, place = np.unique(both, return_inverse=True)
    pieces = np.bincount(place, lines.quantity[rows], len(which)).astype(np.int64)
    which, pieces = which[pieces > 0], pieces[pieces > 0]
    return pa.table(
        {
            "id": columns.keys(len(which)),
            "shipment_id": columns.ids(which // products),
            "product_id": columns.ids(which % products),
            "quantity": pieces,
        }
    )
