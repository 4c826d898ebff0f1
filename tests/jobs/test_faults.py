"""Redis gone, workers killed with -9, sweeps against each other: nothing is lost and each clock fires once."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import redis
from flask import Flask
from rq.job import Job, JobStatus
from rq.registry import FinishedJobRegistry
from rq.serializers import JSONSerializer
from sqlalchemy.exc import DBAPIError

from hotline import queues
from hotline.api.tokens import issue
from hotline.sign_in.passwords import hash_password
from tests.builders import City, contact, log, make_city, request, sign
from tests.conftest import environment
from tests.database import Database
from tests.jobs.processes import OwnServer, Programs, children, own_valkey, soon
from workflows import audit, collect, supervise
from workflows.errors import NotNow
from workflows.jobs import CLOCKS, OUTBOX
from workflows.model import base, idempotency
from workflows.model.reference import reference
from workflows.rules.escalation import EVENTS, Level

TICKETS = 170  # with three clocks each that run: 510
BATCH = 25
PASSWORD = "Correct-horse-7"
COMPLAINT = {"kind": "COMPLAINT", "category": "0101", "content": "三号楼电梯停运三天。", "name": "林小满",
             "phone": "13800001234"}
#: Signing and first contact ran out an hour ago, one after the other; handling is to be warned of.
RIPEN = """
    UPDATE clock SET started_at = started_at - interval '30 days', warn_at = now() - interval '2 hours',
           next_at = now() - interval '1 hour' - (id % 1000) * interval '1 s',
           due_at = CASE WHEN code = 'HANDLING' THEN now() + interval '1 day'
                         ELSE now() - interval '1 hour' - (id % 1000) * interval '1 s' END
     WHERE next_at IS NOT NULL
"""
WAITING = "SELECT count(*) FROM clock WHERE next_at <= now()"
FIRED = "SELECT count(*) FROM clock WHERE warned_at IS NOT NULL OR fired_at IS NOT NULL"
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def small_sweep() -> int:
    """The sweep as the workers run it, in small batches."""
    return supervise.sweep(BATCH)


@pytest.fixture
def city(app: Flask, clean: Database) -> City:
    """A small city whose people can sign in."""
    with app.app_context():
        made = make_city(hash_password(PASSWORD))
        base.db.session.remove()
    return made


@pytest.fixture
def numbers(app: Flask, city: City, admin: psycopg.Connection) -> list[str]:
    """Tickets at their unit, with more than 500 clocks all due at once."""
    with app.app_context():
        made = [log(city).no for _ in range(TICKETS)]
        base.db.session.remove()
    assert admin.execute(RIPEN).rowcount == 3 * TICKETS
    return made


@pytest.fixture
def programs(clean: Database, redis_url: str, tmp_path: Path) -> Iterator[Programs]:
    """Programs on the servers of the tests, the sweep every second."""
    made = Programs(environment(clean, redis_url) | {"HOTLINE_SWEEP_SECONDS": "1"}, tmp_path)
    yield made
    made.end()


def one(admin: psycopg.Connection, query: str) -> Any:
    return admin.execute(query).fetchone()[0]


def each_fired_once(app: Flask, admin: psycopg.Connection, city: City) -> Counter[str]:
    """How many clocks were warned of and ran out, each with one event and one message to each who must know."""
    events = Counter(admin.execute(
        "SELECT e.kind, c.id FROM ticket_event e JOIN clock c ON c.ticket_id = e.ticket_id"
        " AND c.assignment_id IS NOT DISTINCT FROM e.assignment_id AND c.code = e.data->>'clock'"
        " WHERE e.kind IN ('warned', 'expired')"
    ).fetchall())
    reached, messages = Counter(), Counter()
    with app.app_context():
        ref, today = reference(), base.now().date()
        for id_, code, unit, warned, fired in admin.execute(
            "SELECT id, code, unit_id, warned_at < due_at, fired_at IS NOT NULL FROM clock WHERE warned_at IS NOT NULL"
        ):
            for level in [Level.YELLOW] * warned + [Level.RED] * fired:
                reached[EVENTS[level], id_] = 1
                for addressee in ref.ladder.of(code, unit, today)[level].addressees:
                    to, role = ref.told(addressee, unit)
                    messages[str(level), str(id_), str(to), str(role)] = 1
        assert list(audit.breaks()) == []
        base.db.session.remove()
    keys = admin.execute("SELECT key FROM outbox WHERE key ~ '^(YELLOW|RED):'").fetchall()
    assert events == reached
    parts = [key.split(":") for (key,) in keys]
    assert Counter((level, id_, to, role) for level, id_, _due, to, role in parts) == messages
    assert one(admin, "SELECT count(*) FROM clock WHERE fired_at < due_at") == 0
    return Counter(kind for kind, _ in reached)


def finished(valkey: redis.Redis, *ids: str) -> bool:
    """Whether these jobs ended; fails when one did not end well."""
    states = [Job.fetch(id_, connection=valkey, serializer=JSONSerializer).get_status() for id_ in ids]
    assert JobStatus.FAILED not in states
    return set(states) == {JobStatus.FINISHED}


def sweep_by_worker(valkey: redis.Redis, id_: str) -> None:
    queues.put(valkey, CLOCKS, "tests.jobs.test_faults.small_sweep", job_id=id_, timeout=60)


@contextmanager
def stuck_at(admin: psycopg.Connection, database: Database, nth: int) -> Iterator[None]:
    """Whoever writes about the clock that is due as the nth waits, in the middle of a transaction."""
    ticket = one(admin, f"SELECT ticket_id FROM clock WHERE next_at <= now() ORDER BY next_at OFFSET {nth} LIMIT 1")
    with psycopg.connect(database.admin_url) as holder:
        holder.execute("SELECT 1 FROM event_head WHERE ticket_id = %s FOR UPDATE", [ticket])
        yield
        holder.rollback()


def kill_job(worker: int, job: int) -> None:
    os.kill(job, signal.SIGKILL)


def kill_both(worker: int, job: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os.kill(job, signal.SIGKILL)


def kill_worker(worker: int, job: int) -> None:
    os.kill(worker, signal.SIGKILL)


@pytest.mark.parametrize("kill", [kill_job, kill_both, kill_worker])
def test_a_worker_killed_in_the_middle_of_a_sweep_fires_no_clock_twice_and_loses_none(
    app: Flask, city: City, numbers: list[str], programs: Programs, redis_url: str, admin: psycopg.Connection,
    clean: Database, kill: Callable[[int, int], None],
) -> None:
    worker = programs.start("hotline.worker", CLOCKS)
    with redis.Redis.from_url(redis_url) as valkey, stuck_at(admin, clean, TICKETS * 3 // 2):
        sweep_by_worker(valkey, "first")
        soon(lambda: one(admin, BLOCKED) == 1)
        assert BATCH <= one(admin, FIRED) < TICKETS * 3
        kill(worker.pid, children(worker.pid)[0])
    programs.start("hotline.worker", CLOCKS)
    programs.start("hotline.worker", "beat")
    soon(lambda: one(admin, WAITING) == 0)

    assert each_fired_once(app, admin, city) == {"expired": 2 * TICKETS, "warned": TICKETS}


def test_two_sweeps_at_once_and_people_at_the_same_tickets(
    app: Flask, city: City, numbers: list[str], programs: Programs, redis_url: str, admin: psycopg.Connection
) -> None:
    before = one(admin, DEADLOCKS)
    workers = [programs.start("hotline.worker", CLOCKS) for _ in range(2)]
    with redis.Redis.from_url(redis_url) as valkey:
        for id_ in ("one", "other"):
            sweep_by_worker(valkey, id_)
        soon(lambda: one(admin, FIRED))
        with ThreadPoolExecutor(2) as people:
            by_hand = sum(people.map(lambda no: signed_and_rung(app, city, no), reversed(numbers[TICKETS // 2 :])))
        soon(lambda: finished(valkey, "one", "other"))
        sweep_by_worker(valkey, "passed-over")
        soon(lambda: finished(valkey, "passed-over"))
    assert [worker.poll() for worker in workers] == [None, None]

    figures = each_fired_once(app, admin, city)
    automatic = one(admin, "SELECT count(*) FROM assignment WHERE auto_signed")
    assert one(admin, WAITING) == 0
    assert figures["warned"] == TICKETS
    assert automatic + by_hand == TICKETS
    assert one(admin, "SELECT count(*) FROM ticket_event WHERE kind = 'sign'") == TICKETS
    assert one(admin, DEADLOCKS) == before


def test_a_sweep_goes_on_beside_a_batch_that_waits(
    app: Flask, city: City, numbers: list[str], programs: Programs, redis_url: str, admin: psycopg.Connection,
    clean: Database,
) -> None:
    programs.start("hotline.worker", CLOCKS)
    with redis.Redis.from_url(redis_url) as valkey:
        with stuck_at(admin, clean, BATCH * 3 // 2):
            sweep_by_worker(valkey, "half-stuck")
            soon(lambda: one(admin, WAITING) <= 2 * BATCH)
            assert one(admin, BLOCKED) == 1
        soon(lambda: finished(valkey, "half-stuck"))
    assert one(admin, WAITING) == 0
    assert each_fired_once(app, admin, city) == {"expired": 2 * TICKETS, "warned": TICKETS}


def signed_and_rung(app: Flask, city: City, no: str) -> int:
    """A clerk signs, unless the clock was quicker, and rings the caller. Returns 1 where the clerk signed."""
    with app.app_context():
        try:
            sign(city, no)
            by_hand = 1
        except NotNow:
            by_hand = 0
        contact(city, no)
        base.db.session.remove()
    return by_hand


class Site:
    """The web server, as seen by another system and by a browser."""

    def __init__(self, port: int, token: str, programs: Programs) -> None:
        self.port, self.token, self.programs = port, token, programs

    def start_workers_again(self) -> None:
        """What their supervisor does: a worker whose Redis goes between two commands ends."""
        for one, name in zip(self.programs.running[2:4], (CLOCKS, OUTBOX), strict=True):
            if one.poll() is not None:
                self.programs.start("hotline.worker", name)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, list[str]]:
        """Status, page and cookies; status 0 when nobody answers."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            web.request(method, path, body.encode(), headers)
            answer = web.getresponse()
            cookies = [word.split(";")[0] for word in answer.headers.get_all("Set-Cookie", [])]
            return answer.status, answer.read().decode(), cookies
        except OSError:
            return 0, "", []
        finally:
            web.close()

    def hand_in(self) -> str:
        """A ticket's number; fails unless it was taken."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, said, _ = self.ask("POST", "/api/v1/tickets", json.dumps(COMPLAINT), **sent)
        assert status == 201, said
        return json.loads(said)["no"]

    def sign_in(self) -> int:
        """The status of the first page after signing in."""
        _, page, cookies = self.ask("GET", "/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        form = urlencode({"csrf_token": token, "account": "agent", "password": PASSWORD})
        sent = {"Cookie": "; ".join(cookies), "Content-Type": "application/x-www-form-urlencoded"}
        status, _, signed = self.ask("POST", "/sign-in", form, **sent)
        assert status in {302, 303}
        return self.ask("GET", "/desk/", Cookie="; ".join(signed))[0]


@pytest.fixture
def valkey() -> Iterator[OwnServer]:
    with own_valkey() as made:
        yield made


@pytest.fixture
def site(
    app: Flask, city: City, clean: Database, valkey: OwnServer, tmp_path: Path, admin: psycopg.Connection
) -> Iterator[Site]:
    """Everything runs: web, a worker of the clocks and one of the outbox, the beat; on a Valkey of its own."""
    with app.app_context():
        token = issue("agent", days=1)
        base.db.session.remove()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"HOTLINE_BIND": f"127.0.0.1:{port}", "HOTLINE_WEB_WORKERS": "1", "HOTLINE_SWEEP_SECONDS": "1"}
    with ExitStack() as held:
        programs = Programs(environment(clean, valkey.url) | told, tmp_path)
        held.callback(programs.end)
        programs.start("gunicorn", "-c", "python:hotline.gunicorn_conf", "wsgi:app")
        for name in ("beat", CLOCKS, OUTBOX):
            programs.start("hotline.worker", name)
        made = Site(port, token, programs)
        soon(lambda: made.ask("GET", "/readyz")[0] == 200)
        soon(lambda: one(admin, "SELECT count(*) FROM heartbeat") == 3)
        yield made
        assert [program.poll() for program in programs.running[:2]] == [None, None], "web and beat outlive it"


def alone(admin: psycopg.Connection) -> bool:
    """Whether the beat says that it works without Redis."""
    return one(admin, "SELECT (detail->>'without_redis')::boolean FROM heartbeat WHERE role = 'beat'")


def test_while_redis_is_frozen_and_gone_tickets_come_in_and_clocks_fire(
    app: Flask, city: City, site: Site, valkey: OwnServer, admin: psycopg.Connection
) -> None:
    taken = [site.hand_in() for _ in range(3)]
    valkey.freeze()
    taken += [site.hand_in() for _ in range(5)]
    assert site.sign_in() == 200
    valkey.kill()
    begun = time.monotonic()
    assert admin.execute(RIPEN).rowcount == 3 * len(taken)
    taken += [site.hand_in() for _ in range(15)]
    assert site.sign_in() == 200
    soon(lambda: one(admin, WAITING) == 0)
    assert time.monotonic() - begun < 30
    soon(lambda: alone(admin))
    assert each_fired_once(app, admin, city) == {"expired": 16, "warned": 8}

    valkey.start()
    site.start_workers_again()
    soon(lambda: not alone(admin))
    admin.execute("UPDATE clock SET due_at = now(), next_at = now() WHERE code = 'HANDLING' AND warned_at IS NOT NULL")
    soon(lambda: one(admin, WAITING) == 0 and one(admin, UNSENT) == 0)
    assert each_fired_once(app, admin, city) == {"expired": 24, "warned": 8}
    assert {no for (no,) in admin.execute("SELECT no FROM ticket")} == set(taken)
    assert one(admin, "SELECT count(*) FROM notice") == one(admin, "SELECT count(*) FROM outbox")
    with redis.Redis.from_url(valkey.url) as back:
        soon(lambda: all(done_by_worker(back, name) for name in (CLOCKS, OUTBOX)))


def done_by_worker(valkey: redis.Redis, queue: str) -> int:
    """How many jobs of a queue a worker has done."""
    return len(FinishedJobRegistry(queue, connection=valkey, serializer=JSONSerializer).get_job_ids())


WRITTEN = ("idempotency_key", "ticket", "ticket_identity", "assignment", "clock", "ticket_event", "outbox")


@pytest.mark.parametrize("table", WRITTEN)
def test_an_intake_that_fails_after_any_of_its_writes_leaves_nothing(
    app: Flask, city: City, admin: psycopg.Connection, table: str
) -> None:
    with app.app_context():
        with failing_after_insert(admin, table), pytest.raises(DBAPIError, match=f"after {table}"):
            submit_once(city)
        left = {name: one(admin, f"SELECT count(*) FROM {name}") for name in (*WRITTEN, "event_head")}
        assert left == dict.fromkeys(left, 0)

        submit_once(city)
        base.db.session.remove()
    kept = {name: one(admin, f"SELECT count(*) FROM {name}") for name in ("idempotency_key", "ticket")}
    assert kept == {"idempotency_key": 1, "ticket": 1}


@contextmanager
def failing_after_insert(admin: psycopg.Connection, table: str) -> Iterator[None]:
    """Let the database refuse, once a row of the table is written and whatever statement wrote it."""
    admin.execute(
        "CREATE FUNCTION fail_after() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'after %', TG_ARGV[0]; END $$"
    )
    admin.execute(f"CREATE TRIGGER zz_fail AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail_after('{table}')")
    try:
        yield
    finally:
        admin.execute("DROP FUNCTION fail_after CASCADE")


def submit_once(city: City) -> None:
    """An agent's request under a key."""
    with idempotency.once(city.users["agent"], "the-same-key", b"the same body"):
        collect.submit(request(city), city.actor("agent"))
