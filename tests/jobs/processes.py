"""Real programs for tests of faults: started, looked at, killed, and a Valkey of one's own to take away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from hotline.local import Servers

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def soon(true: Callable[[], object], seconds: float = PATIENCE, pause: float = 0.05) -> float:
    """Seconds until something was true; fails when it never is."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not so after {seconds} s"
        time.sleep(pause)
    return time.monotonic() - begun


def children(pid: int) -> list[int]:
    """The processes a process has started and not yet buried."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


class Programs:
    """Programs of this application, ended with the test."""

    def __init__(self, told: Mapping[str, str], logs: Path) -> None:
        self.told = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
        self.logs = logs
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        """`python -m …`, its words in a file of the test's folder."""
        name = f"{len(self.running)}-{module[-1].replace(':', '-')}.log"
        with (self.logs / name).open("wb") as log:
            made = subprocess.Popen(
                [sys.executable, "-m", *module], env=self.told, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        self.running.append(made)
        return made

    def end(self) -> None:
        """Stop what still runs, and what a killed one left behind has ended by itself or ends now."""
        for one in self.running:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        for one in self.running:
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


class OwnServer:
    """A PostgreSQL or a Valkey that may be frozen and killed; it comes back at the same address."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.start()

    @property
    def url(self) -> str:
        """Where the application finds it."""
        return next(iter(self.servers.urls().values()))

    @property
    def data(self) -> Path:
        """The folder of all it has written."""
        return self.servers.home.place / ("postgres" if self.servers.wants_postgres else "valkey")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.program = self.servers.prepare()[0]
        self.child = self.program.start(subprocess.DEVNULL)
        self.servers.wait(lambda: self.child.poll() is None)

    def freeze(self) -> None:
        """It takes connections and says nothing any more."""
        self.child.send_signal(signal.SIGSTOP)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Gone at once, unless another signal asks for less, with all it held in memory."""
        self.child.send_signal(number)
        self.child.wait()


@contextmanager
def own_server(environ: Mapping[str, str], *, scratch: bool = True) -> Iterator[OwnServer]:
    """A server of this test alone: the one whose address `environ` leaves out."""
    var = Path(tempfile.mkdtemp(prefix="hotline-test-"))
    var.chmod(0o711)
    servers = Servers({"HOTLINE_VAR": str(var), **environ}, scratch=scratch)
    servers.home.make_var()
    made = OwnServer(servers)
    try:
        yield made
    finally:
        made.kill()
        servers.home.remove()
        shutil.rmtree(var, ignore_errors=True)


def own_valkey(*, scratch: bool = True) -> AbstractContextManager[OwnServer]:
    """A Valkey of this test alone."""
    return own_server({"HOTLINE_DATABASE_URL": "postgresql://elsewhere/hotline"}, scratch=scratch)


def own_postgres() -> AbstractContextManager[OwnServer]:
    """A PostgreSQL of this test alone, as durable as one in service."""
    folder = os.environ.get("HOTLINE_POSTGRES_BIN", "")
    return own_server({"HOTLINE_REDIS_URL": "redis://elsewhere", "HOTLINE_POSTGRES_BIN": folder}, scratch=False)
