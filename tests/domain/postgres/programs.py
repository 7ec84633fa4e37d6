"""Other programs beside the test's own: they use a server until they are told to leave or are killed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pytest

import domain

FAST = {"fsync": "off", "shared_buffers": "16MB", "autovacuum": "off", "wal_compression": "off"}

USE_A_SERVER = """
import json, sys
from pathlib import Path
from domain.postgres import PostgresError, running
try:
    with running(Path(sys.argv[1]), settings=json.loads(sys.argv[2])) as server:
        print(json.dumps({"pid": server.pid, "url": server.url(), "data": str(server.data)}), flush=True)
        sys.stdin.read()
except PostgresError as error:
    print(json.dumps({"error": str(error)}), flush=True)
"""


def processes_in(data: Path) -> list[int]:
    """The pids of live processes whose working directory is `data`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def interpreter_for(user: str | None) -> str:
    """A Python of this version that `user` can run, or the test is skipped."""
    if user is None:
        return sys.executable
    usual = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    for candidate in (sys.executable, usual):
        if candidate and _can_import(candidate, user):
            return candidate
    pytest.skip(f"user {user} can reach no Python {sys.version_info[:2]} with this project's packages")


def import_path() -> dict[str, str]:
    """The environment in which any Python finds this project and its packages."""
    roots = [Path(domain.__file__).parents[1], Path(psutil.__file__).parents[1]]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PYTHONDONTWRITEBYTECODE": "1"}


@cache
def _can_import(python: str, user: str) -> bool:
    command = [python, "-c", "import domain.postgres"]
    try:
        tried = subprocess.run(
            command, env=import_path(), cwd="/", capture_output=True, check=False, user=user, extra_groups=[]
        )
    except OSError:
        return False
    return tried.returncode == 0


@dataclass
class Programs:
    """Starts programs on one data directory and ends those that are left."""

    data_dir: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(
        self, settings: Mapping[str, str] | None = None, *, user: str | None = None, wait: bool = True
    ) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        """A program that uses the server, and what it says of it (nothing yet if we do not `wait`)."""
        command = [
            interpreter_for(user),
            "-c",
            USE_A_SERVER,
            str(self.data_dir),
            json.dumps(settings or FAST),
        ]
        program = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=import_path(),
            cwd="/",
            user=user,
            extra_groups=[] if user else None,
        )
        self.started.append(program)
        return program, self.answer(program) if wait else {}

    def answer(self, program: subprocess.Popen[str]) -> dict[str, Any]:
        """What a program says once it has its server, or why it has none."""
        assert program.stdout is not None
        answer: dict[str, Any] = json.loads(program.stdout.readline())
        return answer

    def end(self) -> None:
        """All programs have left in good order, or were killed after 30 s."""
        for program in self.started:
            try:
                program.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                program.kill()
                program.communicate()
