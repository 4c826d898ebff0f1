"""The faults: what is killed, stopped, emptied, filled, doubled, delivered again, raced against, set wrong."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from hotline import queues
from tests.chaos.site import in_time
from tests.chaos.trial import Trial
from tests.jobs.processes import Programs, children
from workflows import upkeep
from workflows.jobs import CLOCKS
from workflows.model import base
from workflows.model.leaps import HELD

SWEEP_JOB = "workflows.jobs.sweep_clocks"
DUPLICATES = 10
#: The one clock, standing so far away from what it says by itself.
SET_CLOCK = """
    CREATE OR REPLACE FUNCTION hotline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
      SELECT statement_timestamp() + interval '%s'
             + coalesce(nullif(current_setting('hotline.time_shift', true), '')::interval, interval '0')
    $$
"""
FIRED_AHEAD = "SELECT count(*) FROM ticket_event WHERE kind IN ('warned', 'expired') AND at > now()"
HELD_NOW = f"SELECT count(*) FROM heartbeat WHERE role = '{HELD}'"


def kill_worker(worker: int, _job: int) -> None:
    """The parent alone, as the kernel does when memory is short: its job runs on, an orphan."""
    os.kill(worker, signal.SIGKILL)


def kill_job(_worker: int, job: int) -> None:
    """The process of the job alone."""
    os.kill(job, signal.SIGKILL)


def kill_both(worker: int, job: int) -> None:
    """Both."""
    os.kill(worker, signal.SIGKILL)
    os.kill(job, signal.SIGKILL)


def workers_killed(tried: Trial) -> None:
    """T01: a worker of the clocks, its job, or both, in the middle of a sweep."""
    for kill in (kill_worker, kill_job, kill_both) * tried.often:
        tried.ripen()
        with tried.site.mid_sweep() as (worker, job):
            kill(worker, job)
        tried.until_whole()
        tried.until_fired()


def web_killed(tried: Trial) -> None:
    """T02: a web server's worker, then its master, while requests come in."""
    for machine in itertools.islice(itertools.cycle(tried.site.machines), tried.often):
        for victim in (_web_worker, _web_master):
            tried.ripen(4)
            os.kill(victim(machine), signal.SIGKILL)
            tried.until_whole()
            tried.until_more_are_acknowledged()


def _web_master(machine) -> int:
    return machine.pids("gunicorn")[0]


def _web_worker(machine) -> int:
    return children(_web_master(machine))[0]


def beats_killed(tried: Trial) -> None:
    """Both beats, so that whoever led is among them."""
    for _ in range(tried.often):
        tried.ripen()
        for machine in tried.site.machines:
            os.kill(machine.pids("hotline.worker", "beat")[0], signal.SIGKILL)
        tried.until_whole()
        tried.until_fired()


def database_ended_by(number: signal.Signals) -> Callable[[Trial], None]:
    """T05: the database goes by this signal and comes back."""

    def strike(tried: Trial) -> None:
        for _ in range(tried.often):
            tried.ripen()
            tried.until_more_are_acknowledged()
            tried.site.postgres.kill(number)
            time.sleep(tried.lasting)
            tried.site.postgres.start()
            tried.until_fired()
            tried.until_more_are_acknowledged()

    return strike


def tables_locked(tried: Trial) -> None:
    """T17: somebody locks the tickets and goes for lunch; nobody waits for ever, and all goes on afterwards."""
    for _ in range(tried.often):
        with tried.site.behind() as connection, connection.transaction():
            connection.execute("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE")
            in_time(lambda: tried.log.statuses[503])
            time.sleep(tried.lasting)
        tried.ripen()
        tried.until_more_are_acknowledged()
        tried.until_fired()


def redis_gone(tried: Trial) -> None:
    """T06a: no Redis while clocks come due and requests come in; the beat fires by itself."""
    for _ in range(tried.often):
        tried.site.valkey.kill()
        tried.ripen()
        begun = time.monotonic()
        tried.until_fired()
        while time.monotonic() - begun < tried.lasting:
            tried.ripen(2)
            tried.until_fired()
        tried.site.valkey.start()
        tried.until_whole()


def redis_flushed(tried: Trial) -> None:
    """T06b: everything in it is gone from one moment to the next."""
    for _ in range(tried.often):
        tried.ripen()
        with tried.site.redis() as valkey:
            valkey.flushall()
        tried.until_fired()


def redis_emptied(tried: Trial) -> None:
    """T06c: killed, and comes back with an empty folder."""
    for _ in range(tried.often):
        tried.ripen()
        tried.site.valkey.kill()
        for part in tried.site.valkey.data.iterdir():
            shutil.rmtree(part) if part.is_dir() else part.unlink()
        tried.site.valkey.start()
        tried.until_fired()


def redis_full(tried: Trial) -> None:
    """T06d: it takes nothing more (noeviction), so that nothing can be put into a queue."""
    with tried.site.redis() as valkey:
        for _ in range(tried.often):
            valkey.config_set("maxmemory", "1")
            tried.ripen()
            tried.until_fired()
            valkey.config_set("maxmemory", "0")
            tried.until_whole()


def redis_paused(tried: Trial) -> None:
    """T06e: it takes connections and answers nobody for a while."""
    for _ in range(tried.often):
        with tried.site.redis() as valkey:
            valkey.execute_command("CLIENT", "PAUSE", int(tried.lasting * 1000), "ALL")
        tried.ripen()
        tried.until_fired()
        in_time(partial(_answers, tried))


def _answers(tried: Trial) -> bool:
    try:
        with tried.site.redis() as valkey:
            return valkey.ping()
    except RedisError:
        return False


def two_of_everything(tried: Trial) -> None:
    """T04: three beats, four workers of the clocks, and the sweep ten times over in the queue."""
    more = Programs(tried.site.told, tried.site.folder)
    try:
        for role in (CLOCKS, CLOCKS, "beat"):
            more.start("hotline.worker", role)
        for turn in range(tried.often):
            tried.ripen(40)
            for number in range(DUPLICATES):
                put_sweep(tried, f"duplicate-{turn}-{number}")
            tried.until_fired()
    finally:
        more.end()


def put_sweep(tried: Trial, name: str) -> None:
    """A sweep of that name into the queue of the clocks."""
    with tried.site.redis() as valkey:
        queues.put(valkey, CLOCKS, SWEEP_JOB, job_id=name, timeout=60)


def sweep_stopped(tried: Trial) -> None:
    """T04: a sweep is frozen with its rows locked; the others go on; then it wakes."""
    for _ in range(tried.often):
        tried.ripen()
        with tried.site.mid_sweep() as (_worker, job):
            os.kill(job, signal.SIGSTOP)
        try:
            time.sleep(tried.lasting)
        finally:
            os.kill(job, signal.SIGCONT)
        tried.until_fired()


def delivered_again(tried: Trial) -> None:
    """T09: the same job comes again while an orphan of its first delivery still runs, and once more when done."""
    for turn in range(tried.often):
        tried.ripen()
        put_sweep(tried, f"again-{turn}")
        with tried.site.mid_sweep() as (worker, _job), tried.site.redis() as valkey:
            queue = Queue(CLOCKS, connection=valkey, serializer=JSONSerializer)
            os.kill(worker, signal.SIGKILL)
            valkey.rpush(queue.key, *[f"again-{turn}"] * 3)
        tried.until_fired()
        tried.until_whole()


def raced(tried: Trial) -> None:
    """T10: units sign and dispatchers take tickets back at the very moment their clocks run out."""
    for _ in range(tried.often):
        numbers = tried.ripen(30, within=4.0, after=1.0)
        seen = tried.site.versions(numbers)
        with ThreadPoolExecutor(8) as people:
            answers = set(people.map(partial(_act, tried), itertools.count(), numbers, map(seen.get, numbers)))
        assert 200 in answers
        assert answers <= {200, 409}
        tried.until_fired()


def _act(tried: Trial, number: int, no: str, version: int) -> int:
    account, move = (
        ("housing", {"move": "sign"}) if number % 2 else ("dispatcher", {"move": "recall", "reason": "NEW_FACTS"})
    )
    return tried.site.send(number % 2, account, f"/tickets/{no}/moves", move | {"version": version})[0]


def clock_leaps(tried: Trial) -> None:
    """T07: the one clock leaps a day ahead, comes back, and goes a day back; nothing fires before its time."""
    for _ in range(tried.often):
        tried.ripen(after=1800.0)
        set_clock(tried, "1 day")
        in_time(lambda: tried.site.number(HELD_NOW))
        _wait_some_sweeps(tried)
        set_clock(tried, "0")
        confirm(tried)
        set_clock(tried, "-1 day")
        _wait_some_sweeps(tried)
        set_clock(tried, "0")
        in_time(lambda: tried.site.number(HELD_NOW))  # for it leapt a day ahead again
        confirm(tried)
        tried.ripen()
        tried.until_fired()


def _wait_some_sweeps(tried: Trial) -> None:
    """Three pauses between sweeps later nothing has fired."""
    time.sleep(3.0)
    assert tried.site.number(FIRED_AHEAD) == 0


def confirm(tried: Trial) -> None:
    """Somebody has looked at the clock and found it right."""
    with tried.site.app.app_context():
        upkeep.forget_sign(HELD)
        base.db.session.remove()


def set_clock(tried: Trial, shift: str) -> None:
    """Let the database's clock stand so far from the true time."""
    with tried.site.behind() as connection:
        connection.execute(SET_CLOCK % shift)
