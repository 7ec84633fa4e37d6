"""Who saw whose contact, unique or sensitive data: noted for each request, written within a second, never changed."""

import asyncio
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.access_log.pending import Pending, lost
from api.access_log.recorder import EVERY_SECONDS, AccessLog
from api.backend import Backend
from domain.access import Actor
from domain.access_log.model import AccessGroup, AccessKind
from domain.access_log.writing import record
from domain.base import Personal
from domain.errors import Invalid
from domain.reads import Busy
from domain.roles import Role
from domain.selection import ids
from domain.selection.subjects import Seen
from tests.api.access.conftest import Rows, Who
from tests.api.access.issuer import Issuer
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import mutate

CONTACTS = "query Screen { customers(first: 9) { nodes { name contactPoints { value } } } }"
LOG = "SELECT actor, role, kind, operation, groups, subject_ids FROM access_log ORDER BY id"


async def logged(backend: Backend, rows: Rows) -> list[tuple[Any, ...]]:
    """What stands in the log, once everything noted is written."""
    await backend.access_log.flush()
    return await rows(LOG)


class TestReads:
    async def test_a_request_that_shows_contact_data_is_one_row(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        await api.data(CONTACTS, as_={"subject": "ann"})

        assert await logged(backend, rows) == [("user:ann", "ADMIN", "READ", "Screen", ["CONTACT"], [1, 2])]
        assert await rows("SELECT document FROM access_log") == [
            (hashlib.sha256(CONTACTS.encode()).hexdigest(),)
        ]

    @pytest.mark.parametrize(
        ("document", "groups", "subjects"),
        [
            ("{ customers(first: 9) { nodes { externalIds { id } } } }", ["UNIQUE"], [1, 2]),
            ("{ touchpoints(first: 9) { nodes { note } } }", ["SENSITIVE"], [1, 2]),
            ("{ touchpoints(first: 9) { edges { node { n: note } } } }", ["SENSITIVE"], [1, 2]),
            (
                (
                    "{ customers(first: 9) { nodes { contactPoints { value } "
                    "touchpoints(first: 1) { nodes { note } } } } }"
                ),
                ["CONTACT", "SENSITIVE"],
                [1, 2],
            ),
            (
                f'{{ customer(id: "{ids.made("Customer", 2)}") {{ contactPoints {{ value }} }} }}',
                ["CONTACT"],
                [2],
            ),
            (
                f'{{ node(id: "{ids.made("Customer", 2)}") {{ ... on Customer {{ externalIds {{ id }} }} }} }}',
                ["UNIQUE"],
                [2],
            ),
            (
                f'{{ nodes(ids: ["{ids.made("Customer", 1)}"]) {{ ... on Customer {{ externalIds {{ id }} }} }} }}',
                ["UNIQUE"],
                [1],
            ),
            ("{ users(first: 9) { nodes { email } } }", ["CONTACT"], []),
            ("{ customers(first: 9) { nodes { contactPoints { value } } } __typename }", ["CONTACT"], [1, 2]),
            (
                "{ __schema { queryType { name } } customers(first: 9) { nodes { contactPoints { value } } } }",
                ["CONTACT"],
                [1, 2],
            ),
        ],
    )
    async def test_whatever_way_it_is_asked(
        self,
        api: Api,
        backend: Backend,
        rows: Rows,
        document: str,
        groups: list[str],
        subjects: list[int],
    ) -> None:
        answer = await api.data(document)

        [(*_, found_groups, found_subjects)] = await logged(backend, rows)
        assert (found_groups, found_subjects) == (groups, subjects)
        assert "~" not in json.dumps(answer)

    @pytest.mark.parametrize(
        "document",
        [
            "{ customers(first: 9) { nodes { id name region homeBranch { code } } } }",
            "{ customers(first: 9) { totalCount nodes { contactPoints { kind } } } }",
            "{ viewer { subject } }",
            "{ touchpoints(first: 9) { nodes { channel occurredAt } } }",
        ],
    )
    async def test_what_shows_nothing_guarded_leaves_nothing(
        self, api: Api, backend: Backend, rows: Rows, document: str
    ) -> None:
        await api.data(document)

        assert await logged(backend, rows) == []

    async def test_only_whom_the_answer_shows_is_named(self, api: Api, backend: Backend, rows: Rows) -> None:
        await api.data(CONTACTS, as_={"role": "AGENT", "scope": "OWN", "subject": "kim"})

        assert await logged(backend, rows) == [("user:kim", "AGENT", "READ", "Screen", ["CONTACT"], [1])]

    async def test_a_refused_request_has_shown_nothing(self, api: Api, backend: Backend, rows: Rows) -> None:
        await api.errors(CONTACTS, as_={"role": "ANALYST"})

        assert await logged(backend, rows) == []

    async def test_what_a_mutation_shows_of_a_row_counts(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        told = {"id": ids.made("Customer", 2), "expectedVersion": 2, "region": "부산"}

        await mutate(api, "updateCustomer", "customer { contactPoints { value } }", told)

        [(*_, groups, subjects)] = await logged(backend, rows)
        assert (groups, subjects) == (["CONTACT"], [2])

    async def test_a_stored_text_that_looks_like_a_mark_is_not_taken_for_one(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        odd = '"~":77,{"~":78,"value":"x"}\\"~":79,'
        await rows("UPDATE customers SET latin_name = $1 WHERE id = 1", odd)
        await rows("UPDATE contact_points SET value = $1 WHERE customer_id = 1", odd)

        data = await api.data("{ customers(first: 9) { nodes { latinName contactPoints { value } } } }")

        assert data["customers"]["nodes"][0] == {"latinName": odd, "contactPoints": [{"value": odd}]}
        [(*_, subjects)] = await logged(backend, rows)
        assert subjects == [1, 2]

    async def test_machines_are_named_by_their_key(
        self, api: Api, who: Who, backend: Backend, rows: Rows
    ) -> None:
        made = await mutate(api, "createMachineKey", "machineKey { publicId } secret", {"name": "ERP"})

        await who(made["secret"], CONTACTS)

        [(actor, role, *_)] = await logged(backend, rows)
        assert (actor, role) == (f"key:{made['machineKey']['publicId']}", "INTEGRATION")


class TestQueue:
    async def test_it_is_written_within_a_second_and_at_shutdown(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        async with backend.access_log.writing():
            await api.data(CONTACTS)
            async with asyncio.timeout(30):
                while not (within := len(await rows(LOG))):
                    continue
            await api.data(CONTACTS)

        assert EVERY_SECONDS < 1
        assert (within, len(await rows(LOG))) == (1, 2)

    async def test_a_full_queue_refuses_to_show_more(self, backend: Backend) -> None:
        log = AccessLog(backend.reads, most=2)
        seen = Seen({Personal.CONTACT}, {1})
        for _ in range(2):
            log.note(Actor("kim", Role.ADMIN), "hash name", seen)

        with pytest.raises(Busy):
            log.note(Actor("kim", Role.ADMIN), "hash name", seen)

    async def test_while_postgres_does_not_take_it_it_waits(self, backend: Backend, rows: Rows) -> None:
        log = AccessLog(backend.reads)
        log.note(Actor("kim", Role.ADMIN), "hash name", Seen({Personal.CONTACT}, {1}))
        await rows("ALTER TABLE access_log RENAME TO away")

        with pytest.raises(asyncpg.UndefinedTableError):
            await log.flush()
        await rows("ALTER TABLE away RENAME TO access_log")
        await log.flush()

        assert len(await rows(LOG)) == 1

    async def test_each_entry_is_written_once_under_concurrent_reads(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        async with backend.access_log.writing(every=0.01):
            await asyncio.gather(*(api.data(CONTACTS) for _ in range(40)))

        assert len(await rows(LOG)) == 40


class TestCrash:
    def test_what_a_killed_process_held_is_counted_once(self, tmp_path: Path) -> None:
        program = (
            "import os, sys, signal; from pathlib import Path; from api.access_log.pending import Pending;"
            "held = Pending(Path(sys.argv[1])); held.say(3); held.say(7); os.kill(os.getpid(), signal.SIGKILL)"
        )

        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

        assert (lost(tmp_path), lost(tmp_path)) == (7, 0)

    def test_a_living_process_has_lost_nothing(self, tmp_path: Path) -> None:
        held = Pending(tmp_path)
        held.say(3)

        assert lost(tmp_path) == 0
        held.say(0)
        held.close()
        assert list(tmp_path.iterdir()) == []


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE access_log SET actor = 'x'", "DELETE FROM access_log", "TRUNCATE access_log"],
    )
    async def test_what_was_seen_stays_seen(
        self, api: Api, backend: Backend, rows: Rows, statement: str
    ) -> None:
        await api.data(CONTACTS)
        await backend.access_log.flush()

        with pytest.raises(asyncpg.CheckViolationError, match="append only"):
            await rows(statement)

        assert len(await rows(LOG)) == 1

    async def test_what_is_past_its_retention_goes(self, api: Api, backend: Backend, rows: Rows) -> None:
        await api.data(CONTACTS)
        await backend.access_log.flush()

        async with backend.reads.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL dangol.erasing = 'on'")
            await connection.execute("DELETE FROM access_log")

        assert await rows(LOG) == []


class TestExports:
    async def test_an_export_is_logged_with_its_reason_in_its_transaction(
        self, session: AsyncSession
    ) -> None:
        await record(
            session,
            AccessKind.EXPORT,
            actor=Actor("kim", Role.ADMIN),
            groups={AccessGroup.CONTACT},
            subject_ids={2, 1},
            reason="asked by the customer",
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )

        found = (await session.connection()).exec_driver_sql(
            "SELECT actor, kind, groups, subject_ids, reason FROM access_log"
        )
        assert [tuple(row) for row in (await found).all()] == [
            ("user:kim", "EXPORT", ["CONTACT"], [1, 2], "asked by the customer")
        ]

    async def test_without_a_reason_there_is_no_export(self, session: AsyncSession) -> None:
        with pytest.raises(Invalid):
            await record(
                session,
                AccessKind.EXPORT,
                actor=Actor("kim", Role.ADMIN),
                groups={AccessGroup.CONTACT},
                subject_ids=(),
                reason=" ",
                now=datetime(2026, 1, 1, tzinfo=UTC),
            )

    async def test_nor_by_hand(self, session: AsyncSession) -> None:
        connection = await session.connection()

        with pytest.raises(IntegrityError, match="reason_given"):
            await connection.exec_driver_sql(
                "INSERT INTO access_log (actor, role, kind, groups, subject_ids)"
                " VALUES ('x', 'ADMIN', 'EXPORT', '{CONTACT}', '{}')"
            )


class TestQuery:
    async def test_an_administrator_finds_who_saw_a_customer(
        self, api: Api, backend: Backend, issuer: Issuer, who: Who
    ) -> None:
        await api.data(CONTACTS, as_={"subject": "ann"})
        await who(issuer.token(), CONTACTS)
        await backend.access_log.flush()
        document = """query ($filter: AccessLogEntryFilter) { accessLog(first: 9, filter: $filter,
            orderBy: {field: AT}) { totalCount nodes { actor role kind operation groups subjects } } }"""

        async def found(filter: dict[str, Any]) -> Any:
            return (await api.data(document, {"filter": filter}))["accessLog"]

        one, two = ids.made("Customer", 1), ids.made("Customer", 2)
        assert (await found({"subjects": {"has": one}}))["totalCount"] == 2
        assert (await found({"subjects": {"has": two}}))["nodes"] == [
            {
                "actor": "user:ann",
                "role": "ADMIN",
                "kind": "READ",
                "operation": "Screen",
                "groups": ["CONTACT"],
                "subjects": [one, two],
            }
        ]
        assert (await found({"actor": {"eq": "user:kim"}}))["totalCount"] == 1
        assert (await found({"at": {"lt": "2020-01-01T00:00:00Z"}}))["totalCount"] == 0

    async def test_a_subject_of_another_type_is_refused(self, api: Api) -> None:
        [error] = await api.errors(
            f'{{ accessLog(first: 1, filter: {{subjects: {{has: "{ids.made("User", 1)}"}}}}) {{ totalCount }} }}'
        )

        assert error["extensions"]["code"] == "VALIDATION"
