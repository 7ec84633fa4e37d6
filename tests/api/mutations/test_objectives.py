"""Objectives in a tree, and targets that plan a cell of a cube."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.objectives import renamed
from domain.objectives.queries import TIMES
from olap import vocabulary
from olap.vocabulary import cells, models
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

PLAN = {
    "cube": "sales",
    "aggregate": "net_revenue",
    "periodFrom": "2026-01-01",
    "periodTo": "2026-04-01",
    "value": "1500000.5",
}


async def objective(api: Api, statement: str, parent: str | None = None, **more: Any) -> str:
    told = {"statement": statement, "parentId": parent, **more}
    payload = await mutate(api, "createObjective", "objective { id }", told)
    assert payload["userErrors"] == []
    made: str = payload["objective"]["id"]
    return made


async def move(api: Api, moved: str, parent: str | None, version: int = 1) -> Any:
    told = {"id": moved, "expectedVersion": version, "parentId": parent}
    return await mutate(api, "updateObjective", "objective { path }", told)


async def target(api: Api, **more: Any) -> str:
    payload = await mutate(api, "createTarget", "target { id }", {**PLAN, **more})
    assert payload["userErrors"] == []
    made: str = payload["target"]["id"]
    return made


class TestObjectives:
    async def test_the_tree_is_told_up_and_down(self, api: Api) -> None:
        top = await objective(api, "단골을 늘린다", ownerId=id_of("User", 1), startsOn="2026-01-01")
        middle = await objective(api, "Keep them", top)
        await objective(api, "Win them back", middle)

        found = await api.data(
            """query ($id: ID!) { objective(id: $id) {
                statement path parent { statement owner { name } startsOn } state
                children(first: 5) { nodes { statement path } }
            } }""",
            {"id": middle},
        )

        assert found["objective"] == {
            "statement": "Keep them",
            "path": ["단골을 늘린다", "Keep them"],
            "parent": {"statement": "단골을 늘린다", "owner": {"name": "김상담"}, "startsOn": "2026-01-01"},
            "state": "OPEN",
            "children": {
                "nodes": [
                    {"statement": "Win them back", "path": ["단골을 늘린다", "Keep them", "Win them back"]}
                ]
            },
        }

    async def test_what_lies_below_moves_along(self, api: Api) -> None:
        first, second = await objective(api, "a"), await objective(api, "b")
        moved = await objective(api, "c", first)
        below = await objective(api, "d", moved)

        payload = await move(api, moved, second)

        assert payload["objective"]["path"] == ["b", "c"]
        found = await api.data("query ($id: ID!) { objective(id: $id) { path } }", {"id": below})
        assert found["objective"]["path"] == ["b", "c", "d"]

    async def test_a_circle_is_refused(self, api: Api, rows: Rows) -> None:
        top = await objective(api, "a")
        middle = await objective(api, "b", top)
        low = await objective(api, "c", middle)

        for parent in (top, middle, low):
            payload = await move(api, top, parent)
            assert refusals(payload) == [("CIRCLE", ["parentId"])]
        with pytest.raises(asyncpg.CheckViolationError, match="below itself"):
            await rows(
                "UPDATE objectives SET parent_id = (SELECT id FROM objectives WHERE statement = 'c')"
                " WHERE statement = 'a' RETURNING id"
            )
        assert await rows("SELECT count(*) FROM objectives WHERE parent_id IS NULL") == [(1,)]

    async def test_two_moves_at_once_close_no_circle(self, api: Api, rows: Rows) -> None:
        for number in range(5):
            first, second = await objective(api, f"a{number}"), await objective(api, f"b{number}")

            told = await asyncio.gather(move(api, first, second), move(api, second, first))

            assert sorted(len(refusals(each)) for each in told) == [0, 1]

    async def test_a_tree_has_at_most_20_levels(self, api: Api) -> None:
        lowest = None
        for level in range(20):
            lowest = await objective(api, f"level {level}", lowest)
        other = await objective(api, "other")
        await objective(api, "below", other)

        deeper = await mutate(api, "createObjective", "", {"statement": "x", "parentId": lowest})
        moved = await move(api, other, lowest)

        assert refusals(deeper) == [("TREE_TOO_DEEP", ["parentId"])]
        assert refusals(moved) == [("TREE_TOO_DEEP", ["parentId"])]

    @pytest.mark.parametrize(
        ("told", "code", "path"),
        [
            ({"statement": " "}, "VALIDATION", ["statement"]),
            ({"parentId": id_of("Objective", 99_999)}, "NOT_FOUND", ["parentId"]),
            ({"parentId": id_of("User", 1)}, "VALIDATION", ["parentId"]),
            ({"ownerId": id_of("User", 3)}, "VALIDATION", ["ownerId"]),
            ({"startsOn": "2026-02-01", "endsOn": "2026-02-01"}, "VALIDATION", ["endsOn"]),
        ],
    )
    async def test_what_is_refused_leaves_nothing(
        self, api: Api, rows: Rows, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createObjective", "objective { id }", {"statement": "x", **told})

        assert payload["objective"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM objectives") == []

    async def test_closed_it_says_how_it_ended_and_stays_so(self, api: Api) -> None:
        made = await objective(api, "a")
        asked = "objective { state conclusion closedAt version }"

        opened = await mutate(api, "closeObjective", "", {"id": made, "expectedVersion": 1, "state": "OPEN"})
        stale = await mutate(api, "closeObjective", "", {"id": made, "expectedVersion": 2, "state": "MISSED"})
        closed = await mutate(
            api,
            "closeObjective",
            asked,
            {"id": made, "expectedVersion": 1, "state": "MISSED", "conclusion": "too dear"},
        )
        again = await mutate(
            api, "closeObjective", asked, {"id": made, "expectedVersion": 2, "state": "REACHED"}
        )

        assert refusals(opened) == [("VALIDATION", ["state"])]
        assert refusals(stale) == [("STALE_VERSION", ["expectedVersion"])]
        found = closed["objective"]
        assert (found["state"], found["conclusion"], found["version"]) == ("MISSED", "too dear", 2)
        assert found["closedAt"] is not None
        assert refusals(again) == [("OBJECTIVE_CLOSED", ["id"])]
        assert again["objective"] == found
        assert refusals(await move(api, made, None, 2)) == [("OBJECTIVE_CLOSED", ["id"])]


class TestTargets:
    async def test_the_target_is_told_as_it_stands(self, api: Api) -> None:
        made = await objective(api, "a")

        payload = await mutate(
            api,
            "createTarget",
            """target {
                objective { statement targets(first: 5) { totalCount } } cube aggregate cut periodFrom periodTo value
                owner { name } withdrawnAt version
            }""",
            {**PLAN, "objectiveId": made, "cut": "branch:S01|channel:WEB", "ownerId": id_of("User", 2)},
        )

        assert payload == {
            "target": {
                "objective": {"statement": "a", "targets": {"totalCount": 1}},
                "cube": "sales",
                "aggregate": "net_revenue",
                "cut": "branch@regions:S01|channel@channels:WEB",
                "periodFrom": "2026-01-01",
                "periodTo": "2026-04-01",
                "value": "1500000.5",
                "owner": {"name": "이상담"},
                "withdrawnAt": None,
                "version": 1,
            },
            "userErrors": [],
        }

    @pytest.mark.parametrize(
        ("change", "code", "path", "message"),
        [
            (
                {"cube": "nonsense"},
                "VALIDATION",
                ["cube"],
                "unknown cube 'nonsense'; known: cases, customers, off",
            ),
            ({"aggregate": "profits"}, "VALIDATION", ["aggregate"], "unknown aggregate 'profits'; known:"),
            ({"cut": "planet:mars"}, "VALIDATION", ["cut"], "unknown dimension 'planet'"),
            ({"cut": "date:2026,1,1,1,1,1"}, "VALIDATION", ["cut"], "date"),
            (
                {"cut": "channel:WEB|date:2026"},
                "VALIDATION",
                ["cut"],
                "give the time of a target as its period",
            ),
            ({"cut": "date@iso:2026,3"}, "VALIDATION", ["cut"], "the cut is by date"),
            ({"cut": "segment:x"}, "VALIDATION", ["cut"], "unknown segment 'x': there are no segments yet"),
            ({"cut": "x" * 4001}, "VALIDATION", ["cut"], "at most 4000"),
            ({"periodTo": "2026-01-01"}, "VALIDATION", ["periodTo"], "is not after"),
            ({"objectiveId": id_of("Objective", 99_999)}, "NOT_FOUND", ["objectiveId"], "no such objective"),
            ({"ownerId": id_of("User", 3)}, "VALIDATION", ["ownerId"], "deactivated"),
            ({"value": "9999999999999999"}, "VALIDATION", ["value"], "out of range"),
        ],
        ids=lambda given: str(given)[:30],
    )
    async def test_what_is_refused_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str], message: str
    ) -> None:
        payload = await mutate(api, "createTarget", "target { id }", {**PLAN, **change})

        assert payload["target"] is None
        assert refusals(payload) == [(code, path)]
        assert message in payload["userErrors"][0]["message"]
        assert await rows("SELECT id FROM targets") == []

    async def test_a_segment_is_one_that_there_is_and_under_its_name(self, api: Api) -> None:
        made = await mutate(api, "createSegment", "segment { id }", {"name": "VIP|1"})

        told = [
            await mutate(
                api, "createTarget", "target { cut cutByTime }", {**PLAN, "cut": f"segment:{member}"}
            )
            for member in ("VIP\\|1", made["segment"]["id"], "VIP")
        ]

        assert [each["target"] for each in told[:2]] == [
            {"cut": "segment@default:VIP\\|1", "cutByTime": False}
        ] * 2
        assert refusals(told[2]) == [("VALIDATION", ["cut"])]
        assert told[2]["userErrors"][0]["message"] == "unknown segment 'VIP'; known: VIP|1"

    async def test_a_target_goes_along_when_its_segment_is_renamed(self, api: Api, rows: Rows) -> None:
        made = await mutate(api, "createSegment", "segment { id version }", {"name": "VIP|1"})
        other = await mutate(api, "createSegment", "segment { id }", {"name": "VIP"})
        assert other["userErrors"] == []
        cuts = [
            "segment:VIP\\|1;VIP",
            "!segment:VIP\\|1|channel:VIP\\|1",
            "segment:VIP",
            "channel:segment\\:VIP\\|1",
        ]
        targets = [
            (await mutate(api, "createTarget", "target { id version }", {**PLAN, "cut": cut}))["target"]
            for cut in [*cuts, cuts[0]]
        ]
        gone = {"id": targets[-1]["id"], "expectedVersion": targets[-1]["version"]}
        assert (await mutate(api, "withdrawTarget", "target { id }", gone))["userErrors"] == []

        told = {"id": made["segment"]["id"], "expectedVersion": made["segment"]["version"], "name": "A-급"}
        assert (await mutate(api, "updateSegment", "segment { name }", told))["userErrors"] == []

        assert await rows("SELECT cut, version FROM targets ORDER BY id") == [
            ("segment@default:A\\-급;VIP", 2),
            ("!segment@default:A\\-급|channel@channels:VIP\\|1", 2),
            ("segment@default:VIP", 1),
            ("channel@channels:segment\\:VIP\\|1", 1),
            ("segment@default:VIP\\|1;VIP", 2),
        ]

    async def test_those_set_earlier_with_a_time_in_their_cut_are_told(self, api: Api, rows: Rows) -> None:
        cuts = {
            "": False,
            "branch@regions:S01": False,
            "channel:a\\|date@ymd:1": False,
            "update:1|mandate@x:2": False,
            "date@calendar:2026": True,
            "!fiscal:2026|channel:WEB": True,
            "channel:a\\\\|date@ymd:2026": True,
        }
        for cut in cuts:
            told = cut.replace("\\", "\\\\")
            await rows(
                f"""INSERT INTO targets (cube, aggregate, cut, period_from, period_to, value)
                    VALUES ('sales', 'net_revenue', E'{told}', '2026-01-01', '2027-01-01', 1) RETURNING id"""
            )
        asked = "query { targets(first: 50%s) { nodes { cut cutByTime } } }"

        found = (await api.data(asked % ""))["targets"]["nodes"]
        filtered = (await api.data(asked % ", filter: {cutByTime: {eq: true}}"))["targets"]["nodes"]

        assert {each["cut"]: each["cutByTime"] for each in found} == cuts
        assert {each["cut"] for each in filtered} == {cut for cut, by_time in cuts.items() if by_time}

    def test_the_name_of_segments_is_that_of_the_cubes(self) -> None:
        assert (renamed.SEGMENT, renamed.RESERVED) == (vocabulary.SEGMENT, cells.RESERVED)

    def test_the_names_of_times_are_those_of_the_cubes(self) -> None:
        dimensions = [each for model in models().values() for each in model.cell_cube().dimensions]

        assert {each.name for each in dimensions if each.role == "time"} == set(TIMES)

    async def test_a_closed_objective_takes_no_target_and_keeps_those_it_has(self, api: Api) -> None:
        closed = await objective(api, "a")
        made = await target(api, objectiveId=closed)
        await mutate(api, "closeObjective", "", {"id": closed, "expectedVersion": 1, "state": "REACHED"})

        new = await mutate(api, "createTarget", "target { id }", {**PLAN, "objectiveId": closed})
        kept = await mutate(
            api,
            "updateTarget",
            "target { value objective { state } }",
            {"id": made, "expectedVersion": 1, "objectiveId": closed, "value": "2"},
        )

        assert refusals(new) == [("OBJECTIVE_CLOSED", ["objectiveId"])]
        assert new["target"] is None  # it was another target, whose key is the objective's
        assert kept == {"target": {"value": "2", "objective": {"state": "REACHED"}}, "userErrors": []}

    async def test_withdrawn_it_is_not_changed_any_more(self, api: Api) -> None:
        made = await target(api)

        withdrawn = await mutate(
            api, "withdrawTarget", "target { withdrawnAt version }", {"id": made, "expectedVersion": 1}
        )
        again = await mutate(api, "withdrawTarget", "", {"id": made, "expectedVersion": 2})
        changed = await mutate(api, "updateTarget", "", {"id": made, "expectedVersion": 2, "value": "1"})

        assert withdrawn["target"]["withdrawnAt"] is not None
        assert withdrawn["target"]["version"] == 2
        assert refusals(again) == refusals(changed) == [("TARGET_WITHDRAWN", ["id"])]

    async def test_a_stale_change_brings_what_stands(self, api: Api) -> None:
        made = await target(api)

        payload = await mutate(
            api, "updateTarget", "target { value }", {"id": made, "expectedVersion": 9, "value": "1"}
        )

        assert refusals(payload) == [("STALE_VERSION", ["expectedVersion"])]
        assert payload["target"] == {"value": "1500000.5"}
