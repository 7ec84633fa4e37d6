"""Consents: every line stays, and the latest of a purpose and channel is what holds."""

from typing import Any

import asyncpg
import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM = id_of("Customer", 1)
SHOWN = """
    query ($id: ID!) { customer(id: $id) {
        currentConsents { purpose channel given }
        consents(first: 10) { totalCount }
    } }
"""
WILLING = """
    { customers(first: 5, filter: {consents: {some: {purpose: {eq: MARKETING}, given: {eq: true}}}}) {
        nodes { name } } }
"""


async def record(api: Api, purpose: str, given: bool, at: str, **more: Any) -> Any:
    told = {"customerId": KIM, "purpose": purpose, "given": given, "at": at, "source": "form", **more}
    return await mutate(api, "recordConsent", "consent { id given at confirmBy }", told)


class TestConsents:
    async def test_the_latest_line_of_each_purpose_and_channel_holds(self, api: Api) -> None:
        await record(api, "MARKETING", True, "2026-01-01T00:00:00Z")
        await record(api, "MARKETING", False, "2026-03-01T00:00:00Z")
        await record(api, "MARKETING", True, "2026-02-01T00:00:00Z")
        await record(api, "MARKETING", True, "2026-03-02T00:00:00Z", channel="SMS")

        found = (await api.data(SHOWN, {"id": KIM}))["customer"]

        assert found["currentConsents"] == [
            {"purpose": "MARKETING", "channel": "SMS", "given": True},
            {"purpose": "MARKETING", "channel": None, "given": False},
        ]
        assert found["consents"]["totalCount"] == 4

    async def test_who_takes_it_back_for_all_channels_agrees_on_none(self, api: Api) -> None:
        await record(api, "MARKETING", True, "2026-01-01T00:00:00Z", channel="SMS")
        await record(api, "SURVEY", True, "2026-01-01T00:00:00Z", channel="SMS")
        await record(api, "MARKETING", False, "2026-03-01T00:00:00Z")

        found = (await api.data(SHOWN, {"id": KIM}))["customer"]["currentConsents"]

        assert found == [
            {"purpose": "MARKETING", "channel": None, "given": False},
            {"purpose": "SURVEY", "channel": "SMS", "given": True},
        ]
        assert (await api.data(WILLING))["customers"]["nodes"] == []

    async def test_customers_are_found_by_what_holds(self, api: Api) -> None:
        await record(api, "MARKETING", True, "2026-01-01T00:00:00Z")
        willing = await api.data(WILLING)
        await record(api, "MARKETING", False, "2026-01-02T00:00:00Z")

        assert willing["customers"]["nodes"] == [{"name": "김단골"}]
        assert (await api.data(WILLING))["customers"]["nodes"] == []

    async def test_a_consent_is_to_be_confirmed_two_years_later(self, api: Api) -> None:
        told = await record(api, "SURVEY", True, "2024-02-29T03:00:00+09:00")

        assert told["consent"]["at"] == "2024-02-28T18:00:00.000000Z"
        assert told["consent"]["confirmBy"] == "2026-02-28T18:00:00.000000Z"

    async def test_the_same_line_of_a_source_twice_is_one(self, api: Api, rows: Rows) -> None:
        first = await record(api, "SURVEY", True, "2026-01-01T00:00:00Z", sourceId="1")

        second = await record(api, "SURVEY", True, "2026-01-01T00:00:00Z", sourceId="1")
        other = await record(api, "SURVEY", False, "2026-01-01T00:00:00Z", sourceId="1")

        assert first == second
        assert refusals(other) == [("CONSENT_DIFFERS", ["sourceId"])]
        assert await rows("SELECT count(*) FROM consents") == [(1,)]

    async def test_no_line_is_changed_or_deleted(self, api: Api, rows: Rows) -> None:
        await record(api, "SURVEY", True, "2026-01-01T00:00:00Z")

        for statement in (
            "UPDATE consents SET given = false RETURNING id",
            "DELETE FROM consents RETURNING id",
        ):
            with pytest.raises(asyncpg.CheckViolationError, match="insert only"):
                await rows(statement)

    async def test_what_is_not_allowed_is_told_with_its_place(self, api: Api) -> None:
        future = await record(api, "SURVEY", True, "2999-01-01T00:00:00Z")
        nobody = await record(api, "SURVEY", True, "2026-01-01T00:00:00Z", customerId=id_of("Customer", 999))

        assert refusals(future) == [("VALIDATION", ["at"])]
        assert refusals(nobody) == [("NOT_FOUND", ["customerId"])]
