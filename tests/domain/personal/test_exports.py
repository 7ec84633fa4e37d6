"""An export holds everything of the person and nothing of others, and is fetched once."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import SYSTEM, Actor
from domain.customers.errors import CustomerNotFound
from domain.db import run
from domain.personal.errors import AlreadyErased, ExportNotFound, ExportNotReady, ReasonMissing
from domain.personal.exports import Fetched, fetch_export, make_export, path_of, request_export, tidy_exports
from domain.personal.paths import ways
from domain.personal.rules import SUBJECT
from domain.roles import Role, Scope
from domain.tables import metadata
from tests.domain.personal.conftest import NOW
from tests.domain.personal.person import MARK

Rows = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exports"


@pytest.fixture
def request_(person: str, engine: AsyncEngine) -> Callable[..., Any]:
    async def asked(customer_id: int, *, reason: str = "asked by letter", by: Actor = SYSTEM) -> int:
        return await run(
            engine,
            lambda session: request_export(session, customer_id, reason=reason, actor=by, now=NOW),
            origin="test",
        )

    return asked


@pytest.fixture
def make(engine: AsyncEngine, folder: Path) -> Callable[..., Any]:
    async def made(key: int) -> Path:
        await make_export(engine, key, folder=folder, now=NOW, hours=24, tables=metadata)
        return path_of(folder, key)

    return made


@pytest.fixture
def fetch(engine: AsyncEngine, folder: Path) -> Callable[..., Any]:
    async def fetched(key: int, *, by: Actor = SYSTEM, later: timedelta = timedelta()) -> Fetched:
        return await run(
            engine,
            lambda session: fetch_export(session, key, folder=folder, actor=by, now=NOW + later),
            origin="test",
        )

    return fetched


def read(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["subject.json"]
        return json.loads(archive.read("subject.json"))


class TestContent:
    async def test_every_table_that_speaks_of_the_person_is_in_it(self, request_: Any, make: Any) -> None:
        found = read(await make(await request_(1)))

        assert found["customer"] == 1
        assert set(found["tables"]) == {*ways(metadata), "households", "access_log"}
        assert [name for name in SUBJECT if not found["tables"][name] and name != "erasures"] == []

    async def test_every_marked_value_is_in_it(self, request_: Any, make: Any, everything: Rows) -> None:
        key = await request_(1)
        stored = {name: lines for name, lines in (await everything()).items() if name in ways(metadata)}

        found = read(await make(key))["tables"]

        def marks(tables: Any) -> set[str]:
            return {
                str(value)
                for lines in tables.values()
                for line in lines
                for value in line.values()
                if MARK in str(value)
            }

        assert marks(found) >= marks(stored) != set()

    async def test_nothing_of_others_is_in_it(self, request_: Any, make: Any) -> None:
        found = read(await make(await request_(1)))["tables"]

        assert [line["id"] for line in found["customers"]] == [1]
        assert [line["id"] for line in found["orders"]] == [1]
        assert [line["id"] for line in found["touchpoints"]] == [1, 2]
        assert [line["id"] for line in found["tasks"]] == [1, 2]
        assert "lee@example.com" not in json.dumps(found)

    async def test_numbers_keep_their_digits_and_times_their_offset(self, request_: Any, make: Any) -> None:
        found = read(await make(await request_(1)))["tables"]

        assert found["order_lines"][0]["unit_price"] == "12000.0000"
        assert found["orders"][0]["ordered_at"] == "2026-01-01T00:00:00+00:00"
        assert found["customers"][0]["birth_on"] == "1970-02-03"


class TestStates:
    async def test_it_is_asked_for_with_a_job_and_then_ready_for_a_while(
        self, request_: Any, make: Any, rows: Rows
    ) -> None:
        key = await request_(1)
        asked = await rows("SELECT kind, ids FROM jobs.overview")

        path = await make(key)

        assert asked == [("export_subject", json.dumps({"export_id": key}))]
        (row,) = await rows(
            f"SELECT state, expires_at - ready_at, bytes, sha256 FROM subject_exports WHERE id = {key}"
        )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert row == ("READY", timedelta(hours=24), path.stat().st_size, digest)

    async def test_only_its_owner_may_read_the_file(self, request_: Any, make: Any) -> None:
        path = await make(await request_(1))

        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

    async def test_making_it_twice_makes_it_once(self, request_: Any, make: Any) -> None:
        key = await request_(1)
        before = (await make(key)).read_bytes()

        assert (await make(key)).read_bytes() == before

    async def test_a_file_that_was_left_half_made_is_made_anew(
        self, request_: Any, make: Any, folder: Path
    ) -> None:
        key = await request_(1)
        folder.mkdir()
        path_of(folder, key).with_suffix(".part").write_bytes(b"half")

        assert read(await make(key))["customer"] == 1

    async def test_it_is_fetched_once_and_that_is_logged(
        self, request_: Any, make: Any, fetch: Any, rows: Rows
    ) -> None:
        key = await request_(1)
        path = await make(key)

        fetched = await fetch(key)

        assert (fetched.path, fetched.customer_id) == (path, 1)
        assert await rows("SELECT actor, subject_ids, reason FROM access_log WHERE kind = 'EXPORT'") == [
            ("user:system", [1], "asked by letter")
        ]
        with pytest.raises(ExportNotReady, match="fetched already or is past its time"):
            await fetch(key)

    async def test_it_is_not_fetched_before_it_is_made_nor_after_its_time(
        self, request_: Any, make: Any, fetch: Any
    ) -> None:
        key = await request_(1)
        with pytest.raises(ExportNotReady, match="not made yet"):
            await fetch(key)
        await make(key)
        with pytest.raises(ExportNotReady, match="past its time"):
            await fetch(key, later=timedelta(hours=24))

    async def test_an_erasure_before_it_is_made_leaves_no_file(
        self, request_: Any, make: Any, erase: Any, folder: Path
    ) -> None:
        key = await request_(1)

        await erase(1)
        path = await make(key)

        assert not path.exists()
        assert list(folder.glob("*")) == []

    async def test_files_that_nobody_may_fetch_any_more_are_gone(
        self, request_: Any, make: Any, fetch: Any, engine: AsyncEngine, folder: Path
    ) -> None:
        late, used, good = [await request_(1) for _ in range(3)]
        for key in (late, used, good):
            await make(key)
        await fetch(used)
        await run(
            engine,
            lambda session: _set_expiry(session, late),
            origin="test",
        )

        gone = await tidy_exports(engine, folder=folder, now=NOW)

        assert gone == 2
        assert list(folder.glob("*")) == [path_of(folder, good)]


async def _set_expiry(session: Any, key: int) -> None:
    from sqlalchemy import update

    from domain.personal.model import SubjectExport

    await session.execute(update(SubjectExport).where(SubjectExport.id == key).values(expires_at=NOW))


class TestRefusals:
    async def test_a_reason_is_needed(self, request_: Any) -> None:
        with pytest.raises(ReasonMissing):
            await request_(1, reason=" ")

    async def test_an_erased_person_has_nothing_to_export(self, request_: Any, erase: Any) -> None:
        await erase(1)

        with pytest.raises(AlreadyErased):
            await request_(1)

    async def test_who_may_not_see_the_customer_neither_asks_nor_fetches(
        self, request_: Any, make: Any, fetch: Any
    ) -> None:
        stranger = Actor(subject="lee", role=Role.ADMIN, scope=Scope.BRANCH, branch_ids=frozenset({9}))
        key = await request_(1)
        await make(key)

        with pytest.raises(CustomerNotFound):
            await request_(1, by=stranger)
        with pytest.raises(ExportNotFound):
            await fetch(key, by=stranger)
