"""Programs kept running in one terminal."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.local.processes import Program
from hotline.local.supervisor import Stopped, Supervisor

SAY_AND_STAY = "print('alive', flush=True); import time; time.sleep(600)"
STUBBORN = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); open({!r}, 'w').close(); time.sleep(600)"


def program(name: str, code: str, **how: object) -> Program:
    return Program(name, (sys.executable, "-c", code), dict(os.environ), Path.cwd(), **how)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor()
    with made.listening():
        yield made


def until(supervisor: Supervisor, done: object) -> None:
    deadline = time.monotonic() + 20
    supervisor.until(lambda: done() or time.monotonic() > deadline)
    assert done()


def test_every_line_bears_its_program(supervisor: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    assert supervisor.run(program("step", "print('one'); print('two', end='')")) == 0

    assert capsys.readouterr().out == "step           | one\nstep           | two\n"


def test_a_step_that_fails_is_not_tried_again(supervisor: Supervisor) -> None:
    assert supervisor.run(program("step", "raise SystemExit(3)")) == 3
    assert supervisor.children == []


def test_what_is_killed_is_started_again(supervisor: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    child = supervisor.start(program("worker", SAY_AND_STAY))
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    until(supervisor, lambda: child.running and child.process.pid != first)

    assert "was killed by signal 9; starting it again" in capsys.readouterr().out


def test_what_falls_again_and_again_is_started_ever_more_slowly(supervisor: Supervisor) -> None:
    child = supervisor.start(program("worker", "raise SystemExit(1)"))

    until(supervisor, lambda: child.pause >= 0.8)

    assert child.pause <= 5


def test_what_it_started_itself_goes_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess; child = subprocess.Popen(['sleep', '600'])\n"
        f"with open({str(note)!r}, 'w') as note: note.write(f'{{child.pid}} ')\n"
        "child.wait()"
    )
    child = supervisor.start(program("web", code))
    until(supervisor, lambda: note.exists() and note.read_text().endswith(" "))
    grandchild = int(note.read_text())
    os.kill(child.process.pid, signal.SIGKILL)

    until(supervisor, lambda: child.again_at is not None or child.running)
    until(supervisor, lambda: gone(grandchild))


def gone(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or " Z " in state.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(number: signal.Signals) -> None:
    supervisor = Supervisor()
    with supervisor.listening():
        child = supervisor.start(program("worker", SAY_AND_STAY))
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        with pytest.raises(Stopped):
            supervisor.until(lambda: False)

    assert child.process.returncode == -signal.SIGTERM


def test_servers_outlive_what_uses_them() -> None:
    ended: list[str] = []
    supervisor = Supervisor()
    with supervisor.listening():
        server = supervisor.start(program("server", SAY_AND_STAY, tier=0))
        user = supervisor.start(program("user", SAY_AND_STAY))
        watch = threading.Thread(target=lambda: (user.process.wait(), ended.append(str(server.process.poll()))))
        watch.start()
    watch.join(10)

    assert ended == ["None"]
    assert not server.running


def test_what_does_not_stop_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ready = tmp_path / "ready"
    supervisor = Supervisor()
    with supervisor.listening():
        child = supervisor.start(program("stubborn", STUBBORN.format(str(ready)), stop_seconds=0.3))
        until(supervisor, ready.exists)

    assert child.process.returncode == -signal.SIGKILL
    assert capsys.readouterr().out == "stubborn       | does not stop; killed\n"
