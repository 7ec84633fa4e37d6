"""The product tree and the products as rows, with where some were in the tree before."""

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.branches import CURRENCY
from domain.demo.customer_tables import BEFORE_ALL
from domain.demo.draws import runs
from domain.demo.scene import Scene


def tables(scene: Scene) -> dict[str, pa.Table]:
    """The tree, the products, their names in the ERP, and the versions of those that moved in the tree."""
    goods = scene.world.catalogue
    count = len(goods.names)
    codes = columns.joined(
        "P", columns.padded(goods.department + 1, 2), "-", columns.padded(runs(goods.department) + 1, 3)
    )
    moved = np.array(sorted(goods.moved))
    half_time = scene.world.period.moment(np.full(len(moved), scene.world.period.days // 2), 0)
    begin = np.full(len(moved), BEFORE_ALL)
    return {
        "categories": pa.table(
            {
                "id": columns.keys(len(goods.nodes)),
                "parent_id": columns.ids(np.array([parent for _, parent in goods.nodes])),
                "name": [name for name, _ in goods.nodes],
            }
        ),
        "products": pa.table(
            {
                "id": columns.keys(count),
                "code": codes,
                "name": goods.names,
                "category_id": columns.ids(goods.node),
                "list_price": goods.price,
                "unit_cost": goods.cost,
                "currency": columns.constant(CURRENCY, count),
                "active": goods.dropped >= scene.world.period.days,
            }
        ),
        "product_external_ids": pa.table(
            {
                "system": columns.constant("erp", count),
                "external_id": columns.joined("M", columns.padded(np.arange(count) + 100_001, 6)),
                "product_id": columns.keys(count),
            }
        ),
        "product_versions": pa.table(
            {
                "product_id": columns.ids(np.r_[moved, moved]),
                "valid_from": pa.array(np.r_[begin, half_time]).cast(pa.timestamp("s", tz="UTC")),
                "valid_to": columns.moments(np.r_[half_time, np.full(len(moved), -1)]),
                "category_id": columns.ids(np.r_[[goods.moved[i] for i in moved], goods.node[moved]]),
            }
        ),
    }
