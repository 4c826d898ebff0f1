"""bin/run whole: everything up with no setting at all, the fallen back, everything down again."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline.local import Servers
from hotline.pulse import SIGNING

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-m", "hotline.local"]


def environ(var: Path, port: int, **more: str) -> dict[str, str]:
    """An environment of our own: what the tests are told must not reach it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    own = {"HOTLINE_VAR": str(var), "HOTLINE_BIND": f"127.0.0.1:{port}", "HOTLINE_DEMO": "0", "PYTHONPATH": str(ROOT)}
    return {**kept, **own, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder its servers may enter, removed with its data."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-test-"))
    folder.chmod(0o711)
    yield folder
    Servers({"HOTLINE_VAR": str(folder)}).home.remove()
    shutil.rmtree(folder, ignore_errors=True)


class Running:
    """One bin/run with its log in a file."""

    def __init__(self, var: Path, **more: str) -> None:
        self.port = free_port()
        self.log = var / "run.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                RUN, env=environ(var, self.port, **more), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_for(self, true: Callable[[], object], seconds: float = 60) -> None:
        """Return when `true` is; fail with the log when it never is."""
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def said(self, pattern: str) -> bool:
        """Whether a line of the log matches."""
        return re.search(pattern, self.log.read_text(), re.MULTILINE) is not None

    def answers(self) -> int:
        """The status of the sign-in page, 0 when nobody answers."""
        return self._get("/sign-in")[0]

    def settled(self) -> bool:
        """Whether every worker and the beat have been heard of: nothing is starting any more."""
        told = self._get("/metrics")[1]
        return all(f'hotline_silent_seconds{{role="{role}"}}' in told for role in SIGNING)

    def _get(self, path: str) -> tuple[int, str]:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", path)
            answer = web.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            web.close()

    def children(self) -> dict[str, int]:
        """The pids of its programs by what they are."""
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        marks = {"gunicorn": "web", "worker clocks": "clocks", "worker beat": "beat", "bin/postgres": "postgres"}
        found = {}
        for line in listed.splitlines():
            pid, _, args = line.strip().partition(" ")
            found |= {name: int(pid) for mark, name in marks.items() if mark in args}
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status after the signal."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def running(var: Path) -> Iterator[Running]:
    """Everything up."""
    made = Running(var)
    try:
        made.wait_for(lambda: made.said("^12345 hotline runs at http://127.0.0.1:"))
        made.wait_for(made.settled)
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()


def test_everything_comes_up_from_nothing(running: Running) -> None:
    assert running.answers() == 200
    assert running.children().keys() == {"web", "clocks", "beat", "postgres"}


def test_the_web_server_does_not_hold_the_owners_password(running: Running) -> None:
    held = Path(f"/proc/{running.children()['web']}/environ").read_bytes()

    assert b"HOTLINE_DATABASE_URL=postgresql://hotline_app:" in held
    assert b"hotline_owner" not in held


@pytest.mark.parametrize("name", ["clocks", "beat", "web", "postgres"])
def test_what_is_killed_comes_back(running: Running, name: str) -> None:
    first = running.children()[name]
    os.kill(first, signal.SIGKILL)

    running.wait_for(lambda: running.children().get(name, first) != first)
    running.wait_for(lambda: running.answers() == 200, 15)


def test_a_second_one_on_the_same_folder_is_refused(running: Running, var: Path) -> None:
    second = subprocess.run(
        RUN, env=environ(var, free_port()), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert second.returncode == 1
    assert f"in use by another bin/run or bin/hotline (process {running.process.pid})" in second.stderr


def test_a_taken_address_is_said_before_anything_is_started(running: Running, tmp_path: Path) -> None:
    second = subprocess.run(
        RUN, env=environ(tmp_path, running.port), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert second.returncode == 1
    assert f"Cannot listen on HOTLINE_BIND=127.0.0.1:{running.port}" in second.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_setting_is_said_before_anything_is_started(tmp_path: Path) -> None:
    told = subprocess.run(
        RUN,
        env=environ(tmp_path, free_port(), HOTLINE_WEB_WORKER="3"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert told.returncode == 1
    assert "did you mean HOTLINE_WEB_WORKERS" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    own = {
        "HOTLINE_DATABASE_URL": f"postgresql://hotline_app:x@/hotline?host={tmp_path}",
        "HOTLINE_REDIS_URL": f"unix://{tmp_path}/nowhere",
    }
    told = subprocess.run(
        RUN,
        env=environ(tmp_path, free_port(), **own),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert told.returncode == 1
    assert "The database cannot be reached" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_command_line_joins_what_runs(running: Running, var: Path) -> None:
    running.wait_for(lambda: "beat" in command(var, "heartbeats"))

    assert command(var, "audit", "verify") == "The history is whole.\n"


def command(var: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hotline.cli", *arguments],
        env=environ(var, free_port()),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_stops_whole_and_starts_again_on_the_same_data(running: Running, var: Path) -> None:
    pids = running.children().values()

    assert running.stop(signal.SIGINT) == 0
    assert running.said("^Stopped.$")
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert command(var, "audit", "verify") == "The history is whole.\n"
