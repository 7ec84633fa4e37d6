"""What members agreed to when they joined, and what some took back later; a refusal on joining leaves no line.

Nobody is written to without having agreed: whoever got a mail or a text message had, and took it back later than that.
Of joining only the day is known, so consents of that day stand at its first minute.
"""

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.consents.model import ConsentPurpose
from domain.demo import columns
from domain.demo.draws import Ints, happens
from domain.demo.scene import Scene
from domain.touchpoints.model import Direction

AGREES = (
    (ConsentPurpose.MARKETING, 0.55),
    (ConsentPurpose.PERSONALISATION, 0.48),
    (ConsentPurpose.NIGHT_MARKETING, 0.08),
)
"""For each purpose the share of members who agree on joining, beside those who are written to. Assumptions."""

WITHDRAWN = 0.12
WITHDRAWN_AFTER_DAYS = 400
"""The share of those who agreed to marketing that takes it back, and after how long in the mean. Assumptions."""

DAY = 86_400
SOURCES = ("join", "app")


def tables(scene: Scene, touchpoints: pa.Table) -> dict[str, pa.Table]:
    """All lines by time."""
    rng = scene.world.stream("consents")
    last = _last_written(touchpoints, len(scene.members))
    joined = scene.world.period.moment(scene.members.lives.joined, rng.integers(0, 60, len(last)))
    parts = []
    for purpose, (_, share) in enumerate(AGREES):
        told = happens(rng, share, len(last)) | ((last > 0) & (purpose == 0))
        who = np.flatnonzero(told)
        same = np.ones_like(who)
        parts.append((who, joined[who] + purpose, same * purpose, same, same * 0))
        if purpose == 0:
            parts.append(_withdrawn(rng, who, np.maximum(joined, last), scene))
    who, at, purpose_of, given, source = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((who, at))
    return {"consents": _rows(*(column[order] for column in (who, at, purpose_of, given, source)))}


def _last_written(touchpoints: pa.Table, count: int) -> Ints:
    """For each customer the moment of the last mail or text message to them, 0 for none."""
    channel, direction = touchpoints["channel"].to_pylist(), touchpoints["direction"].to_pylist()
    written = {(Channel.EMAIL.value, Direction.OUTBOUND.value), (Channel.SMS.value, Direction.OUTBOUND.value)}
    rows = np.array([pair in written for pair in zip(channel, direction, strict=True)], dtype=np.bool_)
    rows &= touchpoints["customer_id"].is_valid().to_numpy()
    customer = touchpoints["customer_id"].fill_null(0).to_numpy()[rows] - 1
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, customer, touchpoints["occurred_at"].cast(pa.int64()).to_numpy()[rows])
    return last


def _withdrawn(
    rng: np.random.Generator, agreed: Ints, since: Ints, scene: Scene
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The columns of what is taken back before the period's end."""
    who = agreed[happens(rng, WITHDRAWN, len(agreed))]
    at = since[who] + DAY + rng.exponential(WITHDRAWN_AFTER_DAYS * DAY, len(who)).astype(np.int64)
    kept = at < scene.world.period.end
    who, at = who[kept], at[kept]
    nothing = np.zeros(len(who), dtype=np.int64)
    return who, at, nothing, nothing, nothing + 1


def _rows(who: Ints, at: Ints, purpose: Ints, given: Ints, source: Ints) -> pa.Table:
    count = len(who)
    return pa.table(
        {
            "id": columns.keys(count),
            "customer_id": columns.ids(who),
            "purpose": columns.labels([name for name, _ in AGREES], purpose),
            "given": pa.array(given == 1),
            "at": columns.moments(at),
            "source": columns.labels(SOURCES, source),
            "source_id": columns.joined("D", columns.padded(columns.keys(count), 8)),
        }
    )
