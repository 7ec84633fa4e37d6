"""The packages of this folder, installed once for all workers, and scripts run with them."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.node import NODE, environment, installed

HERE = Path(__file__).resolve().parent
LOCK = Path(tempfile.gettempdir()) / f"dangol-npm-{os.getuid()}.lock"


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time installs; the others wait and find it done."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def packages() -> Path:
    """The folder with the packages. Skips the test where npm can reach no registry."""
    with _alone():
        try:
            return installed(HERE)
        except RuntimeError as error:
            pytest.skip(f"the npm clients are not tested: {error}")


@dataclass(frozen=True)
class Node:
    """A folder of one test's own, in which scripts find the packages."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Node":
        (folder / "node_modules").symlink_to(packages() / "node_modules")
        for script in HERE.glob("*.mjs"):
            shutil.copy(script, folder)
        shutil.copytree(HERE / "graphiql", folder / "graphiql")
        return cls(folder)

    def run(self, script: str, *arguments: str, **told: str) -> subprocess.CompletedProcess[str]:
        """The script has run, within a minute; `told` are variables of its environment."""
        return self.call([str(NODE), script, *arguments], told)

    def tool(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of a package has run."""
        return self.call([str(self.folder / "node_modules" / ".bin" / name), *arguments], {})

    def call(self, command: list[str], told: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**environment(), **told},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def told(self, script: str, **told: str) -> Any:
        """What the script prints, as JSON. Fails with its errors where it fails."""
        done = self.run(script, **told)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)
