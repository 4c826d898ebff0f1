"""A worker serves one queue: JSON alone, a process for each job, and a sign of life people can see."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from hotline import queues
from tests.conftest import environment
from tests.database import Database
from workflows.jobs import OUTBOX, QUEUES

ROOT = Path(__file__).parents[2]
SIGN = "select pid from heartbeat where role = 'worker-outbox'"


def mark(path: str) -> None:
    """Stands for a job: leaves a file that tells the process and the database role it ran as."""
    with psycopg.connect(os.environ["HOTLINE_DATABASE_URL"].replace("+psycopg", "")) as connection:
        role = connection.execute("select current_user").fetchone()[0]
    Path(path).write_text(f"{os.getpid()} {role}")


def hang(path: str) -> None:
    """Stands for a job that takes too long."""
    Path(path).write_text("begun")
    time.sleep(600)


@pytest.fixture
def valkey(redis_url: str, clean: Database) -> Iterator[redis.Redis]:
    with queues.connect(redis_url) as connection:
        yield connection


@pytest.fixture
def worker(clean: Database, redis_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of the queue `outbox`, as bin/run starts it."""
    told = {**os.environ, **environment(clean, redis_url), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-m", "hotline.worker", OUTBOX], env=told, cwd=ROOT)
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def soon(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 30
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(true())


def test_a_job_runs_in_a_process_of_its_own_and_the_worker_shows_it_lives(
    worker: "subprocess.Popen[bytes]", valkey: redis.Redis, admin: psycopg.Connection, tmp_path: Path
) -> None:
    queues.put(valkey, OUTBOX, "tests.jobs.test_worker.mark", [str(tmp_path / "done")], job_id="mark-1", timeout=30)

    assert soon((tmp_path / "done").exists)
    pid, role = (tmp_path / "done").read_text().split()
    assert int(pid) != worker.pid
    assert role == "hotline_app"
    assert soon(lambda: admin.execute(SIGN).fetchone() == (worker.pid,))


def test_pickled_work_is_never_opened(
    worker: "subprocess.Popen[bytes]", valkey: redis.Redis, tmp_path: Path
) -> None:
    pickled = Queue(OUTBOX, connection=valkey).enqueue("tests.jobs.test_worker.mark", str(tmp_path / "pickled"))
    queues.put(valkey, OUTBOX, "tests.jobs.test_worker.mark", [str(tmp_path / "json")], job_id="mark-2", timeout=30)

    assert soon((tmp_path / "json").exists)
    assert not (tmp_path / "pickled").exists()
    assert valkey.hget(pickled.key, "status") == b"failed"


def test_a_job_over_its_time_is_ended_and_the_next_one_runs(
    worker: "subprocess.Popen[bytes]", valkey: redis.Redis, tmp_path: Path
) -> None:
    queues.put(valkey, OUTBOX, "tests.jobs.test_worker.hang", [str(tmp_path / "begun")], job_id="hang", timeout=1)
    queues.put(valkey, OUTBOX, "tests.jobs.test_worker.mark", [str(tmp_path / "done")], job_id="mark-3", timeout=30)

    assert soon((tmp_path / "done").exists)
    hung = Job.fetch("hang", connection=valkey, serializer=JSONSerializer)
    assert hung.get_status() is JobStatus.FAILED


def test_a_worker_asked_to_stop_ends_well(worker: "subprocess.Popen[bytes]", admin: psycopg.Connection) -> None:
    assert soon(lambda: admin.execute(SIGN).fetchone())
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0


def test_the_same_job_is_not_queued_twice(valkey: redis.Redis) -> None:
    assert queues.put(valkey, OUTBOX, "tests.jobs.test_worker.mark", ["x"], job_id="twice", timeout=5) is True
    assert queues.put(valkey, OUTBOX, "tests.jobs.test_worker.mark", ["x"], job_id="twice", timeout=5) is False


def test_a_redis_that_is_away_is_said_at_once(tmp_path: Path) -> None:
    begun = time.monotonic()
    with queues.connect(f"unix://{tmp_path}/nowhere") as nowhere, pytest.raises(redis.ConnectionError):
        queues.put(nowhere, OUTBOX, "tests.jobs.test_worker.mark", ["x"], job_id="away", timeout=5)

    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["clocks", "outbox"]])
def test_a_worker_of_no_queue_or_of_several_is_refused(arguments: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "hotline.worker", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    known = "|".join((*QUEUES, "beat"))
    assert (told.returncode, told.stderr) == (2, f"usage: python -m hotline.worker {known}\n")
