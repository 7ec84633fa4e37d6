"""Asking the process that owns a cube."""

import json
import socket
from collections.abc import Iterator
from typing import Any

from olap.errors import CubeError
from olap.owner import messages
from olap.progress import Progress, silent


def ask(path: str, what: str, progress: Progress = silent) -> dict[str, Any]:
    """The owner's last word, once it has done what was asked. Raises CubeError with its reason where it failed."""
    if not path:
        raise CubeError(
            f"the cube is held by a process that takes no requests: try the {what} again when it is done"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(path)
        except OSError as error:
            raise CubeError(f"the cube's owner cannot be asked at {path}: {error}") from error
        for message in _answers(line, what):
            if "step" in message:
                progress(messages.step_of(message))
            elif "failed" in message:
                raise CubeError(f"the cube's owner could not {what}: {message['failed']}")
            else:
                return message
    raise CubeError(f"the cube's owner ended before the {what} was done")


def _answers(line: socket.socket, what: str) -> Iterator[dict[str, Any]]:
    """The messages until the owner says no more, of its own will or not."""
    try:
        line.sendall(messages.line({"ask": what}))
        with line.makefile("rb") as answers:
            for said in answers:
                yield json.loads(said)
    except ConnectionError:
        return
