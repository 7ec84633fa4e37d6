"""What members said: reviews with stars, and answers to the survey after a purchase."""

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns, wording
from domain.demo.demand import CHANNELS, Way, second_of_day
from domain.demo.draws import Ints, choose_in_rows, happens
from domain.demo.scene import Scene
from domain.demo.touches import rows
from domain.touchpoints.model import TouchpointKind

REVIEWED = {Way.STORE: 0.012, Way.WEB: 0.08, Way.MOBILE: 0.10, Way.CALL: 0.01}
"""The share of members' orders that were reviewed, by way. Assumption."""

SURVEYED = 0.022
"""The share of members' orders with an answered survey. Assumption."""

STARS = np.array([[0.03, 0.03, 0.08, 0.24, 0.62], [0.30, 0.22, 0.24, 0.16, 0.08]])
"""Shares of one to five stars: of orders that were kept, and of those of which something went back. The J shape of
ratings: Hu, Pavlou & Zhang (2009), Communications of the ACM 52(10):144-147; the numbers are an assumption."""


def draw(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """All reviews and surveys."""
    orders = scene.member_orders()
    ways = np.array([REVIEWED[way] for way in Way])[scene.ledger.receipts.way[orders]]
    reviewed = orders[happens(rng, ways, len(orders))]
    surveyed = orders[happens(rng, SURVEYED, len(orders))]
    return [_reviews(rng, scene, reviewed), _surveys(rng, scene, surveyed)]


def _stars(rng: np.random.Generator, scene: Scene, order: Ints) -> Ints:
    """One to five, worse where something went back."""
    receipts = scene.ledger.receipts
    went_back = np.isin(order, receipts.origin[receipts.origin >= 0])
    return 1 + choose_in_rows(rng, STARS, went_back.astype(np.int64))


def _sentiment(rng: np.random.Generator, stars: Ints) -> pa.Array:
    """From -100 to 100, about as the stars are."""
    return pa.array(np.clip((stars - 3) * 40 + rng.integers(-20, 21, len(stars)), -100, 100))


def _later(rng: np.random.Generator, scene: Scene, order: Ints, days: tuple[int, int]) -> tuple[Ints, Ints]:
    """A moment some days after each order, and the orders for which it lies in the period."""
    period = scene.world.period
    day = scene.ledger.receipts.day[order] + rng.integers(*days, len(order))
    at = period.moment(day, second_of_day(rng, "online", len(order)))
    return at[day < period.days], order[day < period.days]


def _reviews(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """Reviews of the order's first product, in the mall or the app."""
    at, order = _later(rng, scene, order, (2, 25))
    stars = _stars(rng, scene, order)
    product = scene.first_product()[order]
    way = scene.ledger.receipts.way[order]
    each = len(wording.REVIEW_NOTES[0])
    said = [text for texts in wording.REVIEW_NOTES for text in texts]
    return rows(
        "reviews",
        at,
        channel=columns.labels(CHANNELS, np.where(way == Way.WEB, int(Way.WEB), int(Way.MOBILE))),
        kind=TouchpointKind.REVIEW,
        customer_id=scene.ledger.receipts.customer[order],
        branch_id=scene.ledger.receipts.branch[order],
        subject=columns.labels(scene.world.catalogue.names, product),
        note=columns.labels(said, (stars - 1) * each + rng.integers(0, each, len(order))),
        topics=scene.category_names(product),
        rating=pa.array(stars),
        sentiment=_sentiment(rng, stars),
        order_id=order,
    )


def _surveys(rng: np.random.Generator, scene: Scene, order: Ints) -> pa.Table:
    """Answers to the survey that follows a purchase, by mail or text message."""
    at, order = _later(rng, scene, order, (1, 6))
    stars = _stars(rng, scene, order)
    return rows(
        "survey",
        at,
        channel=columns.labels((Channel.EMAIL, Channel.SMS), rng.integers(0, 2, len(order))),
        kind=TouchpointKind.SURVEY,
        customer_id=scene.ledger.receipts.customer[order],
        branch_id=scene.ledger.receipts.branch[order],
        subject=columns.constant(wording.SURVEY_SUBJECT, len(order)),
        topics=columns.constant("만족도", len(order)),
        rating=pa.array(stars),
        sentiment=_sentiment(rng, stars),
        order_id=order,
    )
