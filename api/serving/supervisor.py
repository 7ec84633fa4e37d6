"""The process that starts a worker, replaces one that died, and stops it in an orderly way."""

import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import wait
from types import FrameType

from uvicorn import Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from api import garbage
from api.logs import SERVER
from api.serving.connection import Connection
from api.serving.worker import DRAINING_SECONDS, Worker

CALLS_SECONDS = 20
"""So long calls in flight may take once the worker takes no more."""

CLOSING_SECONDS = 5
"""So long a worker may take to write what it holds and to close, once its calls have ended or were cut off."""

HUNG_SECONDS = 60
"""A worker that does not answer its starter for so long is replaced."""

IDLE_SECONDS = 75
"""A connection without a request is closed after so long: later than the minute after which proxies and pools of
clients give theirs up, so that no request is sent into a closing one."""

WAITING_CONNECTIONS = 1024

LARGEST_MESSAGE = 4 * 1024 * 1024
"""Of a WebSocket, in bytes. The application refuses those above one MiB in its own words; this bounds what is held."""

log = logging.getLogger("uvicorn.error")


def configured(target: str, *, host: str, port: int) -> Config:
    """How the application that `target` makes ("module:function") is served: by one worker, HTTP/1.1 and WebSocket."""
    return Config(
        target,
        factory=True,
        host=host,
        port=port,
        workers=1,
        loop="uvloop",
        http=Connection,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,  # 64 KiB a connection, for messages of some hundred bytes
        lifespan="on",
        log_config=SERVER,
        log_level=SERVER["loggers"]["uvicorn"]["level"].lower(),
        access_log=False,
        proxy_headers=False,  # who asks is who is connected: nobody may say that he is on this machine
        server_header=False,
        backlog=WAITING_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=CALLS_SECONDS,
        timeout_worker_healthcheck=HUNG_SECONDS,
    )


class _Started(Process):
    """A worker's process. Who asks how it is does not wait for one that has ended."""

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        garbage.postpone()
        super().target(sockets)

    def _healthcheck(self, timeout: float) -> bool | None:
        try:
            self.parent_conn.send(b"ping")
            told = wait([self.parent_conn, self.process.sentinel], timeout)
            return bool(self.parent_conn.recv()) if self.parent_conn in told else None
        except (OSError, EOFError):
            return None

    @property
    def server(self) -> Worker:
        if self._server is None:
            self._server = Worker(self.config)
        return self._server  # type: ignore[return-value]  # it is made here


class Supervisor(Multiprocess):
    """uvicorn's supervisor, which tells workers to stop in the moment in which it is told, and waits so long for them
    and no longer. `failed`: no worker could start."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.failed = False
        self._has_served = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)

    def init_processes(self) -> None:
        self.processes = [self._begun() for _ in range(self.processes_num)]

    def join_all(self) -> None:
        calls = self.config.timeout_graceful_shutdown or 0
        for each in self.processes:
            each.process.join(DRAINING_SECONDS + calls + CLOSING_SECONDS)
            if each.process.is_alive():
                each.process.kill()
                each.process.join()

    def keep_subprocess_alive(self) -> None:
        """A worker that died is replaced, even while it cannot start, once one has served: the store may be away for a
        while. Where none ever has, and it was not killed, this process ends."""
        for at, each in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if each.is_alive(timeout=self.config.timeout_worker_healthcheck):
                self._has_served = self._has_served or each.is_ready()
                continue
            each.kill()
            each.join()
            if self.should_exit.is_set():
                return
            if not self._has_served and (each.exitcode or 0) > 0:
                self.failed = True
                self.should_exit.set()
                return
            log.warning("a worker died, the next one starts")
            self.processes[at] = self._begun()

    def handle_term(self) -> None:
        super().handle_term()
        self._listen_no_more()

    def handle_int(self) -> None:
        super().handle_int()
        self._listen_no_more()

    def _listen_no_more(self) -> None:
        """Once the worker takes no more connections, nobody does: else some would wait here until they are reset."""
        for listening in self.sockets:
            listening.close()

    def _begun(self) -> Process:
        made = _Started(self.config, self.sockets)
        made.start()
        return made

    def _told(self, number: int, _: FrameType | None) -> None:
        self.signal_queue.append(number)
        for each in self.processes:
            if each.pid is not None and each.exitcode is None:
                with suppress(ProcessLookupError):
                    os.kill(each.pid, signal.SIGTERM)


def supervise(config: Config) -> None:
    """The application is served until a signal ends it. Ends this process with 1 where it could not start."""
    listening = config.bind_socket()
    supervisor = Supervisor(config, [listening])
    try:
        supervisor.run()
    finally:
        listening.close()
    if supervisor.failed:
        sys.exit(1)


def main() -> None:
    """`python -m api.serving.supervisor MODULE:FUNCTION HOST PORT`: what benchmarks serve their applications with."""
    target, host, port = sys.argv[1:]
    supervise(configured(target, host=host, port=int(port)))


if __name__ == "__main__":
    main()
