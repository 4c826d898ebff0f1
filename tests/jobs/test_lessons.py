"""Where time limits and escalation are known to break, each tried here with the processes as they run.

What breaks when a server is away (a scheduler silently dead after a blip, work lost with the queue) is in tests/chaos.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask

from hotline.beat import slot_of
from tests import builders as play
from tests.builders import City, make_city
from tests.conftest import environment
from tests.database import Database
from tests.jobs.processes import ROOT, Programs, soon
from workflows import outbox, supervise, upkeep
from workflows.jobs import CLOCKS, OUTBOX, Tick
from workflows.model import base, leaps
from workflows.model.base import now
from workflows.read.overdue import overdue

FIRINGS = (
    "SELECT kind, ticket_id, data->>'clock', data->>'due_at' FROM ticket_event WHERE kind IN ('warned', 'expired')"
)
NOTICES = "SELECT key FROM notice WHERE kind IN ('warned', 'expired')"
#: Limits counted over a weekend, a festival and a change of months, and what has run out, as a process sees it.
LIFE = """
import sys
from hotline import create_app
from hotline.config import load
from tests import builders as play
from workflows import supervise
from workflows.model.base import db
from sqlalchemy import text

with create_app(load(dict(__import__("os").environ), testing=True)).app_context():
    city = play.make_city()
    for moment in ("2026-02-13 17:29", "2026-02-16 09:00", "2026-10-31 23:59", "2026-11-01 02:30"):
        with play.at(moment):
            play.log(city)
    with play.at("2026-11-20 12:00"):
        supervise.sweep()
    rows = db.session.execute(text(
        "SELECT code, date_trunc('minute', started_at), date_trunc('minute', warn_at), date_trunc('minute', due_at),"
        " fired_at IS NOT NULL, warned_at IS NOT NULL FROM clock WHERE due_at IS NOT NULL ORDER BY id"))
    for row in rows:
        print(*row)
"""


@pytest.fixture
def city(app: Flask, clean: Database) -> Iterator[City]:
    with app.app_context():
        yield make_city()
        base.db.session.remove()


def late_by(days: int, city: City) -> str:
    """A ticket handed in so many days ago that nobody has touched since."""
    with play.at(now() - timedelta(days=days)):
        return play.log(city).no


def test_a_sweep_that_runs_a_hundred_times_says_nothing_twice(city: City, admin: psycopg.Connection) -> None:
    late_by(30, city)
    for _ in range(100):
        supervise.sweep()
        outbox.relay_notices()

    fired, told = Counter(admin.execute(FIRINGS).fetchall()), Counter(admin.execute(NOTICES).fetchall())
    assert fired
    assert set(fired.values()) == set(told.values()) == {1}
    assert admin.execute("SELECT count(*) FROM clock WHERE next_at <= now()").fetchone() == (0,)


def test_a_new_due_on_the_same_day_is_not_taken_for_the_old_one(city: City, admin: psycopg.Connection) -> None:
    late_by(30, city)
    supervise.sweep()
    admin.execute(
        "UPDATE clock SET due_at = now() - interval '1 second', fired_at = NULL, next_at = now() - interval '1 second'"
        " WHERE code = 'HANDLING'"
    )
    supervise.sweep()
    outbox.relay_notices()

    twice = [row for row in admin.execute(FIRINGS) if row[0] == "expired" and row[2] == "HANDLING"]
    assert len(twice) == len({due for *_, due in twice}) == 2
    keys = [key for (key,) in admin.execute("SELECT key FROM notice WHERE data->>'clock' = 'HANDLING'")]
    assert len(keys) == len(set(keys))
    assert len({key.split(":")[2] for key in keys}) == 2


@pytest.mark.parametrize("noticed", [True, False], ids=["a beat has noticed", "nobody has noticed yet"])
def test_a_leap_of_the_clock_fires_nothing(city: City, admin: psycopg.Connection, noticed: bool) -> None:
    late_by(30, city)
    a_minute_ago = leaps.look(now().timestamp() - 90)  # by a clock that has leapt 90 s since
    upkeep.sign_of_life(leaps.HELD if noticed else leaps.BEAT, {} if noticed else {"look": a_minute_ago.kept()})
    assert supervise.sweep() == 0
    assert admin.execute(FIRINGS).fetchall() == []

    upkeep.forget_sign(leaps.HELD)
    upkeep.sign_of_life(leaps.BEAT, {"look": leaps.look(now().timestamp()).kept()})
    assert supervise.sweep() > 0


def test_who_has_answered_in_time_is_never_escalated(city: City, admin: psycopg.Connection) -> None:
    with play.at(now() - timedelta(days=30)):
        play.to_closed(city)
        waiting = play.to_replied(city)
    supervise.sweep()

    fired = admin.execute(
        "SELECT DISTINCT t.no, e.data->>'clock' FROM ticket_event e JOIN ticket t ON t.id = ticket_id"
        " WHERE e.kind = 'expired'"
    ).fetchall()
    assert fired == [(waiting, "REVIEW")]  # the hotline's own delay, not the unit's


def test_a_due_whose_limit_is_gone_still_turns_red_and_is_listed(city: City, admin: psycopg.Connection) -> None:
    no = late_by(8, city)
    admin.execute("DELETE FROM limit_rule WHERE code IN ('HANDLING', 'SIGN', 'CONTACT')")
    supervise.sweep()

    red = "SELECT count(*) FROM ticket_event WHERE kind = 'expired' AND data->>'clock' = 'HANDLING'"
    assert admin.execute(red).fetchone() == (1,)
    assert no in {row.no for row in overdue(city.actor("supervisor")).items}


@pytest.fixture
def programs(clean: Database, redis_url: str, tmp_path: Path) -> Iterator[Programs]:
    made = Programs(environment(clean, redis_url) | {"HOTLINE_SWEEP_SECONDS": "1", "TZ": "America/Sao_Paulo"}, tmp_path)
    yield made
    made.end()


def test_limits_run_out_and_people_are_told_while_nobody_is_signed_in_and_no_page_is_served(
    city: City, programs: Programs, admin: psycopg.Connection
) -> None:
    late_by(30, city)
    base.db.session.remove()
    assert admin.execute("SELECT count(*) FROM user_session").fetchone() == (0,)
    for name in ("beat", CLOCKS, OUTBOX):
        programs.start("hotline.worker", name)

    soon(lambda: admin.execute(NOTICES).fetchall())
    soon(lambda: admin.execute("SELECT count(*) FROM clock WHERE next_at <= now()").fetchone() == (0,))


def test_the_zone_of_the_process_changes_no_limit_and_no_firing(clean: Database, redis_url: str) -> None:
    told = {**os.environ, **environment(clean, redis_url), "PYTHONPATH": str(ROOT)}
    seen = set()
    for zone in ("UTC", "Asia/Shanghai", "America/Sao_Paulo"):
        lived = subprocess.run(
            [sys.executable, "-c", LIFE], env=told | {"TZ": zone}, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert "True" in lived.stdout
        seen.add(lived.stdout)
        clean.clean()

    assert len(seen) == 1


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"], ids=["an hour skipped", "an hour twice"])
def test_where_summer_time_begins_and_ends_a_daily_job_has_one_slot_a_day(day: str) -> None:
    tick, zone = Tick("t", OUTBOX, "j", 1, cron="40 3 * * *"), ZoneInfo("Europe/Berlin")
    begin = datetime.fromisoformat(f"{day} 00:00").replace(tzinfo=zone).astimezone(UTC)
    slots = {slot_of(tick, begin + timedelta(minutes=n), zone) for n in range(0, 26 * 60, 5)}

    assert len({slot for slot in slots if slot >= begin.timestamp()}) == 1
