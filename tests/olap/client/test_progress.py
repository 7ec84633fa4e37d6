"""An answer of a server tells how far it has come."""

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from olap.client import Cube
from olap.client.told import PIECE, Line, read
from olap.errors import CubeError
from tests.api.slicer.conftest import Client


class TestProgress:
    def test_a_function_is_told_from_the_question_to_the_last_byte(self, url: str, analyst: Client) -> None:
        told: list[tuple[int, int | None]] = []
        cube = Cube(
            "sales",
            url=url,
            token=analyst.token,
            progress=lambda done, expected: told.append((done, expected)),
        )

        cube.where("currency:GBP").by("date:year").frame("lines")

        assert told[0] == (0, None)
        assert told[-1][0] == told[-1][1]
        assert told[-1][0] > 100

    def test_a_large_answer_comes_in_pieces(self) -> None:
        told: list[tuple[int, int | None]] = []
        given = bytes(range(256)) * (PIECE // 100)

        body = read(io.BytesIO(given), len(given), lambda *far: told.append(far))

        assert body == given
        assert told == [(PIECE, len(given)), (2 * PIECE, len(given)), (len(given), len(given))]

    def test_the_line_says_how_far_and_goes_away(self) -> None:
        out = io.StringIO()
        line = Line(out)

        line(0, None)
        line(3_000_000, 3_000_000)
        line(1_500_000, 3_000_000)
        line(2_000_000, 3_000_000)
        line(3_000_000, 3_000_000)

        computing, gone = f"\r{'computing ...':<40}", f"\r{'':<40}\r"
        # The line of 2 MB comes too soon after that of 1.5 MB.
        assert out.getvalue() == f"{computing}{gone}\r{'received 1.5 of 3.0 MB (50%)':<40}{gone}"

    def test_what_it_raises_ends_the_question(self, url: str, analyst: Client) -> None:
        def stop(done: int, expected: int | None) -> None:
            raise KeyboardInterrupt

        cube = Cube("sales", url=url, token=analyst.token, progress=stop)

        with pytest.raises(KeyboardInterrupt):
            cube.where("currency:GBP").frame("lines")

    def test_an_answer_that_breaks_off_is_none(self) -> None:
        class Broken(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                """Tests print nothing."""

        with HTTPServer(("127.0.0.1", 0), Broken) as server:
            threading.Thread(target=server.handle_request).start()
            cube = Cube("sales", url=f"http://127.0.0.1:{server.server_address[1]}")

            with pytest.raises(CubeError, match=r"no answer from .*: IncompleteRead"):
                _ = cube.model
