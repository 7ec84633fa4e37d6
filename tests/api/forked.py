"""Commands as processes that need not load Python's libraries anew: each is forked from one that has.

It is a process of its own with its own environment, folder, output and exit code, as one that a shell starts; what is
not asked again is how long it takes to load what is loaded. That every command starts by itself, too, is shown by the
tests that use `dangol` itself.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

STARTER = """
import gc, importlib, json, multiprocessing, os, sys
from contextlib import suppress

gc.disable()
for name in sys.argv[1:]:
    module, _, function = name.partition(":")
    loaded = importlib.import_module(module)
    if function:
        getattr(loaded, function)()
from api.cli import main

gc.freeze()  # no child searches it, which would copy all of it: 0.2 s of each (measured)
gc.enable()
# What is asked comes by another descriptor: a command reads nothing from it.
asked, told = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w", buffering=1)
nothing = os.open(os.devnull, os.O_RDONLY)
os.dup2(nothing, 0)
for line in asked:
    if not os.fork():  # it waits for the command, which it starts
        break
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
else:
    os._exit(0)
command = json.loads(line)
child = os.fork()
if child:
    print(child, file=told)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    path = os.path.join(command["into"], "code")
    with open(path + ".new", "w") as file:
        file.write(str(code))
    os.rename(path + ".new", path)
    os._exit(0)
asked.close(), told.close()
if command["leads"]:
    os.setsid()
for number, name in ((1, "stdout"), (2, command["errors"])):
    file = os.open(os.path.join(command["into"], name), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, number)
    os.close(file)
os.chdir(command["folder"])
os.environ.clear()
os.environ.update(command["environment"])
if "uvicorn._subprocess" in sys.modules:  # a worker is forked as well
    sys.modules["uvicorn._subprocess"].spawn = multiprocessing.get_context("fork")
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

SERVING = (
    "api.app",
    "api.graphql.schema:schema",
    "api.jobs",
    "api.serving.supervisor",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvloop",
)
"""What a process that serves loads, ours too; but not DuckDB, which tells at the end of what nobody searched."""

LONGEST_SECONDS = 300
LOOK_SECONDS = 0.01


class Command:
    """A command that runs: what `subprocess.Popen` is to one that a shell starts."""

    def __init__(self, process_id: int, into: Path) -> None:
        self.pid = process_id
        self.returncode: int | None = None
        self._into = into

    def poll(self) -> int | None:
        """The exit code; none while it runs."""
        if self.returncode is None:
            with suppress(FileNotFoundError):
                self.returncode = int((self._into / "code").read_text())
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code of the command, which has ended. Raises TimeoutExpired."""
        end = time.monotonic() + (LONGEST_SECONDS if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or LONGEST_SECONDS)
            time.sleep(LOOK_SECONDS)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, which has ended. Raises TimeoutExpired."""
        self.wait(timeout)
        return self.written("stdout"), self.written("stderr")

    def written(self, name: str = "stdout") -> str:
        """What it has written so far."""
        path = self._into / name
        return path.read_text("utf-8") if path.exists() else ""

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Starter:
    """The process that has loaded the modules, and forks. `module:function` is called besides."""

    def __init__(self, *modules: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dangol-tests-"))
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
        started = self.start(*arguments, environment=environment, folder=folder, errors="stderr")
        try:
            written = started.communicate(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            raise
        return subprocess.CompletedProcess(["dangol", *arguments], started.wait(), *written)

    def start(
        self,
        *arguments: str,
        environment: dict[str, str],
        folder: Path,
        errors: str = "stdout",
        leads: bool = False,
    ) -> Command:
        """The command runs. Its errors are written to what else it writes; with `leads` it has a group of its own."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        into = tempfile.mkdtemp(dir=self._folder)
        asked = {
            "arguments": arguments,
            "environment": environment,
            "folder": str(folder),
            "into": into,
            "errors": errors,
            "leads": leads,
        }
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        return Command(int(self._process.stdout.readline()), Path(into))

    def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        shutil.rmtree(self._folder)


@cache
def starter(*modules: str) -> Starter:
    """One for each set of modules in each process of the tests."""
    return Starter(*modules)
