"""Orders and their lines as rows."""

import pyarrow as pa

from domain.demo import columns
from domain.demo.baskets import KINDS
from domain.demo.branches import CURRENCY
from domain.demo.demand import CHANNELS
from domain.demo.draws import runs
from domain.demo.scene import Scene


def tables(scene: Scene) -> dict[str, pa.Table]:
    """Receipts and their lines, as the ERP booked them."""
    ledger = scene.ledger
    receipts, lines = ledger.receipts, ledger.lines
    return {
        "orders": pa.table(
            {
                "id": columns.keys(len(receipts)),
                "source_system": columns.constant("erp", len(receipts)),
                "source_id": ledger.numbers,
                "number": ledger.numbers,
                "customer_id": columns.ids(receipts.customer),
                "branch_id": columns.ids(receipts.branch),
                "channel": columns.labels(CHANNELS, receipts.way),
                "ordered_at": columns.moments(receipts.at),
                "currency": columns.constant(CURRENCY, len(receipts)),
            }
        ),
        "order_lines": pa.table(
            {
                "id": columns.keys(len(lines)),
                "order_id": columns.ids(lines.order),
                "position": runs(lines.order) + 1,
                "kind": columns.labels(KINDS, lines.kind),
                "product_id": columns.ids(lines.product),
                "quantity": lines.quantity,
                "unit_price": lines.price,
                "discount": lines.discount,
                "unit_cost": lines.cost,
            }
        ),
    }
