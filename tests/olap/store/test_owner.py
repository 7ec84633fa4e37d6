"""Rebuilding and verifying a cube that another process has open."""

import json
import socket
import threading
from pathlib import Path

import pytest

from olap.engines.duckdb import DuckDB
from olap.errors import CubeError
from olap.owner.client import ask
from olap.owner.deeds import rebuild, verify
from olap.owner.lock import hold
from olap.progress import Step
from olap.store import open_store
from tests.olap.forked import Forking, owner
from tests.olap.store.shop import Shop, order


def socket_of(path: Path) -> Path:
    """Where the owner of the cube says that it listens."""
    return Path(json.loads(Path(f"{path}.lock").read_text())["socket"])


def send(path: Path, text: bytes) -> bytes:
    """What the owner answers to a line of any kind."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(text)
        return line.makefile("rb").read()


class TestNobodyHasIt:
    def test_a_rebuild_makes_the_cube(self, shop: Shop, nowhere: Path) -> None:
        report = rebuild(shop.url, nowhere)

        assert report.rows["sales"] == 7
        assert report.text().startswith(f"Cube at {report.watermark.last_event}: 7 sales lines and ")

    def test_a_verification_takes_in_what_has_changed_since(self, shop: Shop, closed: Path) -> None:
        shop.run(order(50))

        report = verify(shop.url, closed)

        assert report.differences == ()
        assert report.rows["sales"] == 8

    def test_without_a_cube_there_is_nothing_to_verify(self, shop: Shop, nowhere: Path) -> None:
        with pytest.raises(
            CubeError, match=f"there is no cube at {nowhere}: `dangol cube rebuild` makes one"
        ):
            verify(shop.url, nowhere)

        assert not nowhere.exists()

    def test_a_cube_of_another_database_is_not_compared(self, shop: Shop, closed: Path) -> None:
        shop.run("UPDATE company SET feed_epoch = 2")

        with pytest.raises(CubeError, match=r"must be built anew .*: epoch was 1 and is 2"):
            verify(shop.url, closed)


class TestAnOwner:
    def test_the_owner_rebuilds_and_tells_how_far_it_is(
        self, forking: Forking, shop: Shop, closed: Path
    ) -> None:
        steps: list[Step] = []
        with owner(forking, shop.url, closed):
            report = rebuild(shop.url, closed, steps.append)

        assert report.rows["sales"] == 7
        assert report.watermark.last_event > 0
        last = [step for step in steps if step.table == "sales"][-1]
        assert last == Step("sales", 7, last.expected)

    def test_the_owner_verifies(self, forking: Forking, shop: Shop, closed: Path) -> None:
        with owner(forking, shop.url, closed):
            shop.run(order(50))
            report = verify(shop.url, closed)

        assert report.differences == ()
        assert report.rows["sales"] == 8

    def test_what_it_finds_wrong_comes_over_the_line_as_it_is(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed) as store:
            assert isinstance(store.engine, DuckDB)
            with store.engine.transaction() as cursor:
                cursor.execute("UPDATE sales SET net_revenue = net_revenue + 0.0001 WHERE line_id = 1")
            asked, direct = verify(shop.url, closed), store.verify()

        assert asked.differences == direct.differences
        assert asked.differences[0].cube == "15.0031"

    def test_a_failure_is_told_with_its_reason(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed):
            shop.run("DROP VIEW mart.product")

            with pytest.raises(
                CubeError, match=r'could not rebuild: .*relation "mart.product" does not exist'
            ):
                rebuild(shop.url, closed)

    def test_whoever_leaves_in_the_middle_of_a_rebuild_undoes_it(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed) as store:
            before = store.freshness().watermark
            shop.run("UPDATE users SET name = 'x'")

            def leave(_: Step) -> None:
                raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                rebuild(shop.url, closed, leave)

            assert store.freshness().watermark >= before
            assert store.verify().differences == ()

    def test_other_requests_are_refused_by_name(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed):
            answers = [send(socket_of(closed), line) for line in (b'{"ask": "drop"}\n', b"[]\n", b"{}\n")]

        assert json.loads(answers[0]) == {"failed": "unknown request 'drop'; known: rebuild, verify"}
        assert all(b"unknown request None" in answer for answer in answers[1:])

    @pytest.mark.parametrize("junk", [b"not json\n", b"\xff\xfe\n", b"{" * 5000 + b"\n", b""])
    def test_junk_does_no_harm(self, shop: Shop, closed: Path, junk: bytes) -> None:
        with open_store(shop.url, closed):
            answer = send(socket_of(closed), junk) if junk else b""

            assert b"failed" in answer or answer == b""
            assert verify(shop.url, closed).differences == ()

    def test_only_its_user_can_reach_it(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed):
            mode = socket_of(closed).parent.stat().st_mode & 0o777

        assert mode == 0o700


class TestAnOwnerThatEnds:
    def test_one_that_is_killed_leaves_nothing_for_long(
        self, forking: Forking, shop: Shop, closed: Path
    ) -> None:
        with owner(forking, shop.url, closed) as started:
            left = socket_of(closed)
            started.kill()
        assert left.exists()

        report = verify(shop.url, closed)
        with open_store(shop.url, closed):
            present = left.parent.exists()

        assert report.differences == ()
        assert not present

    def test_one_that_closes_leaves_no_socket(self, shop: Shop, closed: Path) -> None:
        with open_store(shop.url, closed):
            directory = socket_of(closed).parent

        assert not directory.exists()
        assert Path(f"{closed}.lock").read_text() == ""

    def test_one_that_ends_in_the_middle_is_no_success(self, tmp_path: Path) -> None:
        address = tmp_path / "s"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(address))
            server.listen()

            def end_after_a_step() -> None:
                with server.accept()[0] as line:
                    line.recv(1000)
                    line.sendall(b'{"step": {"table": "sales", "rows": 1, "expected": 9}}\n')

            threading.Thread(target=end_after_a_step).start()
            steps: list[Step] = []

            with pytest.raises(CubeError, match="ended before the rebuild was done"):
                ask(str(address), "rebuild", steps.append)

        assert steps == [Step("sales", 1, 9)]

    def test_a_holder_that_takes_no_requests_is_named(self, shop: Shop, closed: Path) -> None:
        with hold(closed), pytest.raises(CubeError, match="held by a process that takes no requests"):
            verify(shop.url, closed)

    def test_a_file_that_names_a_directory_of_somebodys_removes_nothing(self, tmp_path: Path) -> None:
        path, precious = tmp_path / "cube.duckdb", tmp_path / "precious"
        precious.mkdir()
        Path(f"{path}.lock").write_text(json.dumps({"pid": 1, "socket": str(precious / "owner")}))

        with hold(path):
            pass

        assert precious.exists()
