"""/metrics: what it tells, to whom, and that it tells of nobody."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import asyncpg
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from api.app import application, opened
from api.backend import Backend
from api.metrics import route
from api.metrics.counted import BOUNDS, Requests, outcome
from api.rates import RateLimited, Rates
from api.settings import Settings
from domain.postgres import Server
from tests.api.access.conftest import COMPANY, settings_of
from tests.api.access.issuer import Issuer, Standing
from tests.emptied import Emptied, emptied

KEY = '{name: "Prometheus", role: VIEWER, apiScopes: [METRICS]}'

Figures = dict[tuple[str, ...], float]


@pytest.fixture(scope="session")
def metrics_database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[Emptied]:
    """A database with the company, which a cube follows: it is not emptied between tests."""
    admin(f"CREATE DATABASE metrics TEMPLATE {template} STRATEGY file_copy")
    with emptied(server.url("metrics")) as shared:
        shared.run(COMPANY)
        yield shared


@pytest.fixture
def database(metrics_database: Emptied) -> Iterator[str]:
    """Its URL; what a test adds to what is told of the store is gone after it."""
    yield metrics_database.url
    metrics_database.run("DELETE FROM jobs.procrastinate_jobs; DELETE FROM branches WHERE code IN ('X', 'Y')")


@pytest.fixture(scope="session")
async def served(
    metrics_database: Emptied, standing_issuer: Standing, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Backend]:
    """What the whole application opens, a cube of its own included: opened once, it takes half a second."""
    settings = Settings(
        database_url=metrics_database.url,
        data_dir=tmp_path_factory.mktemp("metrics"),
        jobs=False,
        oidc=(settings_of(Issuer(standing_issuer.url)),),
    )
    async with opened(settings) as backend:
        yield backend


@pytest.fixture
def app(served: Backend, database: str, issuer: Issuer) -> Starlette:
    """The whole application, as it is served, which has answered nothing yet."""
    made = application(served.settings)
    made.state.backend = replace(served)
    return made


async def got(
    app: Starlette, path: str = "/metrics", *, address: str = "127.0.0.1", **headers: str
) -> httpx.Response:
    """The answer to a client at this address."""
    transport = httpx.ASGITransport(app=app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path, headers=headers)


async def posted(app: Starlette, document: str, issuer: Issuer, path: str = "/graphql") -> httpx.Response:
    """The answer to the document, asked by the administrator."""
    transport = httpx.ASGITransport(app=app)
    headers = {"authorization": f"Bearer {issuer.token(sub='boss')}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post(path, json={"query": document}, headers=headers)


async def figures(app: Starlette) -> Figures:
    """What a scraper reads: (name, *values of its labels, which are in alphabetical order) -> value."""
    response = await got(app)
    assert response.status_code == 200, response.text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


class TestWhoMayRead:
    async def test_this_machine_needs_no_token(self, app: Starlette) -> None:
        response = await got(app)

        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/plain; version=")

    async def test_a_proxy_on_this_machine_does(self, app: Starlette) -> None:
        response = await got(app, **{"x-forwarded-for": "127.0.0.1"})

        assert response.status_code == 401
        assert "dangol_" not in response.text

    async def test_other_machines_do(self, app: Starlette) -> None:
        response = await got(app, address="10.0.0.7")

        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    async def test_administrators_read_from_anywhere(self, app: Starlette, issuer: Issuer) -> None:
        response = await got(app, address="10.0.0.7", authorization=f"Bearer {issuer.token(sub='boss')}")

        assert response.status_code == 200

    async def test_other_roles_do_not(self, app: Starlette, issuer: Issuer) -> None:
        bearer = f"Bearer {issuer.token(sub='kim')}"

        response = await got(app, address="10.0.0.7", authorization=bearer, **{"accept-language": "ko"})

        assert response.status_code == 403
        told = response.json()["errors"][0]["message"]
        assert told == "지표는 관리자와 METRICS 범위가 있는 기계 키만 볼 수 있습니다"

    async def test_a_machine_key_for_them_reads_them_and_nothing_else(
        self, app: Starlette, issuer: Issuer
    ) -> None:
        made = await posted(app, f"mutation {{ createMachineKey(input: {KEY}) {{ secret }} }}", issuer)
        bearer = f"Bearer {made.json()['data']['createMachineKey']['secret']}"

        found = await got(app, address="10.0.0.7", authorization=bearer)
        graphql = await got(
            app,
            "/graphql?query={viewer{subject}}",
            authorization=bearer,
            accept="application/graphql-response+json",
        )
        slicer = await got(app, "/slicer/cubes", authorization=bearer)
        export = await got(app, "/exports/x", authorization=bearer)

        assert found.status_code == 200
        assert [each.status_code for each in (graphql, slicer, export)] == [403, 403, 403]

    async def test_one_that_is_for_reading_rows_does_not(self, app: Starlette, issuer: Issuer) -> None:
        made = await posted(
            app,
            f"mutation {{ createMachineKey(input: {KEY.replace('METRICS', 'READ')}) {{ secret }} }}",
            issuer,
        )
        bearer = f"Bearer {made.json()['data']['createMachineKey']['secret']}"

        response = await got(app, address="10.0.0.7", authorization=bearer)

        assert response.status_code == 403


class TestRequests:
    async def test_are_counted_by_kind_and_outcome(self, app: Starlette, issuer: Issuer) -> None:
        for document in ("{ viewer { subject } }", "{ viewer { subject } }", "{ typo }", "{"):
            await posted(app, document, issuer)
        await posted(app, "subscription { orderChanged { id } }", issuer)
        await posted(app, "{ viewer { subject } }", issuer, "/graphql/bulk")
        await got(app, "/graphql?query={viewer{subject}}")

        found = {
            key[1:]: value for key, value in (await figures(app)).items() if key[0] == "dangol_requests_total"
        }

        assert found == {
            ("query", "OK"): 2,
            ("unread", "BAD_REQUEST"): 2,
            ("subscription", "BAD_REQUEST"): 1,
            ("unread", "FORBIDDEN"): 1,
            ("unread", "UNAUTHENTICATED"): 1,
        }

    async def test_of_the_cube_too(self, app: Starlette) -> None:
        await got(app, "/slicer/version")
        await got(app, "/slicer/cubes")
        await got(app, "/slicer/typo")

        found = await figures(app)

        assert found["dangol_requests_total", "cube", "OK"] == 1
        assert found["dangol_requests_total", "cube", "UNAUTHENTICATED"] == 1
        assert found["dangol_requests_total", "cube", "NOT_FOUND"] == 1

    async def test_their_times_add_up(self, app: Starlette, issuer: Issuer) -> None:
        await posted(app, "{ viewer { subject } }", issuer)

        found = await figures(app)

        assert found["dangol_request_seconds_bucket", "query", "+Inf"] == 1
        assert found["dangol_request_seconds_count", "query"] == 1
        assert 0 < found["dangol_request_seconds_sum", "query"] < 10

    def test_a_time_lies_in_the_first_class_that_holds_it(self) -> None:
        requests = Requests()

        for seconds in (0.0, 0.001, 0.0011, 10.0, 11.0):
            requests.count("query", "OK", seconds)

        classes = requests.times["query"].classes
        assert (classes[0], classes[1], classes[len(BOUNDS) - 1], classes[-1]) == (2, 1, 1, 1)

    def test_an_answer_with_errors_counts_as_its_first_one(self) -> None:
        both = (
            b'{"errors":[{"message":"say \\"code\\":\\"BUSY\\"","extensions":{"code":"CONFLICT"}},'
            b'{"extensions":{"code":"BUSY"}}],"data":null}'
        )

        assert outcome(both) == "CONFLICT"
        assert outcome(b'{"data":{"a":"\\"errors\\""}}') == "OK"


class TestLimits:
    def test_refusals_are_counted(self) -> None:
        rates = Rates(1, burst=10, clock=lambda: 0.0)

        rates.take("ann", 10)
        with pytest.raises(RateLimited):
            rates.take("ann", 1)

        assert rates.refused == 1

    async def test_and_told(self, app: Starlette) -> None:
        app.state.backend.bulk_rates.refused = 3

        found = await figures(app)

        assert found["dangol_rate_refusals_total", "bulk"] == 3
        assert found["dangol_rate_refusals_total", "interactive"] == 0


class TestStore:
    async def test_a_forgotten_transaction_shows_as_lag_of_the_feed(
        self, app: Starlette, database: str
    ) -> None:
        forgotten, other = await asyncpg.connect(database), await asyncpg.connect(database)
        try:
            before = await figures(app)
            async with forgotten.transaction():
                await forgotten.execute("INSERT INTO branches (code, name, kind) VALUES ('X', 'X', 'SHOP')")
                await other.execute("INSERT INTO branches (code, name, kind) VALUES ('Y', 'Y', 'SHOP')")
                found = await figures(app)
        finally:
            await forgotten.close()
            await other.close()

        assert before["dangol_feed_lag_seconds",] == 0
        assert found["dangol_feed_lag_seconds",] > 0
        assert found["dangol_feed_oldest_writer_seconds",] >= found["dangol_feed_lag_seconds",]

    async def test_jobs_are_told_by_state(self, app: Starlette, database: str) -> None:
        await self._queue(database)

        found = await figures(app)

        told = {key[1:]: value for key, value in found.items() if key[0] == "dangol_jobs"}
        assert told == {("retain", "due"): 1, ("retain", "later"): 1, ("expire", "failed"): 1}
        assert 59 < found["dangol_jobs_oldest_due_seconds",] < 3600

    async def _queue(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        await connection.execute("""
            INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at, args) VALUES
                ('default', 'retain', 'todo', now() - interval '1 minute', '{}'),
                ('default', 'retain', 'todo', now() + interval '1 hour', '{}'),
                ('default', 'expire', 'failed', NULL, '{}'),
                ('default', 'expire', 'succeeded', NULL, '{}')
        """)
        await connection.close()

    async def test_a_store_that_does_not_answer_leaves_the_rest(
        self, app: Starlette, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(route, "TIMEOUT_SECONDS", 0.2)
        stuck = await asyncpg.connect(database)
        async with stuck.transaction():
            await stuck.execute("LOCK TABLE jobs.procrastinate_jobs")
            found = await figures(app)
        await stuck.close()

        assert found["dangol_store_answers",] == 0
        assert ("dangol_feed_lag_seconds",) not in found
        assert found["dangol_connections_most", "reads"] == 8

    async def test_connections_and_the_cube_are_told(self, app: Starlette) -> None:
        found = await figures(app)

        assert found["dangol_store_answers",] == 1
        assert found["dangol_connections_most", "commands"] == 10
        assert found["dangol_connections_busy", "commands"] == 0
        assert found["dangol_connections_waiting",] == 0
        assert abs(found["dangol_cube_lag_seconds",] - app.state.backend.cube.freshness().lag_ms / 1000) < 5
        assert found["dangol_cube_fault",] == 0
        assert found["dangol_subscriptions",] == 0
        assert found["dangol_live_connections",] == 0
        assert ("dangol_access_log_waiting",) in found


async def test_nothing_that_a_caller_named_is_told(app: Starlette, issuer: Issuer) -> None:
    await posted(app, "query canary { viewer { canary: subject } }", issuer)
    await got(app, "/slicer/cube/canary/model")

    response = await got(app)

    assert "canary" not in response.text
    assert "boss" not in response.text
