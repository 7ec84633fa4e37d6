"""The company as Arrow tables with the names and columns of the store's, in the order in which they can be loaded."""

from datetime import date

import pyarrow as pa

from domain.demo import (
    calls,
    cases,
    columns,
    consents,
    customer_tables,
    field_work,
    goods,
    house_tables,
    households,
    messages,
    offer_tables,
    opinions,
    opportunities,
    order_tables,
    points,
    product_tables,
    tasks,
    touches,
    visits,
)
from domain.demo.company import draw
from domain.demo.scene import Scene

SOURCES = {
    "calls": calls.draw,
    "field work": field_work.draw,
    "messages": messages.draw,
    "opinions": opinions.draw,
    "visits": visits.draw,
}
"""What draws touchpoints, each from the stream of its name."""


def generate(*, size: int = 20_000, years: int = 3, until: date, seed: int = 1) -> dict[str, pa.Table]:
    """Every table of a company of `size` customers, up to the day before `until`.

    The same arguments give the same bytes. Keys count from 1 in each table; parents come before children.
    Raises Invalid for a size, length or end out of range.
    """
    scene = draw(size=size, years=years, until=until, seed=seed)
    touchpoints = _touchpoints(scene)
    return {
        **house_tables.tables(scene),
        **product_tables.tables(scene),
        **customer_tables.tables(scene),
        **households.tables(scene),
        **order_tables.tables(scene),
        **offer_tables.tables(scene),
        "touchpoints": touchpoints,
        **points.tables(scene),
        **consents.tables(scene, touchpoints),
        **cases.tables(scene, touchpoints),
        **opportunities.tables(scene, touchpoints),
        **tasks.tables(scene, touchpoints),
        **goods.tables(scene),
    }


def _touchpoints(scene: Scene) -> pa.Table:
    """All contacts by time."""
    drawn = [draw_some(scene.world.stream(name), scene) for name, draw_some in SOURCES.items()]
    table = touches.in_order([part for parts in drawn for part in parts])
    return table.add_column(0, "id", pa.array(columns.keys(table.num_rows)))
