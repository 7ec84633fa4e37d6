"""Asking the process that owns a cube."""

import json
import socket
from typing import Any

from olap.errors import CubeError
from olap.load import Progress, silent
from olap.owner import messages


def ask(path: str, what: str, progress: Progress = silent) -> dict[str, Any]:
    """The owner's last word, once it has done what was asked. Raises CubeError with its reason where it failed."""
    if not path:
        raise CubeError(
            f"the cube is held by a process that takes no requests: try the {what} again when it is done"
        )
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, line.makefile("rwb") as lines:
            line.connect(path)
            lines.write(messages.line({"ask": what}))
            lines.flush()
            for said in lines:
                message: dict[str, Any] = json.loads(said)
                if "step" in message:
                    progress(messages.step_of(message))
                elif "failed" in message:
                    raise CubeError(f"the cube's owner could not {what}: {message['failed']}")
                else:
                    return message
    except OSError as error:
        raise CubeError(f"the cube's owner cannot be asked at {path}: {error}") from error
    raise CubeError(f"the cube's owner ended before the {what} was done")
