"""A question that takes too much is refused; what runs beside it is answered."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import text

from domain.postgres import Server
from olap.engines.ceilings import Ceilings
from olap.engines.clickhouse.engine import ClickHouse
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.engines.postgres import Postgres
from olap.engines.turns import before_others, with_memory
from olap.engines.underway import Underway
from olap.errors import MemoryTaken, NeedsMemory
from olap.store import open_store
from tests.olap.engines.stars import EMBEDDED
from tests.olap.store.shop import open_shop, order

MEGABYTE = 2**20
SMALL = text("SELECT 1 AS n")


class Runs:
    """Queries beside the one in question."""

    def __init__(self) -> None:
        self.underway = Underway()
        self.tries = 0

    def out_of_memory(self, times: int) -> Callable[[], str]:
        """A query that finds no memory so often."""

        def ask() -> str:
            self.tries += 1
            if self.tries <= times:
                raise duckdb.OutOfMemoryException("full")
            return "answered"

        return ask


@pytest.fixture
def runs() -> Runs:
    return Runs()


class TestTryingAgain:
    def test_one_that_fails_alone_needs_too_much(self, runs: Runs) -> None:
        with pytest.raises(NeedsMemory):
            with_memory(runs.underway, Interrupt(), runs.out_of_memory(9))

        assert runs.tries == 1

    def test_one_that_failed_beside_another_is_asked_again_when_that_is_over(self, runs: Runs) -> None:
        with ExitStack() as beside:
            beside.enter_context(runs.underway.counted(Interrupt()))
            threading.Timer(0.05, beside.pop_all().close).start()

            assert with_memory(runs.underway, Interrupt(), runs.out_of_memory(1)) == "answered"

        assert runs.tries == 2

    def test_and_is_to_blame_when_it_then_fails_alone(self, runs: Runs) -> None:
        with ExitStack() as beside:
            beside.enter_context(runs.underway.counted(Interrupt()))
            threading.Timer(0.05, beside.pop_all().close).start()

            with pytest.raises(NeedsMemory):
                with_memory(runs.underway, Interrupt(), runs.out_of_memory(9))

    def test_one_that_is_never_alone_is_told_that_others_hold_the_memory(self, runs: Runs) -> None:
        with runs.underway.counted(Interrupt()), pytest.raises(MemoryTaken):
            with_memory(runs.underway, Interrupt(), runs.out_of_memory(9), patience=0.05)

        assert runs.tries == 3

    def test_one_that_is_stopped_while_it_waits_is_not_asked_again(self, runs: Runs) -> None:
        stop = Interrupt()
        threading.Timer(0.05, stop).start()

        with runs.underway.counted(Interrupt()), pytest.raises(Interrupted):
            with_memory(runs.underway, stop, runs.out_of_memory(9))

        assert runs.tries == 1


class TestBeforeOthers:
    def test_what_found_no_memory_is_written_while_no_question_begins(self, runs: Runs) -> None:
        order: list[str] = []

        def ask() -> None:
            with runs.underway.counted(Interrupt()):
                order.append("asked")

        def write() -> str:
            if runs.tries:
                asking.submit(ask)
                time.sleep(0.1)
            told = runs.out_of_memory(1)()
            with runs.underway.counted(Interrupt()):
                order.append("written")
            return told

        with ThreadPoolExecutor(1) as asking:
            assert before_others(runs.underway, write) == "answered"

        assert order == ["written", "asked"]

    def test_questions_that_run_are_awaited_for_a_moment(self, runs: Runs) -> None:
        with runs.underway.counted(Interrupt()), ThreadPoolExecutor(1) as writing:
            written = writing.submit(before_others, runs.underway, runs.out_of_memory(1), patience=0.05)

            assert written.result(10) == "answered"

        assert runs.tries == 2

    def test_what_finds_none_alone_has_failed_and_questions_go_on(self, runs: Runs) -> None:
        with pytest.raises(duckdb.OutOfMemoryException):
            before_others(runs.underway, runs.out_of_memory(9))

        with ThreadPoolExecutor(1) as asking:
            assert asking.submit(self._asked, runs).result(10)
        assert runs.tries == 2

    def test_who_waits_and_is_stopped_waits_no_more(self, runs: Runs) -> None:
        stop = Interrupt()
        with runs.underway.alone(0), ThreadPoolExecutor(1) as asking:
            asked = asking.submit(self._asked, runs, stop)
            stop()

            assert asked.result(10)

    @staticmethod
    def _asked(runs: Runs, stop: Interrupt | None = None) -> bool:
        with runs.underway.counted(stop or Interrupt()):
            return True


class TestDuckDB:
    def test_a_greedy_question_harms_neither_its_neighbours_nor_the_refresh(
        self, database: str, tmp_path: Path
    ) -> None:
        greedy = text("SELECT max(s) AS n FROM (SELECT list(range) AS s FROM range(9000000))")
        modest = text("SELECT count(DISTINCT range % 99999) AS n FROM range(200000)")
        held = text("SELECT count(*) AS n FROM sales WHERE order_id = 50")
        over = threading.Event()
        refused: list[str] = []

        with (
            open_shop(database) as shop,
            open_store(shop.url, tmp_path / "cube.duckdb", threads=1, memory_limit="100MB") as store,
            ThreadPoolExecutor(3) as pool,
        ):

            def ask_for_too_much() -> None:
                while not over.is_set():
                    with pytest.raises((NeedsMemory, MemoryTaken)) as error:
                        store.engine.fetch(greedy, {})
                    refused.append(error.type.__name__)

            asking = pool.submit(ask_for_too_much)
            answers = [pool.submit(store.engine.fetch, modest, {}) for _ in range(12)]
            found = {each.result().column("n")[0].as_py() for each in answers}
            shop.run(order(50))
            end = time.monotonic() + 30
            while not store.engine.fetch(held, {}).column("n")[0].as_py() and time.monotonic() < end:
                time.sleep(0.05)
            shown = store.engine.fetch(held, {}).column("n")[0].as_py()
            over.set()
            asking.result()

        assert (found, shown, bool(refused)) == ({99999}, 1, True)

    def test_what_is_put_on_disk_has_its_ceiling_too(self, tmp_path: Path) -> None:
        ranked = "SELECT row_number() OVER (ORDER BY hash(range)) AS r FROM range(3000000)"
        large = text(f"SELECT max(r) AS n FROM ({ranked})")

        with DuckDB(tmp_path / "a", threads=1, memory_limit="40MB") as wide:
            assert wide.fetch(large).to_pylist() == [{"n": 3_000_000}]
        with DuckDB(tmp_path / "b", threads=1, memory_limit="40MB", disk=MEGABYTE) as narrow:
            with pytest.raises(NeedsMemory):
                narrow.fetch(large)
            assert narrow.fetch(SMALL).to_pylist() == [{"n": 1}]


@pytest.fixture(scope="module")
def plain_role(server: Server, admin: Callable[[str], None]) -> Iterator[str]:
    """A user to whom Postgres grants nothing."""
    admin("CREATE ROLE engine_plain")
    yield "engine_plain"
    admin("DROP ROLE engine_plain")


class TestPostgres:
    LARGE = text(
        "SELECT count(*) AS n FROM (SELECT x FROM generate_series(1, 600000) AS x ORDER BY -x OFFSET 1) AS y"
    )
    CEILINGS = Ceilings(memory=16 * MEGABYTE, disk=2 * MEGABYTE)

    def test_one_that_writes_too_much_to_disk_is_refused_and_the_next_is_answered(
        self, server: Server
    ) -> None:
        with Postgres(server.url("postgres"), ceilings=self.CEILINGS) as engine:
            with pytest.raises(NeedsMemory):
                engine.fetch(self.LARGE)

            assert engine.fetch(SMALL).to_pylist() == [{"n": 1}]

    def test_a_sixteenth_of_the_memory_is_for_each_sort_and_hash(self, server: Server) -> None:
        shown = text("SELECT current_setting('work_mem') AS m, current_setting('temp_file_limit') AS d")

        with Postgres(server.url("postgres"), ceilings=self.CEILINGS) as bounded:
            told = bounded.fetch(shown).to_pylist()
        with Postgres(server.url("postgres")) as usual:
            told += usual.fetch(shown).to_pylist()

        assert told == [{"m": "1MB", "d": "2MB"}, {"m": "64MB", "d": "20GB"}]

    def test_a_user_who_may_not_bound_the_disk_asks_all_the_same(
        self, server: Server, plain_role: str
    ) -> None:
        url = f"{server.url('postgres')}&options=-c%20role%3D{plain_role}"
        if "?" not in server.url("postgres"):
            url = url.replace("&", "?", 1)

        with Postgres(url, ceilings=self.CEILINGS) as engine:
            found = engine.fetch(
                text("SELECT current_user AS u, current_setting('temp_file_limit') AS d")
            ).to_pylist()

        assert found == [{"u": plain_role, "d": "-1"}]


class TestClickHouse:
    def test_one_that_needs_too_much_is_refused_and_the_next_is_answered(self) -> None:
        greedy = text("SELECT length(groupArray(number)) AS n FROM numbers(20000000)")

        with ClickHouse(EMBEDDED, ceilings=Ceilings(memory=64 * MEGABYTE)) as engine:
            with pytest.raises(NeedsMemory):
                engine.fetch(greedy)

            assert engine.fetch(SMALL).to_pylist() == [{"n": 1}]
