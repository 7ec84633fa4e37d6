"""Visits: pages of the mall and the app that were looked at, and advice in shops."""

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns, tastes, wording
from domain.demo.branches import BRANCH_OF_WAY
from domain.demo.demand import CHANNELS, SHOP_OPENS, Way, second_of_day
from domain.demo.draws import Ints, choose_in_rows, happens
from domain.demo.period import KST_SECONDS
from domain.demo.scene import Scene, visitor_ids
from domain.demo.touches import rows
from domain.touchpoints.model import TouchpointKind

SEEN_BEFORE_ORDER = 0.50
SEEN_WITHOUT_ORDER = 0.80
SEEN_BY_STRANGERS = 0.20
"""Page visits that are kept, for each order from mall or app: those that end in it, members' others, and those of
unknown visitors. A sample: all visits would be a hundred times as many."""

ADVICE_SHARE = 0.07
ADVICE_IN_VAIN = 0.4
"""Orders in shops that somebody advised on, and how often advice led to none, for each of these. Assumptions."""

STRANGERS_FROM = 10**8
"""Numbers of visitors who are no members begin here."""


def draw(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """All visits."""
    receipts = scene.ledger.receipts
    online = scene.sold[np.isin(receipts.way[scene.sold], (Way.WEB, Way.MOBILE))]
    return [
        _before_orders(rng, scene, online[happens(rng, SEEN_BEFORE_ORDER, len(online))]),
        _browsing(rng, scene, online[receipts.customer[online] >= 0]),
        _strangers(rng, scene, round(SEEN_BY_STRANGERS * len(online))),
        *_advice(rng, scene),
    ]


def _views(
    scene: Scene,
    at: Ints,
    way: Ints,
    customer: Ints,
    visitor: Ints,
    topics: pa.Array,
    order: Ints,
    seconds: Ints,
) -> pa.Table:
    branch = np.where(way == Way.WEB, BRANCH_OF_WAY[Way.WEB], BRANCH_OF_WAY[Way.MOBILE])
    return rows(
        "weblog",
        at,
        channel=columns.labels(CHANNELS, way),
        kind=TouchpointKind.VIEW,
        customer_id=customer,
        visitor_id=visitor_ids(visitor),
        branch_id=branch,
        subject=columns.joined("상품 보기: ", topics),
        topics=topics,
        duration_seconds=pa.array(seconds),
        order_id=order,
    )


def _before_orders(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """Visits that ended with the order, begun on the same day."""
    receipts = scene.ledger.receipts
    seconds = np.minimum(rng.integers(90, 2400, len(order)), (receipts.at[order] + KST_SECONDS) % 86400)
    customer = receipts.customer[order]
    topics = scene.category_names(scene.first_product()[order])
    visitor = np.where(customer >= 0, customer, STRANGERS_FROM + order)
    return _views(
        scene, receipts.at[order] - seconds, receipts.way[order], customer, visitor, topics, order, seconds
    )


def _browsing(rng: np.random.Generator, scene: Scene, orders: Ints) -> pa.Table:
    """Visits without an order, by those who order online, within weeks of an order."""
    receipts, period = scene.ledger.receipts, scene.world.period
    picked = orders[rng.integers(0, max(len(orders), 1), round(SEEN_WITHOUT_ORDER * len(orders)))]
    day = receipts.day[picked] + rng.integers(-25, 26, len(picked))
    customer = receipts.customer[picked]
    possible = (day > scene.members.lives.joined[customer]) & (day >= 0) & (day < period.days)
    picked, day, customer = picked[possible], day[possible], customer[possible]
    row = scene.members.people.persona[customer] * tastes.SEASONS + tastes.season(scene.world.calendar)[day]
    category = choose_in_rows(rng, tastes.categories(scene.world.catalogue), row)
    at = period.moment(day, second_of_day(rng, "online", len(day)))
    seconds = rng.lognormal(4.8, 1.0, len(day)).astype(np.int64) + 3
    topics = columns.labels(scene.world.catalogue.categories, category)
    return _views(scene, at, receipts.way[picked], customer, customer, topics, np.full(len(day), -1), seconds)


def _strangers(rng: np.random.Generator, scene: Scene, count: int) -> pa.Table:
    """Visits of people who did not log in."""
    way = np.where(happens(rng, 0.6, count), int(Way.MOBILE), int(Way.WEB))
    day = scene.world.demand.day(Way.MOBILE, rng.random(count) * scene.world.demand.passed[Way.MOBILE][-1])
    row = rng.integers(0, 7, count) * tastes.SEASONS + tastes.season(scene.world.calendar)[day]
    category = choose_in_rows(rng, tastes.categories(scene.world.catalogue), row)
    nobody = np.full(count, -1)
    return _views(
        scene,
        scene.world.period.moment(day, second_of_day(rng, "online", count)),
        way,
        nobody,
        2 * STRANGERS_FROM + rng.integers(0, max(count // 2, 1), count),
        columns.labels(scene.world.catalogue.categories, category),
        nobody,
        rng.lognormal(4.2, 1.0, count).astype(np.int64) + 2,
    )


def _advice(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """Members whom a shop's agent advised: just before an order, or on another day without one."""
    receipts, calendar = scene.ledger.receipts, scene.world.calendar
    members = scene.member_orders()
    in_shop = members[receipts.way[members] == Way.STORE]
    bought = in_shop[happens(rng, ADVICE_SHARE, len(in_shop))]
    vain = bought[happens(rng, ADVICE_IN_VAIN, len(bought))]
    day = receipts.day[vain] + rng.integers(1, 30, len(vain))
    shut = ~calendar.shops_open[np.minimum(day, calendar.period.days - 1)]
    later = (day < calendar.period.days) & ~shut & scene.world.openings.open_on(receipts.branch[vain], day)
    vain, day = vain[later], day[later]
    at = calendar.period.moment(day, second_of_day(rng, "shop", len(vain)))
    before = receipts.at[bought] - np.minimum(
        rng.integers(60, 1500, len(bought)), _since_opening(scene, bought)
    )
    return [
        _advised(rng, scene, bought, before, outcome=0, order=bought),
        _advised(rng, scene, vain, at, outcome=1, order=np.full(len(vain), -1)),
    ]


def _since_opening(scene: Scene, order: Ints) -> Ints:
    """Seconds from the shop's opening that day to the order."""
    return (scene.ledger.receipts.at[order] + KST_SECONDS) % 86400 - SHOP_OPENS


def _advised(
    rng: np.random.Generator, scene: Scene, like: Ints, at: Ints, *, outcome: int, order: Ints
) -> pa.Table:
    branch = scene.ledger.receipts.branch[like]
    note = rng.integers(0, 2 * len(wording.SHOP_NOTES), len(at))
    return rows(
        "pos",
        at,
        channel=Channel.STORE,
        customer_id=scene.ledger.receipts.customer[like],
        agent_id=scene.staff.agent_of(rng, branch),
        branch_id=branch,
        subject=columns.constant(wording.SHOP_SUBJECT, len(at)),
        note=columns.labels(wording.SHOP_NOTES, np.where(note < len(wording.SHOP_NOTES), note, -1)),
        topics=scene.category_names(scene.first_product()[like]),
        duration_seconds=pa.array(rng.integers(120, 1800, len(at))),
        outcome=columns.constant(wording.SHOP_OUTCOMES[outcome], len(at)),
        order_id=order,
    )
