"""From a clean checkout to serving with `make demo`, and a later start. Goals: 5 minutes with installation; 5 s.

Clones this checkout into an empty folder and runs the README's command there, with the demo company's default
size. `--tests` measures `make test` in the clone too (goal: 10 minutes).
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST_GOAL, LATER_GOAL, TESTS_GOAL = 300.0, 5.0, 600.0
HERE = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(port: int) -> dict[str, str]:
    return {**os.environ, "DANGOL_PORT": str(port)}


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def serving(command: list[str], folder: Path, port: int, *, limit: float) -> Iterator[float]:
    """The command serves in the folder; yields the seconds until it was ready. Ends what it started."""
    began = time.monotonic()
    started = subprocess.Popen(command, cwd=folder, env=environment(port), start_new_session=True)
    try:
        while not ready(port):
            if started.poll() is not None:
                raise SystemExit(f"{' '.join(command)} ended with {started.returncode}")
            if time.monotonic() - began > limit:
                raise SystemExit(f"{' '.join(command)} was not ready after {limit:.0f} s")
            time.sleep(0.05)
        yield time.monotonic() - began
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait(30)


def line(what: str, seconds: float, goal: float) -> bool:
    met = seconds <= goal
    print(f"{what:<48} {seconds:7.1f} s   (at most {goal:.0f} s)  {'ok' if met else 'MISSED'}", flush=True)
    return met


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tests", action="store_true", help="measure make test too")
    asked = options.parse_args()
    for name in [name for name in os.environ if name.startswith("DANGOL_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="dangol-startup-"))
    clone, port = folder / "dangol", free_port()
    try:
        subprocess.run(["git", "clone", "--quiet", str(HERE), str(clone)], check=True)  # noqa: S607
        (folder / "shared").symlink_to(HERE.parent / "shared")
        with serving(["make", "demo"], clone, port, limit=2 * FIRST_GOAL) as first:
            met = [line("clean checkout to serving (make demo)", first, FIRST_GOAL)]
        with serving([".venv/bin/dangol", "serve"], clone, port, limit=60) as later:
            met.append(line("a later start (dangol serve)", later, LATER_GOAL))
        if asked.tests:
            began = time.monotonic()
            subprocess.run(["make", "test"], cwd=clone, env=environment(port), check=True)  # noqa: S607
            met.append(line("make test", time.monotonic() - began, TESTS_GOAL))
        return 0 if all(met) else 1
    finally:
        discard(clone)
        shutil.rmtree(folder, ignore_errors=True)


def discard(clone: Path) -> None:
    """The embedded Postgres of the clone is gone too: for root it lies outside the checkout."""
    program = "from pathlib import Path; from domain.postgres import discard; discard(Path('.dangol'))"
    subprocess.run([str(clone / ".venv/bin/python"), "-c", program], cwd=clone, check=False)


if __name__ == "__main__":
    sys.exit(main())
