"""Cases: calls and chats that were not settled at once, and poor reviews, with what became of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.cases.model import CaseKind, CaseState
from domain.demo import columns, wording
from domain.demo.draws import Ints, choose, happens
from domain.demo.scene import Scene
from domain.touchpoints.model import TouchpointKind
from domain.work.priorities import Priority

UNSETTLED = ("담당 부서 이관", "재통화 예정", "상담원 연결")
"""The outcomes of calls and chats that leave something to do."""

POOR = 2
TAKEN_UP = 0.35
"""Reviews of so few stars become complaints at this share. Assumption."""

KINDS = (CaseKind.ENQUIRY, CaseKind.SERVICE_REQUEST, CaseKind.COMPLAINT)
SUBJECTS = ("문의 후속 처리", "교환·반품 처리", "상품평 불만 처리")
PRIORITIES = (Priority.NORMAL, Priority.HIGH)

STATES = (
    CaseState.NEW,
    CaseState.OPEN,
    CaseState.WAITING_CUSTOMER,
    CaseState.OPEN,
    CaseState.SOLVED,
    CaseState.CLOSED,
)
"""The way of a case; some ask the customer nothing, and leave the two in the middle out."""

ASKS_BACK = 0.22
HOUR = 3600
MEAN_HOURS = (0.7, 9, 20, 14, 72)
"""How often somebody has to ask the customer back, and the mean hours from each state to the next. Assumptions."""

DUE_AFTER = 48 * HOUR

RATES = 0.45
STARS = (0.06, 0.08, 0.17, 0.37, 0.32)
"""How many tell how satisfied they are with the solution, and the shares of one to five. Assumptions."""


def tables(scene: Scene, touchpoints: pa.Table) -> dict[str, pa.Table]:
    """The cases by time, every state each reached, and the touchpoint each began with."""
    rng = scene.world.stream("cases")
    begun = _begun(rng, touchpoints)
    reached = _reached(rng, begun["occurred_at"].cast(pa.int64()).to_numpy(), scene.world.period.end)
    return {
        "cases": _cases(rng, begun, reached, scene),
        "case_moves": _moves(begun, reached),
        "case_touchpoints": pa.table(
            {
                "case_id": columns.keys(begun.num_rows),
                "touchpoint_id": begun["id"],
                "linked_at": begun["occurred_at"],
            }
        ),
    }


def _begun(rng: np.random.Generator, touchpoints: pa.Table) -> pa.Table:
    """The touchpoints that a case began with; their agent is null where no person was there."""
    unsettled = pc.is_in(touchpoints["outcome"], pa.array(UNSETTLED))
    poor = pc.and_(
        pc.equal(touchpoints["kind"], TouchpointKind.REVIEW.value),
        pc.less_equal(touchpoints["rating"], POOR),
    )
    taken = pc.and_(poor, pa.array(happens(rng, TAKEN_UP, touchpoints.num_rows)))
    known = pc.and_(pc.or_(unsettled, pc.fill_null(taken, False)), touchpoints["customer_id"].is_valid())
    return touchpoints.filter(known).combine_chunks()


def _reached(rng: np.random.Generator, opened: Ints, end: int) -> Ints:
    """When each of STATES was reached, shape (cases, STATES); -1 for not, or not before `end`."""
    hours = np.stack([rng.exponential(mean, len(opened)) for mean in MEAN_HOURS], axis=1)
    steps = (hours * HOUR).astype(np.int64) + 60
    straight = ~happens(rng, ASKS_BACK, len(opened))
    steps[straight, 1] = 0
    steps[straight, 2] = 0
    at = opened[:, None] + np.concatenate(
        [np.zeros((len(opened), 1), np.int64), steps.cumsum(axis=1)], axis=1
    )
    at[straight, 2:4] = -1
    return np.where(at < end, at, -1)


def _cases(rng: np.random.Generator, begun: pa.Table, reached: Ints, scene: Scene) -> pa.Table:
    count = begun.num_rows
    kind = _kinds(begun)
    opened, solved, closed = reached[:, 0], reached[:, 4], reached[:, 5]
    rates = happens(rng, RATES, count) & (closed >= 0)
    stars = choose(rng, STARS, count) + 1
    owner = begun["agent_id"].is_valid().to_numpy(zero_copy_only=False)
    somebody = scene.staff.agent_of(rng, np.full(count, -1)) + 1
    return pa.table(
        {
            "id": columns.keys(count),
            "kind": columns.labels(KINDS, kind),
            "channel": begun["channel"],
            "state": columns.labels(STATES, np.where(reached >= 0, np.arange(len(STATES)), 0).max(axis=1)),
            "priority": columns.labels(
                PRIORITIES, (kind == KINDS.index(CaseKind.COMPLAINT)).astype(np.int64)
            ),
            "topic": columns.labels((*wording.CALL_TOPICS, "상품평"), _topics(begun)),
            "subject": columns.labels(SUBJECTS, kind),
            "customer_id": begun["customer_id"],
            "branch_id": begun["branch_id"],
            "owner_id": np.where(owner, begun["agent_id"].fill_null(0).to_numpy(), somebody),
            "opened_at": columns.moments(opened),
            "due_at": columns.moments(opened + DUE_AFTER),
            "solved_at": columns.moments(solved),
            "closed_at": columns.moments(closed),
            "satisfaction": pa.array(stars, mask=~rates),
            "rated_at": columns.moments(np.where(rates, closed, -1)),
        }
    )


def _topics(begun: pa.Table) -> Ints:
    """What each is about, a number in CALL_TOPICS; the one after the last for reviews."""
    asked = columns.joined("{", pa.array(wording.CALL_TOPICS), "}")
    place = pc.index_in(begun["topics"], asked).fill_null(len(wording.CALL_TOPICS))
    topics: Ints = place.to_numpy().astype(np.int64)
    return topics


def _kinds(begun: pa.Table) -> Ints:
    topic = _topics(begun)
    complaint = topic == len(wording.CALL_TOPICS)
    return np.where(complaint, 2, np.where(topic == wording.RETURNING, 1, 0))


def _moves(begun: pa.Table, reached: Ints) -> pa.Table:
    """A row for each state reached, from the one before; the opening is a move from nothing."""
    case, state = np.nonzero(reached >= 0)
    first = np.r_[True, case[1:] != case[:-1]] if len(case) else np.zeros(0, dtype=np.bool_)
    before = np.where(first, -1, np.r_[-1, state[:-1]]) if len(case) else state
    return pa.table(
        {
            "id": columns.keys(len(case)),
            "case_id": columns.ids(case),
            "from_state": columns.labels(STATES, before),
            "to_state": columns.labels(STATES, state),
            "moved_at": columns.moments(reached[case, state]),
        }
    )
