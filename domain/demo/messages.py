"""Messages the company sent: offers as they were delivered, and news of each sale to some of the members."""

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns
from domain.demo.branches import BRANCH_OF_WAY
from domain.demo.demand import Way, second_of_day
from domain.demo.draws import Ints, happens
from domain.demo.grants import STATES
from domain.demo.offer_book import OFFERS
from domain.demo.promotions import SALES, running
from domain.demo.scene import Scene
from domain.demo.touches import rows
from domain.offers.model import GrantState
from domain.touchpoints.model import Direction

SOURCES = {
    Channel.EMAIL: "mailing",
    Channel.SMS: "mailing",
    Channel.LETTER: "mailing",
    Channel.MOBILE: "push",
}
NEWS_SHARE = {Channel.EMAIL: 0.055, Channel.SMS: 0.030}
"""The share of members whose messages are kept, for each sale. A sample of what a shop sends."""

OPENED = {Channel.EMAIL: 0.24, Channel.SMS: 0.0, Channel.LETTER: 0.0, Channel.MOBILE: 0.35}
"""The share known to have been opened; nobody sees whether a text message or a letter was read. Assumption."""

OUTCOMES = ("발송", "열람")


def draw(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """All messages."""
    return [*_offers(scene), *_news(rng, scene)]


def _offers(scene: Scene) -> list[pa.Table]:
    """One message for each delivered offer, at the moment of its delivery."""
    grants = scene.grants
    delivered = grants.reached[:, STATES.index(GrantState.DELIVERED)]
    viewed = grants.reached[:, STATES.index(GrantState.VIEWED)] >= 0
    parts = []
    for number, offer in enumerate(OFFERS):
        mine = np.flatnonzero((grants.offer == number) & (delivered >= 0))
        known = viewed[mine] & (OPENED[offer.sent_by] > 0)
        parts.append(
            rows(
                SOURCES[offer.sent_by],
                delivered[mine],
                channel=offer.sent_by,
                direction=Direction.OUTBOUND,
                customer_id=grants.customer[mine],
                branch_id=np.full(len(mine), BRANCH_OF_WAY[Way.WEB]),
                agent_id=grants.agent[mine],
                subject=columns.constant(offer.name, len(mine)),
                topics=columns.constant("혜택", len(mine)),
                outcome=columns.labels(OUTCOMES, known.astype(np.int64)),
                offer_id=grants.offer[mine],
            )
        )
    return parts


def _news(rng: np.random.Generator, scene: Scene) -> list[pa.Table]:
    """The announcement of each sale on its first day."""
    parts = []
    for sale in SALES:
        on = running(sale, scene.world.calendar)
        first_days = np.flatnonzero(on & ~np.r_[False, on[:-1]])
        for day in first_days:
            for channel, share in NEWS_SHARE.items():
                members = np.flatnonzero(scene.members.lives.joined < day)
                to = members[happens(rng, share, len(members))]
                parts.append(_announcement(rng, scene, channel, sale.name, int(day), to))
    return parts


def _announcement(
    rng: np.random.Generator, scene: Scene, channel: Channel, sale: str, day: int, to: Ints
) -> pa.Table:
    """Advertising is marked as such, as Korean law asks: "(광고)" in front."""
    opened = happens(rng, OPENED[channel], len(to)).astype(np.int64)
    return rows(
        SOURCES[channel],
        scene.world.period.moment(day, second_of_day(rng, "message", len(to))),
        channel=channel,
        direction=Direction.OUTBOUND,
        customer_id=to,
        branch_id=np.full(len(to), BRANCH_OF_WAY[Way.WEB]),
        subject=columns.constant(f"(광고) {sale} 안내", len(to)),
        topics=columns.constant("행사", len(to)),
        outcome=columns.labels(OUTCOMES, opened),
    )
