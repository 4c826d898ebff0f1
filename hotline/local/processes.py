"""Programs this machine runs for us: how one is started, and how it is stopped for certain."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user a server runs as when we are root: one that owns nothing else we care for."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> "Account | None":
        """None when we are not root ourselves. Raises KeyError where the machine has no `nobody`."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through `folder`, all its parents counted."""
        probe = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', str(folder)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
        return probe.returncode == 0


@dataclass(frozen=True)
class Program:
    """A long-running child: what to run, as whom, what it is told on its standard input, how to stop it."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    account: Account | None = None
    stdin: bytes = b""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20.0
    tier: int = 1  # higher tiers use lower ones, and are stopped before them

    def start(self, output: int | IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start it in a session of its own, so that Ctrl-C reaches only whoever supervises."""
        child = subprocess.Popen(
            self.argv,
            env=dict(self.environ),
            cwd=self.cwd,
            stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=self._die_with_parent,  # noqa: PLW1509 - calls nothing but prctl
            **self._identity(),
        )
        if child.stdin:
            with contextlib.suppress(BrokenPipeError), child.stdin:
                child.stdin.write(self.stdin)
        return child

    def run(self, output: int | IO[bytes]) -> int:
        """Run it to its end; its exit status."""
        with self.start(output) as child:
            return child.wait()

    def _identity(self) -> dict[str, object]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def _die_with_parent(self) -> None:
        """A parent killed with -9 takes its children along (Linux; elsewhere the next start finds them)."""
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(self.stop_signal))


def stop(program: Program, child: "subprocess.Popen[bytes]") -> int:
    """Ask, wait `stop_seconds`, then kill its whole process group; its exit status."""
    if child.poll() is None:
        child.send_signal(program.stop_signal)
        try:
            child.wait(program.stop_seconds)
        except subprocess.TimeoutExpired:
            kill_group(child, signal.SIGKILL)
            child.wait()
    return child.returncode


def kill_group(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send a signal to the process and to whatever it started in its session's group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
