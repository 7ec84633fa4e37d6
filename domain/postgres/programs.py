"""Running one of PostgreSQL's programs."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.postgres import accounts
from domain.postgres.accounts import Account
from domain.postgres.errors import PostgresError

# Nothing of ours may leak in: PGHOST, PGOPTIONS, LC_ALL and their kin would change what the programs do.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and what it said."""

    code: int
    said: str

    def last_lines(self, count: int = 5) -> str:
        """The end of what it said, in one line."""
        return in_one_line(self.said, count)


def in_one_line(text: str, count: int = 5) -> str:
    """The last `count` lines that are not empty, joined by bars."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-count:])


def run(
    program: Path,
    *arguments: str,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    output: IO[str] | None = None,
    timeout: float = 120,
) -> Outcome:
    """Run to the end, as `account` if one is given; `said` is empty if `output` took it.

    With `output` no pipe is made: a server started so would hold the pipe open for as long as it lives.
    Raises PostgresError if it cannot be started or does not end in time (seconds).
    """
    command = [str(program), *arguments]
    try:
        done = _run(command, account, {**ENVIRONMENT, **(environment or {})}, stdin, output, timeout)
    except subprocess.TimeoutExpired as error:
        raise PostgresError(f"{program} did not end within {timeout:.0f} s") from error
    except (OSError, subprocess.SubprocessError) as error:
        user = account.name if account else "this user"
        raise PostgresError(f"cannot run {program} as {user}: {error}") from error
    return Outcome(done.returncode, done.stdout or "")


def _run(
    command: list[str],
    account: Account | None,
    environment: dict[str, str],
    stdin: str | None,
    output: IO[str] | None,
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    switch = account is not None and accounts.is_root()
    return subprocess.run(  # noqa: S603 - our own program and arguments, no shell
        command,
        env=environment,
        cwd="/",
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        stdout=output if output is not None else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
        start_new_session=True,  # Ctrl-C in our terminal is not meant for the server
        umask=0o077,
        user=account.uid if switch and account else None,
        group=account.gid if switch and account else None,
        extra_groups=[] if switch else None,
    )
