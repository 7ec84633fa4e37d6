"""The original Slicer 1.1, in a virtual environment of its own: it needs libraries of its time."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent

NEEDED = (
    "cubes==1.1",
    "sqlalchemy==1.3.24",
    "flask==1.1.4",
    "werkzeug==0.16.1",
    "jinja2==2.11.3",
    "markupsafe<2.1",
    "itsdangerous<2.1",
    "click<8.1",
    "setuptools<81",
    "psycopg2-binary==2.9.10",
)


class NotHere(Exception):
    """The original cannot be had: says why."""


def interpreter() -> Path:
    """The Python of an environment that has the original; made once. Raises NotHere without a registry."""
    digest = hashlib.sha256("\n".join(NEEDED).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dangol-slicer-{os.getuid()}-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *NEEDED]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotHere(f"pip could not install it: {done.stderr.strip()[-200:]}")
        (folder / "complete").touch()
    return python


@contextmanager
def serving(url: str, schema: str) -> Iterator[int]:
    """The port of the original server on the star in that schema of a Postgres. Raises NotHere."""
    python = interpreter()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    told = json.dumps({"url": url, "schema": schema, "port": port})
    command = [str(python), str(HERE / "serve.py"), told]
    with tempfile.TemporaryFile("w+") as said:
        # Its own libraries alone: nothing of ours is on its path.
        process = subprocess.Popen(command, env={"PATH": os.environ["PATH"]}, stdout=said, stderr=said)
        try:
            if not _listens(port, process):
                said.seek(0)
                raise RuntimeError(f"the original Slicer did not start: {said.read()[-500:]}")
            yield port
        finally:
            process.kill()
            process.wait(30)


def _listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
