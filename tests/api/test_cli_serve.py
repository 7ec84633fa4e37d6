"""`dangol demo`, `dangol serve` and `dangol cube serve` as a person uses them."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.api.forked import SERVING, starter
from tests.api.test_cli import DANGOL, ROOT, dangol, environment, forked, free_port, get, wait_until_ready
from tests.domain.postgres.conftest import in_memory


@contextmanager
def serving(*arguments: str, data_dir: Path, port: int, **given: str) -> Iterator[subprocess.Popen[str]]:
    """`dangol ...` serves on the port; it is stopped in the end if it still runs."""
    started = subprocess.Popen(
        [DANGOL, *arguments, "--port", str(port)],
        env=environment(data_dir, **given),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT / "examples",
    )
    try:
        wait_until_ready(started, port)
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        started.communicate(timeout=60)


@contextmanager
def forked_serving(*, data_dir: Path, port: int, **given: str) -> Iterator[None]:
    """`dangol serve`, forked from a process that has loaded what it loads, serves on the port; then it is stopped."""
    started = starter(*SERVING).start(
        "serve",
        "--port",
        str(port),
        environment=environment(data_dir, **given),
        folder=ROOT / "examples",
    )
    try:
        wait_until_ready(started, port)
        yield
    finally:
        started.terminate()
        started.wait(60)


@pytest.mark.slow
class TestServe:
    @pytest.fixture
    def data_dir(self) -> Iterator[Path]:
        """In memory, with the embedded Postgres: on a disk each of its thousand files costs a millisecond."""
        with in_memory() as folder:
            yield folder

    def test_the_demo_company_outlives_whoever_is_killed_and_is_served_until_sigterm(
        self, data_dir: Path
    ) -> None:
        """One data directory throughout: `dangol demo` makes the company and serves it; a killed worker is replaced, a
        killed server is followed by the next one; that one does all that is asked of it and leaves nothing running."""
        port = free_port()
        path = "/slicer/cube/sales/aggregate?cut=line_kind:sale"
        with serving("demo", "--size", "200", data_dir=data_dir, port=port) as started:
            marketer = dangol("token", "--role", "marketer", data_dir=data_dir).stdout.strip()
            status, answer = get(port, path, marketer)
            (worker,) = [
                child
                for child in psutil.Process(started.pid).children()
                if any("spawn_main" in word for word in child.cmdline())
            ]
            worker.kill()
            worker.wait(10)

            wait_until_ready(started, port)

            workers = psutil.Process(started.pid).children()
            started.kill()
            output, _ = started.communicate(timeout=60)
            _, alive = psutil.wait_procs(workers, timeout=30)
            assert [worker for worker in alive if worker.name() != "postgres"] == []

        assert status == 200
        assert answer["summary"]["lines"] > 200
        assert f"GraphQL   http://127.0.0.1:{port}/graphql" in output
        assert "marketer" in output

        with serving("serve", data_dir=data_dir, port=port) as started:
            assert get(port, "/readyz")[0] == 200
            children = psutil.Process(started.pid).children(recursive=True)
            token = forked("token", "--role", "analyst", data_dir=data_dir).stdout.strip()

            assert get(port, "/slicer/cubes")[0] == 401
            status, cubes = get(port, "/slicer/cubes", token)
            assert (status, "sales" in [cube["name"] for cube in cubes]) == (200, True)
            assert get(port, path, token)[1]["summary"] == answer["summary"]

            rebuilt = dangol("cube", "rebuild", data_dir=data_dir)
            assert rebuilt.returncode == 0, rebuilt.stderr
            verified = dangol("cube", "verify", data_dir=data_dir)
            assert (verified.returncode, "no difference" in verified.stdout) == (0, True)

            started.send_signal(signal.SIGTERM)
            started.wait(20)

        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []

    def test_a_process_of_its_own_may_own_the_cube(self, data_dir: Path, database: str) -> None:
        ports = free_port(), free_port()
        owner = subprocess.Popen(
            [DANGOL, "cube", "serve"],
            env=environment(data_dir, DANGOL_DATABASE_URL=database),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline().startswith("Owning the cube")
            token = forked("token", "--role", "analyst", data_dir=data_dir).stdout.split()[0]
            with (
                forked_serving(data_dir=data_dir, port=ports[0], DANGOL_DATABASE_URL=database),
                forked_serving(data_dir=data_dir, port=ports[1], DANGOL_DATABASE_URL=database),
            ):
                path = "/slicer/cube/sales/aggregate?aggregates=lines"
                answers = [get(port, path, token) for port in ports]
        finally:
            owner.send_signal(signal.SIGTERM)
            owner.communicate(timeout=60)

        assert [(status, body["summary"]) for status, body in answers] == [(200, {"lines": 0})] * 2
        assert owner.returncode == 128 + signal.SIGTERM
