"""Commands as processes that need not load Python's libraries anew: each is forked from one that has.

It is a process of its own with its own environment, folder, output and exit code, as one that a shell starts; what is
not asked again is how long it takes to load what is loaded. That every command starts by itself, too, is shown by the
tests that use `dangol` itself.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

STARTER = """
import gc, importlib, json, os, sys

gc.disable()
for name in sys.argv[1:]:
    importlib.import_module(name)
from api.cli import main

gc.freeze()  # no child searches it, which would copy all of it: 0.2 s of each (measured)
gc.enable()
# What is asked comes by another descriptor: a command reads nothing from it.
asked, told = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w", buffering=1)
nothing = os.open(os.devnull, os.O_RDONLY)
os.dup2(nothing, 0)
for line in asked:
    command = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(child, file=told)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), file=told)
else:
    os._exit(0)
asked.close(), told.close()
for number, name in ((1, "stdout"), (2, "stderr")):
    file = os.open(os.path.join(command["into"], name), os.O_WRONLY | os.O_CREAT)
    os.dup2(file, number)
    os.close(file)
os.chdir(command["folder"])
os.environ.clear()
os.environ.update(command["environment"])
sys.argv = ["dangol", *command["arguments"]]
main()
"""

LIBRARIES = (
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
    "rich.table",
)
"""Nothing of ours beyond what each command loads to know what it is asked: what a command needs, it loads itself."""


LONGEST_SECONDS = 300


class Starter:
    """The process that has loaded the modules, and forks."""

    def __init__(self, *modules: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTER, *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what was read ahead, nobody would be told to wait for
        )
        atexit.register(self._end)

    def run(
        self, *arguments: str, environment: dict[str, str], folder: Path
    ) -> "subprocess.CompletedProcess[str]":
        """The command has ended: its exit code and what it wrote."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as into:
            asked = {
                "arguments": arguments,
                "environment": environment,
                "folder": str(folder),
                "into": into,
            }
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            code = self._ended(int(self._process.stdout.readline()))
            written = [(Path(into) / name).read_text("utf-8") for name in ("stdout", "stderr")]
        return subprocess.CompletedProcess(["dangol", *arguments], code, *written)

    def _ended(self, command: int) -> int:
        """The exit code of the command with this process id. Raises TimeoutError for one that does not end."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], LONGEST_SECONDS)
        if not ready:
            os.kill(command, signal.SIGKILL)
            self._process.stdout.readline()
            raise TimeoutError
        return int(self._process.stdout.readline())

    def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@cache
def starter(*modules: str) -> Starter:
    """One for each set of modules in each process of the tests."""
    return Starter(*modules)
