"""Tasks of agents: in the last two months, whoever did not answer the telephone is to be called again."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.demo import columns
from domain.demo.scene import Scene
from domain.tasks.model import TaskSource, TaskState

MISSED = "부재중"
DAY = 86_400
LAST_DAYS = 60
DUE_AFTER = 3 * DAY
MEAN_DAYS = 4
"""The days until somebody has called again, in the mean. Assumption."""

TITLE = "다시 전화하기"
OUTCOMES = ("통화함", "연락이 닿지 않아 문자로 안내함")


def tables(scene: Scene, touchpoints: pa.Table) -> dict[str, pa.Table]:
    """The tasks by time: of the agent who called, done or still open."""
    rng, end = scene.world.stream("tasks"), scene.world.period.end
    at = touchpoints["occurred_at"].cast(pa.int64()).to_numpy()
    missed = pc.and_(pc.equal(touchpoints["outcome"], MISSED), pa.array(at >= end - LAST_DAYS * DAY))
    calls = touchpoints.filter(pc.and_(missed, touchpoints["agent_id"].is_valid())).combine_chunks()
    begun, count = calls["occurred_at"].cast(pa.int64()).to_numpy(), calls.num_rows
    closed = begun + 3_600 + rng.exponential(MEAN_DAYS * DAY, count).astype(np.int64)
    closed = np.where(closed < end, closed, -1)
    done = closed >= 0
    outcome = np.where(done, rng.integers(0, len(OUTCOMES), count), -1)
    return {
        "tasks": pa.table(
            {
                "id": columns.keys(count),
                "title": columns.constant(TITLE, count),
                "state": columns.labels((TaskState.OPEN, TaskState.DONE), done.astype(np.int64)),
                "due_at": columns.moments(begun + DUE_AFTER),
                "customer_id": calls["customer_id"],
                "owner_id": calls["agent_id"],
                "branch_id": calls["branch_id"],
                "source": columns.constant(TaskSource.TOUCHPOINT, count),
                "touchpoint_id": calls["id"],
                "created_by_id": calls["agent_id"],
                "created_at": calls["occurred_at"],
                "closed_at": columns.moments(closed),
                "closed_by_id": columns.unless(~done, calls["agent_id"].combine_chunks()),
                "outcome": columns.labels(OUTCOMES, outcome),
            }
        )
    }
