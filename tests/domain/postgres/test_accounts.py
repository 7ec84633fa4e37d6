"""Whom the server runs as, and what that user can reach."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from domain.postgres import discard, find_binaries, running
from domain.postgres.accounts import HOME_OF_ROOT
from tests.domain.postgres.programs import FAST, Programs, processes_in

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for other users")


@pytest.fixture
def nobodys_dir() -> Iterator[Path]:
    """A directory that belongs to the ordinary user `nobody`."""
    path = Path(tempfile.mkdtemp(prefix="dangol-test-", dir="/tmp"))
    entry = pwd.getpwnam("nobody")
    os.chown(path, entry.pw_uid, entry.pw_gid)
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


@as_root
class TestRoot:
    @pytest.mark.usefixtures("nothing_made")
    def test_the_server_runs_as_somebody_else(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            user = psutil.Process(server.pid).username()
            groups = psutil.Process(server.pid).gids()

        assert user in {"dangol", "postgres", "nobody"}
        assert 0 not in groups
        assert server.data.parent.parent == HOME_OF_ROOT
        assert server.data.owner() == user

    @pytest.mark.usefixtures("nothing_made")
    def test_the_data_directory_shows_where_the_data_is(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass

        assert (data_dir / "postgres").resolve() == server.data.parent

    @pytest.mark.usefixtures("nothing_made")
    def test_no_mode_of_a_parent_directory_changes(self, data_dir: Path) -> None:
        data_dir.mkdir(mode=0o700)
        parents = [data_dir, *data_dir.parents, HOME_OF_ROOT.parent]
        before = [parent.stat().st_mode for parent in parents]

        with running(data_dir, settings=FAST):
            pass

        assert [parent.stat().st_mode for parent in parents] == before

    @pytest.mark.usefixtures("no_copies")
    def test_programs_below_a_closed_home_are_copied_once(self, data_dir: Path, tmp_path: Path) -> None:
        package = find_binaries().parents[1]
        closed = tmp_path / "home"
        closed.mkdir(mode=0o700)
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

    def test_is_told_that_a_data_directory_is_roots(self, nobodys_dir: Path, nobodys: Programs) -> None:
        (nobodys_dir / "data").mkdir()
        (nobodys_dir / "data").chmod(0o755)
        with running(nobodys_dir / "data", settings=FAST) as server:
            pass

        _, answer = nobodys.start(user="nobody")
        discard(nobodys_dir / "data")

        assert answer == {
            "error": f"{server.data.parent} belongs to root, not to nobody; "
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
