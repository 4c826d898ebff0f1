"""Several programs in one terminal: one log, the fallen started again, all of them stopped together."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

from hotline.local.processes import Program, kill_group

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a fallen program is started again; doubles each time
STEADY_SECONDS = 20.0  # having run so long, the next fall counts as the first
NAME_WIDTH = 15


class Stopped(Exception):  # noqa: N818 - an event, not an error
    """Somebody asked the whole to stop."""


@dataclass(eq=False)
class Child:
    """A program and its present process."""

    program: Program
    process: "subprocess.Popen[bytes]"
    started: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None
    rest: bytes = b""
    once: bool = False

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self.process.poll() is None


@dataclass
class Supervisor:
    """Starts programs, writes their output with their name in front, and keeps them running."""

    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Turn Ctrl-C, TERM and HUP into `Stopped`, and stop every child at the end of the block."""
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._stop) for number in signals}
        try:
            yield
        finally:
            self.stopping = True
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()

    def start(self, program: Program, *, once: bool = False) -> Child:
        """Start a program; unless `once`, it is started again whenever it ends."""
        child = Child(program, self._process(program), time.monotonic(), once=once)
        self.children.append(child)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        return child

    def run(self, program: Program) -> int:
        """Run a program to its end while the others go on; its exit status."""
        child = self.start(program, once=True)
        self.until(lambda: not child.running)
        self._drain(child)
        self.children.remove(child)
        return child.process.returncode

    def until(self, done: Callable[[], bool]) -> None:
        """Keep everything running until `done` says so. Raises `Stopped` when asked to stop."""
        while not done():
            self.tend()

    def tend(self, seconds: float = 0.1) -> None:
        """Write what the children say, and start again those that fell. Raises `Stopped` when asked to stop."""
        if self.stopping:
            raise Stopped
        for key, _ in self._selector.select(seconds):
            self._pass_on(key.data)
        for child in self.children:
            if not child.once and not child.running:
                self._start_again(child)

    def say(self, text: str) -> None:
        """A line of our own, without a name in front."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _process(self, program: Program) -> "subprocess.Popen[bytes]":
        process = program.start(subprocess.PIPE)
        os.set_blocking(process.stdout.fileno(), False)
        return process

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at is None:
            kill_group(child.process, signal.SIGTERM)  # what it left behind, such as the web server's workers
            self._drain(child)
            if now - child.started > STEADY_SECONDS:
                child.pause = FIRST_PAUSE
            child.again_at = now + child.pause
            ended = child.process.returncode
            how = f"was killed by signal {-ended}" if ended < 0 else f"ended with status {ended}"
            self._write(child, f"{how}; starting it again in {child.pause:.1f} s".encode())
            child.pause = min(child.pause * 2, LONGEST_PAUSE)
        elif now >= child.again_at:
            child.process, child.started, child.again_at = self._process(child.program), now, None
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _pass_on(self, child: Child) -> bool:
        """Write the complete lines that have come; whether more may be waiting."""
        try:
            got = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        *lines, child.rest = (child.rest + got).split(b"\n")
        for line in lines:
            self._write(child, line)
        if not got:
            self._close(child)
        return bool(got)

    def _drain(self, child: Child) -> None:
        """What an ended process left in its pipe, and no more: its own children may still hold the other end."""
        while not child.process.stdout.closed and self._pass_on(child):
            pass
        if not child.process.stdout.closed:
            self._close(child)

    def _close(self, child: Child) -> None:
        if child.rest:
            self._write(child, child.rest)
        child.rest = b""
        self._selector.unregister(child.process.stdout)
        child.process.stdout.close()

    def _write(self, child: Child, line: bytes) -> None:
        sys.stdout.write(f"{child.program.name:<{NAME_WIDTH}}| {line.decode(errors='replace')}\n")
        sys.stdout.flush()

    def _stop_all(self) -> None:
        """The last started first; those of one `tier` together, so that servers outlive what uses them."""
        for tier in sorted({child.program.tier for child in self.children}, reverse=True):
            self._stop_tier([child for child in self.children if child.program.tier == tier])

    def _stop_tier(self, children: list[Child]) -> None:
        running = [child for child in children if child.running]
        for child in running:
            child.process.send_signal(child.program.stop_signal)
        begun = time.monotonic()
        while late := [child for child in running if child.running]:
            for key, _ in self._selector.select(0.05):
                self._pass_on(key.data)
            for child in late:
                if time.monotonic() - begun > child.program.stop_seconds:
                    self._write(child, b"does not stop; killed")
                    kill_group(child.process, signal.SIGKILL)
                    child.process.wait()
        for child in children:
            self._drain(child)
