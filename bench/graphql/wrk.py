"""Load by wrk: requests a second, and how long the slowest hundredth took."""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """Answers a second, and the 99th percentile of their latency in milliseconds."""

    per_second: float
    p99: float


def load(port: int, bodies: Sequence[bytes], headers: Mapping[str, str], seconds: int) -> Load:
    """The bodies were posted in turn to /graphql for so long. Raises RuntimeError for an answer that is not 200."""
    told = ", ".join(f'["{name}"] = "{value}"' for name, value in headers.items())
    texts = ",\n".join(f"[==[{body.decode()}]==]" for body in bodies)
    script = f"""
        local bodies, made, n = {{ {texts} }}, {{}}, 0
        init = function()
            for i, body in ipairs(bodies) do made[i] = wrk.format("POST", "/graphql", {{ {told} }}, body) end
        end
        request = function() n = n % #made + 1; return made[n] end
    """
    return run(port, script, seconds)


def run(port: int, script: str, seconds: int, *, connections: int = CONNECTIONS) -> Load:
    """The server was asked what the script says, for so long. Raises RuntimeError for an answer that is not 200."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        Path(file.name).write_text(script)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", file.name]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        )
    return _read(done.stdout)


def _read(printed: str) -> Load:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", printed)
    if rate is None or slow is None or "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(printed)
    return Load(float(rate[1]), float(slow[1]) * _UNITS[slow[2]])
