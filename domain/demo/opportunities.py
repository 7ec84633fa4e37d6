"""Possible sales to organisations: each begun on a visit, with the stages it came through."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.demo import columns
from domain.demo.branches import CURRENCY
from domain.demo.draws import Flags, Floats, Ints, choose, happens
from domain.demo.scene import Scene
from domain.opportunities.model import OpportunitySource, OpportunityStage
from domain.opportunities.stages import PROBABILITY

BEGINNINGS = ("견적 요청", "주문 약속")
"""The outcomes of visits that a sale may come of."""

NAMES = ("명절 선물세트 납품", "사무실 간식 정기 납품", "임직원 기념품", "사무용품 일괄 구매")
STAGES = tuple(OpportunityStage)
"""LOST is the last of them, and WON the one before."""

WON, LOST = STAGES.index(OpportunityStage.WON), STAGES.index(OpportunityStage.LOST)
WON_SHARE = 0.34
MEAN_DAYS = (5, 9, 12, 14)
LASTS = (0.15, 0.20, 0.25, 0.40)
"""The share that is won, the mean days in each open stage, and in which of them the others are lost. Assumptions."""

LOST_REASONS = ("가격이 맞지 않음", "다른 거래처로 결정", "예산이 미뤄짐")
DAY = 86_400


def tables(scene: Scene, touchpoints: pa.Table) -> dict[str, pa.Table]:
    """The opportunities by time and the stages that each reached."""
    rng = scene.world.stream("opportunities")
    visit = pc.and_(
        pc.is_in(touchpoints["outcome"], pa.array(BEGINNINGS)), touchpoints["agent_id"].is_valid()
    )
    begun = touchpoints.filter(visit).combine_chunks()
    opened = begun["occurred_at"].cast(pa.int64()).to_numpy()
    reached = _reached(rng, opened, scene.world.period.end)
    return {"opportunities": _rows(rng, begun, reached, scene), "opportunity_moves": _moves(reached)}


def _reached(rng: np.random.Generator, opened: Ints, end: int) -> Ints:
    """When each of STAGES was reached, shape (opportunities, STAGES); -1 for not, or not before `end`."""
    count = len(opened)
    days: Floats = np.stack([rng.exponential(mean, count) for mean in MEAN_DAYS], axis=1)
    at = opened[:, None] + np.c_[np.zeros(count), (days * DAY).cumsum(axis=1)].astype(np.int64)
    won: Flags = happens(rng, WON_SHARE, count)
    last = np.where(won, len(MEAN_DAYS) - 1, choose(rng, LASTS, count))
    reached = np.full((count, len(STAGES)), -1)
    places = np.arange(len(MEAN_DAYS))
    reached[:, : len(MEAN_DAYS)] = np.where(places <= last[:, None], at[:, :-1], -1)
    reached[np.arange(count), np.where(won, WON, LOST)] = at[np.arange(count), last + 1]
    return np.where(reached < end, reached, -1)


def _rows(rng: np.random.Generator, begun: pa.Table, reached: Ints, scene: Scene) -> pa.Table:
    count = begun.num_rows
    stage = np.where(reached >= 0, np.arange(len(STAGES)), 0).max(axis=1, initial=0)
    closed = reached[:, [WON, LOST]].max(axis=1, initial=-1)
    expected = scene.world.period.day_of(reached[:, 0]) + 30 + rng.integers(0, 60, count)
    return pa.table(
        {
            "id": columns.keys(count),
            "customer_id": begun["customer_id"],
            "name": columns.labels(NAMES, rng.integers(0, len(NAMES), count)),
            "stage": columns.labels(STAGES, stage),
            "probability": np.array([PROBABILITY[each] for each in STAGES])[stage],
            "amount": (rng.lognormal(14.2, 0.7, count) / 10_000).astype(np.int64) * 10_000 + 50_000,
            "currency": columns.constant(CURRENCY, count),
            "expected_on": columns.dates(scene.world.period, expected),
            "source": columns.constant(OpportunitySource.CONTACT, count),
            "touchpoint_id": begun["id"],
            "lost_reason": columns.labels(
                LOST_REASONS, np.where(stage == LOST, rng.integers(0, len(LOST_REASONS), count), -1)
            ),
            "owner_id": begun["agent_id"],
            "branch_id": begun["branch_id"],
            "opened_at": begun["occurred_at"],
            "closed_at": columns.moments(closed),
        }
    )


def _moves(reached: Ints) -> pa.Table:
    """A row for each stage reached, from the one before; the opening is a move from nothing."""
    sale, stage = np.nonzero(reached >= 0)
    follows = np.r_[False, sale[1:] == sale[:-1]][: len(sale)]
    before = np.where(follows, np.r_[-1, stage[:-1]][: len(sale)], -1)
    return pa.table(
        {
            "id": columns.keys(len(sale)),
            "opportunity_id": columns.ids(sale),
            "from_stage": columns.labels(STAGES, before),
            "to_stage": columns.labels(STAGES, stage),
            "probability": np.array([PROBABILITY[each] for each in STAGES])[stage],
            "moved_at": columns.moments(reached[sale, stage]),
        }
    )
