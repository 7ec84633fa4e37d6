"""Segments through the API: previewed, created, changed, filled, and customers found by them."""

from typing import Any

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals

SEOUL = {"trait": {"name": "REGION", "in": ["서울"]}}
ASKED = "segment { id name kind memberCount rule version members(first: 5) { nodes { customer { name } leftAt } } }"


async def _created(api: Api, name: str, rule: Any = None) -> Any:
    given = {"name": name, **({} if rule is None else {"rule": rule})}
    return (await mutate(api, "createSegment", ASKED, given))["segment"]


class TestRules:
    async def test_a_rule_is_kept_as_it_was_told_and_its_members_are_there_at_once(self, api: Api) -> None:
        rule = {
            "all": [
                SEOUL,
                {"not": {"revenue": {"currency": "KRW", "atLeast": "0.50", "days": 3}}},
                {"any": [{"lifecycle": ["PROSPECT"]}, {"bought": {"productId": id_of("Product", 1)}}]},
            ]
        }

        segment = await _created(api, "Seoul", rule)

        assert (segment["kind"], segment["rule"], segment["memberCount"]) == ("RULE", rule, 1)
        assert segment["members"]["nodes"] == [{"customer": {"name": "김단골"}, "leftAt": None}]

    async def test_another_rule_moves_the_members(self, api: Api) -> None:
        segment = await _created(api, "Seoul", SEOUL)
        given = {"id": segment["id"], "expectedVersion": segment["version"], "rule": {"not": SEOUL}}

        moved = (await mutate(api, "updateSegment", ASKED, given))["segment"]

        assert [each["customer"]["name"] for each in moved["members"]["nodes"]] == ["이손님"]

    async def test_a_refresh_finds_who_changed(self, api: Api) -> None:
        segment = await _created(api, "Seoul", SEOUL)
        moving = {"id": id_of("Customer", 2), "expectedVersion": 1, "region": "서울"}
        await mutate(api, "updateCustomer", "customer { id }", moving)

        found = await mutate(api, "refreshSegment", ASKED, {"id": segment["id"]})

        assert (found["segment"]["memberCount"], found["userErrors"]) == (2, [])

    async def test_a_wrong_word_is_refused_at_its_place(self, api: Api) -> None:
        rule = {"all": [SEOUL, {"not": {"orders": {"days": 3}}}]}
        missing = {"attribute": {"name": "shoe", "in": ["x"]}}

        refused = await mutate(api, "createSegment", ASKED, {"name": "n", "rule": rule})
        unknown = await mutate(api, "createSegment", ASKED, {"name": "n", "rule": missing})

        assert refusals(refused) == [("VALIDATION", ["rule", "all", "1", "not", "orders"])]
        assert refusals(unknown) == [("VALIDATION", ["rule"])]


class TestLists:
    async def test_customers_are_put_in_and_taken_out(self, api: Api) -> None:
        segment = await _created(api, "VIP")
        both = {"id": segment["id"], "customerIds": [id_of("Customer", 1), id_of("Customer", 2)]}
        one = {"id": segment["id"], "customerIds": [id_of("Customer", 1)]}

        added = await mutate(api, "addToSegment", ASKED, both)
        removed = await mutate(api, "removeFromSegment", ASKED, one)

        assert (added["segment"]["memberCount"], removed["segment"]["memberCount"]) == (2, 1)

    async def test_a_list_is_not_refreshed(self, api: Api) -> None:
        segment = await _created(api, "VIP")

        refused = await mutate(api, "refreshSegment", ASKED, {"id": segment["id"]})

        assert refusals(refused) == [("WRONG_KIND", ["id"])]

    async def test_retired_it_is_changed_no_more(self, api: Api) -> None:
        segment = await _created(api, "VIP")
        given = {"id": segment["id"], "expectedVersion": 1}

        await mutate(api, "retireSegment", ASKED, given)
        refused = await mutate(api, "updateSegment", ASKED, {**given, "expectedVersion": 2, "name": "x"})

        assert refusals(refused) == [("SEGMENT_RETIRED", ["id"])]
        assert refused["segment"]["name"] == "VIP"


class TestCustomers:
    async def test_they_are_found_by_their_segments(self, api: Api) -> None:
        segment = await _created(api, "Seoul", SEOUL)
        document = """query ($id: ID!) {
            inside: customers(first: 5, filter: {segments: {some: {id: {eq: $id}}}}) { nodes { name } }
            outside: customers(first: 5, filter: {segments: {none: {name: {eq: "Seoul"}}}}) {
                nodes { name segments(first: 1) { totalCount } segmentMemberships(first: 1) { totalCount } }
            }
        }"""

        found = await api.data(document, {"id": segment["id"]})

        assert found["inside"]["nodes"] == [{"name": "김단골"}]
        assert found["outside"]["nodes"] == [
            {"name": "이손님", "segments": {"totalCount": 0}, "segmentMemberships": {"totalCount": 0}}
        ]


class TestPreviewSegment:
    async def test_it_counts_shows_and_values_without_saving(self, api: Api) -> None:
        document = """query ($rule: SegmentRuleInput!) {
            previewSegment(rule: $rule, sample: 1) { count sample value { amount currency } }
            segments(first: 1) { totalCount }
        }"""

        found = await api.data(document, {"rule": {"any": [SEOUL, {"not": SEOUL}]}})

        assert found["previewSegment"]["count"] == 2
        assert found["previewSegment"]["sample"] == [id_of("Customer", 1)]
        assert found["previewSegment"]["value"] == []
        assert found["segments"]["totalCount"] == 0

    async def test_it_shows_an_agent_his_own_customers_only(self, api: Api) -> None:
        document = "query ($rule: SegmentRuleInput!) { previewSegment(rule: $rule) { count sample } }"
        as_ = {"role": "AGENT", "scope": "OWN", "subject": "lee"}

        found = await api.data(document, {"rule": {"any": [SEOUL, {"not": SEOUL}]}}, as_=as_)

        assert found["previewSegment"] == {"count": 1, "sample": [id_of("Customer", 2)]}
