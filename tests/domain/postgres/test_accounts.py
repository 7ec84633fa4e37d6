"""Whom the server runs as, and what that user can reach."""

import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from domain.postgres import Server, discard, find_binaries, running
from domain.postgres.accounts import HOME_OF_ROOT
from tests.conftest import new_folder
from tests.domain.postgres.programs import FAST, Programs, processes_in

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for other users")


def given_to_nobody() -> Path:
    """A new directory that belongs to the ordinary user `nobody`."""
    path = new_folder()
    entry = pwd.getpwnam("nobody")
    os.chown(path, entry.pw_uid, entry.pw_gid)
    return path


@pytest.fixture
def nobodys_dir() -> Iterator[Path]:
    """A directory that belongs to the ordinary user `nobody`."""
    path = given_to_nobody()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A home that nobody else can enter."""
    path = new_folder()
    path.chmod(0o700)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def no_copies() -> Iterator[None]:
    """Copies of the programs that the test makes are gone afterwards."""
    copies = HOME_OF_ROOT / "binaries"
    before = set(copies.glob("*"))
    yield
    for copy in set(copies.glob("*")) - before:
        shutil.rmtree(copy)
    if not before:
        copies.rmdir()


@pytest.fixture
def nobodys(nobodys_dir: Path) -> Iterator[Programs]:
    """Programs on a data directory of `nobody`."""
    started = Programs(nobodys_dir / "data")
    yield started
    started.end()


@dataclass(frozen=True)
class Seen:
    """What was to be seen of root's first start, and of the server while it ran."""

    data_dir: Path
    server: Server
    user: str
    groups: tuple[int, ...]
    modes_before: list[int]
    modes_after: list[int]


@pytest.fixture(scope="module")
def roots() -> Iterator[Seen]:
    """Root's own server on a closed data directory, below one of `nobody`; it has been stopped."""
    above = given_to_nobody()
    data_dir = above / "data"
    data_dir.mkdir(mode=0o700)
    parents = [data_dir, *data_dir.parents, HOME_OF_ROOT.parent]
    before = [parent.stat().st_mode for parent in parents]
    with running(data_dir, settings=FAST) as server:
        found = psutil.Process(server.pid)
        user, groups = found.username(), tuple(found.gids())
    after = [parent.stat().st_mode for parent in parents]
    yield Seen(data_dir, server, user, groups, before, after)
    discard(data_dir)
    shutil.rmtree(above)


@as_root
class TestRoot:
    def test_the_server_runs_as_somebody_else(self, roots: Seen) -> None:
        assert roots.user in {"dangol", "postgres", "nobody"}
        assert 0 not in roots.groups
        assert roots.server.data.parent.parent == HOME_OF_ROOT
        assert roots.server.data.owner() == roots.user

    def test_the_data_directory_shows_where_the_data_is(self, roots: Seen) -> None:
        assert (roots.data_dir / "postgres").resolve() == roots.server.data.parent

    def test_no_mode_of_a_parent_directory_changes(self, roots: Seen) -> None:
        assert roots.modes_after == roots.modes_before

    @pytest.mark.usefixtures("no_copies")
    def test_programs_below_a_closed_home_are_copied_once(self, data_dir: Path, closed: Path) -> None:
        package = find_binaries().parents[1]
        for part in (package / "pginstall18", package.with_name(package.name + ".libs")):
            shutil.copytree(part, closed / "site-packages" / part.relative_to(package.parent), symlinks=True)
        hidden = closed / "site-packages" / package.name / "pginstall18" / "bin"

        with running(data_dir, settings=FAST, binaries=hidden) as server:
            first = Path(psutil.Process(server.pid).exe())
            made = first.stat().st_mtime_ns, first.stat().st_ino
        with running(data_dir, settings=FAST, binaries=hidden) as server:
            second = Path(psutil.Process(server.pid).exe())

        assert HOME_OF_ROOT / "binaries" in first.parents
        assert second == first
        assert (second.stat().st_mtime_ns, second.stat().st_ino) == made

    def test_a_server_made_by_an_ordinary_user_stays_theirs(self, nobodys: Programs) -> None:
        made, answer = nobodys.start(user="nobody")
        made.communicate(timeout=60)

        with running(nobodys.data_dir, settings=FAST) as server:
            user = psutil.Process(server.pid).username()
        program, again = nobodys.start(user="nobody")
        program.communicate(timeout=60)

        assert user == "nobody"
        assert str(server.data) == answer["data"] == again["data"]
        assert {path.owner() for path in server.data.parent.rglob("*")} == {"nobody"}


@as_root
class TestAnOrdinaryUser:
    def test_the_server_runs_as_that_user_below_the_data_directory(self, nobodys: Programs) -> None:
        program, answer = nobodys.start(user="nobody")
        user = psutil.Process(answer["pid"]).username()
        program.communicate(timeout=60)

        assert user == "nobody"
        assert answer["data"] == str(nobodys.data_dir / "postgres" / "data")
        assert processes_in(Path(answer["data"])) == []

    def test_shares_with_root(self, nobodys: Programs) -> None:
        program, answer = nobodys.start(user="nobody")

        with running(nobodys.data_dir, settings=FAST) as server:
            program.communicate(timeout=60)
            still = processes_in(server.data)

        assert server.pid == answer["pid"]
        assert server.pid in still
        assert processes_in(server.data) == []

    def test_is_told_that_a_data_directory_is_roots(self, roots: Seen) -> None:
        roots.data_dir.chmod(0o755)
        programs = Programs(roots.data_dir)

        _, answer = programs.start(user="nobody")
        programs.end()

        assert answer == {
            "error": f"{roots.server.data.parent} belongs to root, not to nobody; "
            "run as that user or choose another data directory (DANGOL_DATA_DIR)"
        }

    def test_is_told_that_a_data_directory_cannot_be_written(
        self, nobodys_dir: Path, nobodys: Programs
    ) -> None:
        (nobodys_dir / "data").mkdir()
        (nobodys_dir / "data").chmod(0o755)

        _, answer = nobodys.start(user="nobody")

        assert answer == {
            "error": f"cannot write to {nobodys_dir / 'data' / 'postgres'}: Permission denied; "
            "choose another data directory (DANGOL_DATA_DIR)"
        }
