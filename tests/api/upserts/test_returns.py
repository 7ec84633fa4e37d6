"""Lines of upserted orders that say which line they take back."""

from typing import Any

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

SOLD = {"product": {"code": "TEA"}, "quantity": "2", "unitPrice": "1500"}
GIFT = {**SOLD, "quantity": "3"}
BACK = """
    SELECT o.source_id, l.position, l.quantity::integer, s.source_id, t.position FROM order_lines l
    JOIN orders o ON o.id = l.order_id JOIN order_lines t ON t.id = l.returned_line_id
    JOIN orders s ON s.id = t.order_id ORDER BY 1, 2
"""


def back(position: int, order: str | None = None, pieces: int = 1) -> dict[str, Any]:
    of = {} if order is None else {"order": erp(order)}
    return {**SOLD, "kind": "RETURN", "quantity": f"-{pieces}", "returns": {"position": position, **of}}


def order(name: str, *lines: dict[str, Any]) -> dict[str, Any]:
    at = "2026-03-01T09:30:00+09:00"
    return {"key": erp(name), "orderedAt": at, "currency": "KRW", "lines": list(lines)}


async def upsert(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertOrders", rows, **options)


class TestLinesThatTakeBack:
    async def test_one_of_the_same_order_of_a_stored_one_and_of_a_later_row(
        self, api: Api, rows: Rows
    ) -> None:
        await upsert(api, order("O-1", SOLD, GIFT))

        payload = await upsert(
            api, order("O-2", back(2, "O-1"), back(1, "O-3")), order("O-3", SOLD, back(1)), order("O-4", SOLD)
        )

        assert statuses(payload) == ["CREATED"] * 3
        assert await rows(BACK) == [
            ("O-2", 1, -1, "O-1", 2),
            ("O-2", 2, -1, "O-3", 1),
            ("O-3", 2, -1, "O-3", 1),
        ]

    async def test_the_same_lines_in_another_order_change_nothing(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD, GIFT), order("O-2", back(1, "O-1"), back(2, "O-1"), SOLD))
        before = await rows("SELECT count(*) FROM change")

        same = await upsert(api, order("O-2", SOLD, back(2, "O-1"), back(1, "O-1")))
        left = await upsert(api, order("O-2", SOLD, *[{**SOLD, "kind": "RETURN", "quantity": "-1"}] * 2))

        assert (statuses(same), statuses(left)) == (["UNCHANGED"], ["UNCHANGED"])
        assert await rows("SELECT count(*) FROM change") == before

    async def test_another_line_than_before_is_a_change_that_keeps_the_line(
        self, api: Api, rows: Rows
    ) -> None:
        await upsert(api, order("O-1", SOLD, GIFT), order("O-2", back(1, "O-1")))
        before = await rows("SELECT max(id) FROM order_lines")

        payload = await upsert(api, order("O-2", back(2, "O-1")))

        assert statuses(payload) == ["UPDATED"]
        assert await rows(BACK) == [("O-2", 1, -1, "O-1", 2)]
        assert await rows("SELECT max(id) FROM order_lines") == before
        assert await rows("SELECT version FROM orders WHERE source_id = 'O-2'") == [(2,)]

    async def test_a_stored_order_gets_a_line_that_takes_back(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD, GIFT))

        payload = await upsert(api, order("O-1", GIFT, SOLD, back(2, pieces=3)))

        assert statuses(payload) == ["UPDATED"]
        assert await rows(BACK) == [("O-1", 3, -3, "O-1", 2)]

    async def test_what_is_not_there_is_told_with_its_place(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD))

        payload = await upsert(
            api,
            order("O-2", SOLD, back(2, "O-1")),
            order("O-3", back(1, "nobody")),
            order("O-4", SOLD, back(2)),
            order("O-5", back(1, "O-2")),
            order("O-6", back(9)),
            order("O-7", SOLD, back(1)),
        )

        place = ["returns", "position"]
        assert errors(payload) == [
            (0, "VALIDATION", ["rows", "0", "lines", "1", *place]),
            (1, "UNKNOWN_REFERENCE", ["rows", "1", "lines", "0", "returns", "order"]),
            (2, "VALIDATION", ["rows", "2", "lines", "1", *place]),
            (3, "VALIDATION", ["rows", "3", "lines", "0", *place]),
            (4, "VALIDATION", ["rows", "4", "lines", "0", *place]),
        ]
        assert await rows(BACK) == [("O-7", 2, -1, "O-7", 1)]

    async def test_a_line_that_the_call_takes_away_stops_it(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD, GIFT))

        payload = await upsert(api, order("O-1", GIFT, {**GIFT, "quantity": "9"}, back(1)))

        assert payload["rows"] == []
        assert [error["path"] for error in payload["userErrors"]] == [["rows", "0", "lines"]]
        assert await rows("SELECT version FROM orders WHERE source_id = 'O-1'") == [(1,)]

    async def test_a_row_is_not_known_again_when_its_line_is_gone(self, api: Api, rows: Rows) -> None:
        note = order("O-2", back(1, "O-1"))
        await upsert(api, order("O-1", SOLD, GIFT), note)
        assert statuses(await upsert(api, note)) == ["UNCHANGED"]
        await upsert(api, order("O-1", GIFT))

        payload = await upsert(api, note)

        assert statuses(payload) == ["REJECTED"]
        assert await rows(BACK) == []

    async def test_null_clears_what_a_line_takes_back(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD), order("O-2", back(1, "O-1")))
        cleared = order("O-2", {**back(1), "returns": None})

        payload = await upsert(api, cleared)

        assert statuses(payload) == ["UPDATED"]
        assert await rows(BACK) == []
        assert statuses(await upsert(api, {**cleared, "channel": None})) == ["UNCHANGED"]

    async def test_two_of_the_same_lines_keep_what_each_takes_back(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD, SOLD), order("O-2", back(1, "O-1"), back(2, "O-1")))

        payload = await upsert(api, order("O-2", back(2, "O-1"), back(2, "O-1")))

        assert statuses(payload) == ["UPDATED"]
        assert await rows(BACK) == [("O-2", 1, -1, "O-1", 2), ("O-2", 2, -1, "O-1", 2)]

    async def test_lines_that_sell_and_lines_that_take_back_are_told_apart(self, api: Api) -> None:
        await upsert(api, order("O-1", SOLD, back(1)))

        payload = await upsert(
            api,
            order("O-2", {**SOLD, "returns": {"order": erp("O-1"), "position": 1}}),
            order("O-3", back(2, "O-1")),
            order("O-4", back(0, "O-1")),
        )

        at = ["returns", "position"]
        assert errors(payload) == [
            (0, "VALIDATION", ["rows", "0", "lines", "0", "returns"]),
            (1, "VALIDATION", ["rows", "1", "lines", "0", *at]),
            (2, "VALIDATION", ["rows", "2", "lines", "0", *at]),
        ]

    async def test_nobody_takes_back_from_what_he_does_not_see(self, api: Api, rows: Rows) -> None:
        await upsert(api, order("O-1", SOLD))
        note = {**order("O-2", back(1, "O-1")), "customer": erp("C-1")}

        payload = await upsert(api, note, as_={"role": "AGENT", "scope": "OWN", "subject": "kim"})

        assert [code for _, code, _ in errors(payload)] == ["UNKNOWN_REFERENCE"]
