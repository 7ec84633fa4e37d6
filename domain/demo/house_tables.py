"""Branches and users as rows."""

import pyarrow as pa

from domain.demo import columns
from domain.demo.branches import BRANCHES, closed_on, full_name, opened_on
from domain.demo.scene import Scene


def tables(scene: Scene) -> dict[str, pa.Table]:
    """Branches, users and who works where."""
    period, staff = scene.world.period, scene.staff.everybody
    return {
        "branches": pa.table(
            {
                "id": columns.keys(len(BRANCHES)),
                "code": [branch.code for branch in BRANCHES],
                "name": [full_name(branch) for branch in BRANCHES],
                "region": [branch.region for branch in BRANCHES],
                "kind": [str(branch.kind) for branch in BRANCHES],
                "opened_on": [opened_on(branch, period) for branch in BRANCHES],
                "closed_on": [closed_on(branch, period) for branch in BRANCHES],
            }
        ),
        "users": pa.table(
            {
                "id": columns.keys(len(staff)),
                "subject": [person.subject for person in staff],
                "name": [person.name for person in staff],
                "email": [f"{person.subject}@example.com" for person in staff],
                "role": [str(person.role) for person in staff],
                "active": [person.active for person in staff],
            }
        ),
        "user_branches": pa.table(
            {
                "user_id": [i + 1 for i, person in enumerate(staff) for _ in person.branches],
                "branch_id": [branch + 1 for person in staff for branch in person.branches],
            }
        ),
    }
