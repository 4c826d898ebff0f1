"""The beat wakes each queue once per slot, and works by itself while Redis is away."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
import redis
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from hotline import beat as beats
from hotline.beat import Beat, slot_of
from tests.database import Database
from workflows import upkeep
from workflows.jobs import BULK, CLOCKS, QUEUES, SCHEDULE, SMS, Tick
from workflows.model import leaps
from workflows.model.base import db as database
from workflows.model.leaps import HELD, Look

SHANGHAI = ZoneInfo("Asia/Shanghai")
FAST = Tick("fast", CLOCKS, "tests.jobs.test_beat.note_fast", timeout=30, every=3600)
SLOW = Tick("slow", BULK, "tests.jobs.test_beat.note_slow", timeout=30, every=3600)
BROKEN = Tick("broken", CLOCKS, "tests.jobs.test_beat.fail", timeout=30, every=3600)
STUCK = Tick("stuck", SMS, "tests.jobs.test_beat.wait_for_somebody", timeout=30, every=3600)
Make = Callable[..., Beat]
Switch = Callable[[bool], None]
Waiting = Callable[[str], list[str]]
noted: list[str] = []
over = threading.Event()


def note_fast() -> None:
    """Stands for a job."""
    noted.append("fast")


def note_slow() -> None:
    """Stands for another job."""
    noted.append("slow")


def wait_for_somebody() -> None:
    """Stands for a job whose gateway says nothing."""
    noted.append("stuck")
    over.wait(60)


def fail() -> None:
    """Stands for a job that fails and leaves its transaction broken."""
    database.session.execute(text("select 1 / 0"))


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    noted.clear()


@pytest.fixture
def make(app: Flask, clean: Database) -> Iterator[Callable[..., Beat]]:
    """Makes beats on the application of the tests and closes their connections."""
    made: list[Beat] = []

    def beat_of(*ticks: Tick) -> Beat:
        made.append(Beat(app, ticks))
        return made[-1]

    with app.app_context():
        yield beat_of
    for one in made:
        one.redis.close()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Takes Redis away, and brings it back."""

    def put(*_: object, **__: object) -> bool:
        raise redis.ConnectionError("away")

    def switch(gone: bool) -> None:
        monkeypatch.undo()
        if gone:
            monkeypatch.setattr("hotline.queues.put", put)

    return switch


@pytest.fixture
def waiting(redis_url: str) -> Iterator[Callable[[str], list[str]]]:
    """The ids of the jobs that wait in a queue."""
    with redis.Redis.from_url(redis_url) as valkey:
        yield lambda queue: Queue(queue, connection=valkey, serializer=JSONSerializer).job_ids


def test_a_slot_of_seconds_is_named_by_its_beginning() -> None:
    at = datetime(2026, 11, 23, 8, 0, 7, tzinfo=UTC)

    assert slot_of(Tick("t", CLOCKS, "j", 1, every=5), at, SHANGHAI) == int((at - timedelta(seconds=2)).timestamp())


def test_a_cron_slot_is_counted_in_the_citys_zone() -> None:
    tick = Tick("t", BULK, "j", 1, cron="10 3 * * *")
    last = datetime(2026, 11, 23, 3, 10, tzinfo=SHANGHAI)

    assert slot_of(tick, last + timedelta(seconds=1), SHANGHAI) == int(last.timestamp())
    assert slot_of(tick, last - timedelta(seconds=1), SHANGHAI) == int((last - timedelta(days=1)).timestamp())


def test_every_tick_names_a_queue_that_has_a_worker_and_says_when() -> None:
    assert {tick.queue for tick in SCHEDULE} <= set(QUEUES)
    assert all((tick.every is None) != (tick.cron is None) for tick in SCHEDULE)
    assert len({tick.name for tick in SCHEDULE}) == len(SCHEDULE)


def test_a_slot_wakes_its_queue_once(make: Make, waiting: Waiting) -> None:
    beat = make(FAST, SLOW)
    beat.beat()
    beat.beat()

    assert len(waiting(CLOCKS)) == len(waiting(BULK)) == 1


def test_two_beats_in_one_slot_wake_once(make: Make, waiting: Waiting) -> None:
    first, second = make(FAST), make(FAST)
    first.beat()
    second.beat()

    assert len(waiting(CLOCKS)) == 1


def test_a_job_is_json_and_bounded(make: Make) -> None:
    beat = make(FAST)
    beat.beat()

    job = Queue(CLOCKS, connection=beat.redis, serializer=JSONSerializer).jobs[0]
    assert beat.redis.hget(job.key, "data")
    assert job.func_name == FAST.job
    assert (job.timeout, job.ttl) == (30, 3600)


def test_the_sweep_follows_its_setting(app: Flask, make: Make) -> None:
    sweep = make(*SCHEDULE).schedule[0]

    assert (sweep.name, sweep.every) == (beats.SWEEP, app.config["SWEEP_SECONDS"])


def test_a_redis_away_for_a_moment_is_waited_for(make: Make, away: Switch, waiting: Waiting) -> None:
    beat = make(FAST)
    away(True)
    beat.beat()
    away(False)
    beat.beat()

    assert noted == []
    assert len(waiting(CLOCKS)) == 1


def test_without_redis_the_beat_does_the_work_itself_once_and_says_so(
    make: Make, away: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = make(FAST, SLOW)
    away(True)
    monkeypatch.setattr(beats, "PATIENCE", 0.0)
    monkeypatch.setattr(beats, "SIGN_SECONDS", 0.0)
    beat.beat()
    beat.beat()
    beat.rest(10)

    assert sorted(noted) == ["fast", "slow"]
    assert upkeep.last_sign_of_life("beat").detail["without_redis"] is True


def test_when_redis_is_back_the_work_goes_to_the_queues_again(
    make: Make, away: Switch, monkeypatch: pytest.MonkeyPatch, waiting: Waiting
) -> None:
    beat = make(FAST)
    away(True)
    monkeypatch.setattr(beats, "PATIENCE", 0.0)
    beat.beat()
    beat.rest(10)
    away(False)
    monkeypatch.setattr(beats, "SIGN_SECONDS", 0.0)
    beat.done.clear()  # the next slot
    beat.beat()

    assert noted == ["fast"]
    assert len(waiting(CLOCKS)) == 1
    assert upkeep.last_sign_of_life("beat").detail["without_redis"] is False


def test_one_failing_job_keeps_no_other_from_running(
    make: Make, away: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = make(BROKEN, FAST)
    away(True)
    monkeypatch.setattr(beats, "PATIENCE", 0.0)
    beat.beat()
    beat.rest(10)

    assert noted == ["fast"]


def test_without_redis_a_queue_that_waits_for_somebody_keeps_no_other_waiting(
    make: Make, away: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = make(STUCK, FAST)
    away(True)
    monkeypatch.setattr(beats, "PATIENCE", 0.0)
    over.clear()
    try:
        for times in (1, 2, 3):
            beat.done.clear()  # the next slot
            beat.beat()
            assert soon(lambda times=times: noted.count("fast") == times)
        assert noted.count("stuck") == 1, "a queue does one thing at a time"
    finally:
        over.set()
    beat.rest(10)
    beat.done.clear()
    beat.beat()
    beat.rest(10)
    assert noted.count("stuck") == 2


def test_a_leap_of_the_databases_clock_holds_the_clocks_until_confirmed(
    make: Make, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats, "SIGN_SECONDS", 0.0)
    beat = make(FAST, SLOW)
    beat.watch(Look(1000.0, 50.0, "here"))
    beat.watch(Look(1065.0, 51.0, "here"))
    beat.beat()
    assert (waiting(CLOCKS), len(waiting(BULK))) == ([], 1)

    another = make(FAST)  # a restart forgets nothing
    another.recall()
    assert another.held

    upkeep.forget_sign(HELD)
    beat.beat()
    beat.beat()
    assert len(waiting(CLOCKS)) == 1


@pytest.mark.parametrize(
    ("database_seconds", "own_seconds"),
    [(3600.0, 3600.0), (-3600.0, 1.0), (59.0, 0.5)],
    ids=["outage", "back", "small"],
)
def test_an_outage_and_a_clock_set_back_hold_nothing(make: Make, database_seconds: float, own_seconds: float) -> None:
    beat = make(FAST)
    beat.watch(Look(10_000.0, 50.0, "here"))
    beat.watch(Look(10_000.0 + database_seconds, 50.0 + own_seconds, "here"))

    assert not beat.held


def test_a_leap_while_no_beat_looked_is_noticed_by_the_next_one(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "SIGN_SECONDS", 0.0)
    first = make(FAST)
    first.watch(Look(10_000.0, 50.0, "here"))
    first.beat()
    later, elsewhere = make(FAST), make(FAST)
    later.recall()
    later.watch(Look(10_000.0 + 3600.0, 51.0, "here"))
    elsewhere.recall()
    elsewhere.held = False
    elsewhere.watch(Look(10_000.0 + 3600.0, 51.0, "another machine, or this one started again"))

    assert (later.held, elsewhere.held) == (True, False)


def test_a_clock_that_differs_from_the_databases_is_said_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beat = make(FAST)
    for difference in (0.0, 6.0, 7.0, -4.0, -9.0):
        monkeypatch.setattr(leaps, "difference", lambda _database, d=difference: d)
        beat.watch(Look(10_000.0, 50.0, "here"))

    said = [record.getMessage() for record in caplog.records if record.name == "hotline.beat"]
    assert [words.partition(" database's ")[2] for words in said] == ["by 6.0 s", "again", "by -9.0 s"]
    assert not beat.held


def run(beat: Beat) -> threading.Thread:
    thread = threading.Thread(target=beat.run)
    thread.start()
    return thread


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_only_one_of_two_leads_and_the_other_takes_over(make: Make, waiting: Waiting) -> None:
    first, second = make(FAST), make(SLOW)
    running = [run(first)]
    try:
        assert soon(lambda: len(waiting(CLOCKS)) == 1)
        running.append(run(second))
        time.sleep(2 * beats.RETRY)
        assert waiting(BULK) == []
        first.stop()
        assert soon(lambda: len(waiting(BULK)) == 1)
    finally:
        first.stop()
        second.stop()
        for thread in running:
            thread.join(20)


def test_a_beat_survives_the_loss_of_its_connections(make: Make, admin: psycopg.Connection, waiting: Waiting) -> None:
    beat = make(Tick("often", CLOCKS, FAST.job, timeout=30, every=1))
    running = run(beat)
    try:
        assert soon(lambda: len(waiting(CLOCKS)) >= 1)
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        before = len(waiting(CLOCKS))
        assert soon(lambda: len(waiting(CLOCKS)) >= before + 2)
    finally:
        beat.stop()
        running.join(20)


@pytest.mark.parametrize(("days_ago", "woken"), [(0, 0), (1, 1)], ids=["done today", "done yesterday"])
def test_after_a_restart_a_cron_job_is_done_only_if_it_was_missed(
    make: Make, waiting: Waiting, days_ago: int, woken: int
) -> None:
    daily = Tick("daily", BULK, SLOW.job, timeout=30, cron="10 3 * * *")
    last = slot_of(daily, upkeep.now(), SHANGHAI) - days_ago * 24 * 3600
    upkeep.sign_of_life("beat", {"slots": {"daily": last}})
    beat = make(daily, FAST)
    running = run(beat)
    try:
        assert soon(lambda: len(waiting(CLOCKS)) == 1)  # handed over after the daily one, in the order of the schedule
        assert len(waiting(BULK)) == woken
    finally:
        beat.stop()
        running.join(20)
