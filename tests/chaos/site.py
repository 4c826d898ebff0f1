"""Two machines of ours as `bin/run` runs them, on one PostgreSQL and one Valkey that may be taken away.

Each machine is the product's own supervisor with a web server, a worker for each queue and a beat: two of
everything, and whatever is killed is started again by the product, not by the tests.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotline import create_app
from hotline import database as migrations
from hotline.api.tokens import issue
from hotline.config import load
from tests.builders import City, log, make_city
from tests.chaos.oracle import Noted, note
from tests.conftest import KEYS
from tests.jobs.processes import OwnServer, Programs, children, soon
from workflows.jobs import CLOCKS, QUEUES
from workflows.model import base
from workflows.model.leaps import BEAT

#: Seconds the tests wait for what must come, on a machine that is busy with other tests, and between two looks.
PATIENCE, PAUSE = 150.0, 0.2
DUE_NOW = "SELECT count(*) FROM clock WHERE next_at <= hotline_now()"
UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL"
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'hotline-%'"
#: Nobody else writes about tickets whose clocks are due now or soon.
HOLD_HISTORY = """
    SELECT 1 FROM event_head WHERE ticket_id IN
           (SELECT ticket_id FROM clock WHERE next_at < hotline_now() + interval '20 s') ORDER BY ticket_id FOR UPDATE
"""
#: Signing and first contact run out, handling turns yellow, one after the other from now on for so many seconds.
RIPEN = """
    WITH place AS (
        SELECT clock.id, now() + make_interval(secs => %(after)s + %(within)s * (row_number() OVER (ORDER BY
               clock.id %% 97, clock.id)) / count(*) OVER ()) AS at
          FROM clock JOIN ticket ON ticket.id = ticket_id
         WHERE next_at > now() AND ticket_id > %(beyond)s AND no = ANY(%(numbers)s)
    )
    UPDATE clock SET started_at = started_at - interval '30 days', next_at = place.at,
           warn_at = CASE WHEN code = 'HANDLING' THEN place.at ELSE place.at - interval '1 hour' END,
           warned_at = CASE WHEN code = 'HANDLING' THEN NULL ELSE place.at - interval '1 hour' END,
           due_original = CASE WHEN code = 'HANDLING' THEN due_original ELSE place.at END,
           due_at = CASE WHEN code = 'HANDLING' THEN due_at ELSE place.at END
      FROM place WHERE clock.id = place.id
"""


def in_time(true: Callable[[], object]) -> float:
    """Seconds until something was true; fails when it never is."""
    return soon(true, PATIENCE, PAUSE)


class Machine:
    """One machine: the supervisor `bin/run` runs, and what it keeps running."""

    def __init__(self, name: str, told: Mapping[str, str], folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name = name
        var = folder / name
        var.mkdir()
        own = {"HOTLINE_VAR": str(var), "HOTLINE_BIND": f"127.0.0.1:{self.port}", "HOTLINE_WEB_WORKERS": "1"}
        self.programs = Programs({**told, **own}, var)
        self.supervisor = self.programs.start("hotline.local").pid

    def pids(self, *words: str) -> list[int]:
        """The processes kept running here whose command line holds the words."""
        return [pid for pid, line in self._kept_running() if all(word in line.split() for word in words)]

    def whole(self) -> bool:
        """Whether the web server answers and every other program has a process."""
        roles = Counter(line.split()[-1] for _, line in self._kept_running() if "hotline.worker" in line)
        return roles == Counter([*QUEUES, BEAT]) and self.ask("GET", "/readyz")[0] == 200

    def _kept_running(self) -> list[tuple[int, str]]:
        """The supervisor's children, each with its command line."""
        asked = ["ps", "-o", "pid=,args=", "--ppid", str(self.supervisor)]
        shown = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return [(int(pid), line) for pid, line in (row.split(maxsplit=1) for row in shown.splitlines())]

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """Status and text of the answer; status 0 when nobody answers, or the answer breaks off."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            web.request(method, path, body.encode(), headers)
            answer = web.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            web.close()


class Site:
    """Everything that runs, and the means to look behind it."""

    def __init__(self, postgres: OwnServer, valkey: OwnServer, folder: Path) -> None:
        self.postgres, self.valkey, self.folder = postgres, valkey, folder
        self.told = KEYS | postgres.servers.urls() | postgres.servers.owner_urls() | valkey.servers.urls()
        self.told |= {"HOTLINE_SWEEP_SECONDS": "1"}
        self.app = self._application()
        self.machines: list[Machine] = []
        self._looking: psycopg.Connection | None = None

    def _application(self) -> Flask:
        self.postgres.servers.make_database()
        app = create_app(load(self.told, testing=True))
        with app.app_context():
            migrations.upgrade()
            self.city: City = make_city()
            self.tokens = {account: issue(account, days=1) for account in ("agent", "dispatcher", "housing")}
            base.db.session.remove()
            base.db.engine.dispose()
        return app

    def open(self) -> None:
        """Start both machines and wait until they serve."""
        self.machines = [Machine(name, self.told, self.folder) for name in ("one", "two")]
        in_time(self.whole)
        in_time(lambda: self.number("SELECT count(*) FROM heartbeat") >= len(QUEUES) + 1)

    def close(self) -> None:
        """Stop both machines."""
        for machine in self.machines:
            machine.programs.end()
        if self._looking is not None:
            self._looking.close()
        with self.app.app_context():
            base.db.session.remove()
            base.db.engine.dispose()

    def whole(self) -> bool:
        """Whether every program of both machines runs."""
        return all(machine.whole() for machine in self.machines)

    @contextmanager
    def behind(self) -> Iterator[psycopg.Connection]:
        """A superuser's connection, committing each statement."""
        with psycopg.connect(self.postgres.servers.admin_url("hotline"), autocommit=True) as connection:
            yield connection

    def number(self, query: str) -> Any:
        """The one value a query yields, by a connection that is kept for as long as it lasts."""
        if self._looking is None or self._looking.closed:
            self._looking = psycopg.connect(self.postgres.servers.admin_url("hotline"), autocommit=True)
        try:
            return self._looking.execute(query).fetchone()[0]
        except psycopg.OperationalError:  # it ended with the server of before
            self._looking.close()
            self._looking = None
            return self.number(query)

    def redis(self) -> redis.Redis:
        """A client of the Valkey, as its administrator; tries once."""
        return redis.Redis.from_url(self.valkey.url, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def send(self, machine: int, account: str, path: str, body: Mapping[str, Any], **more: str) -> tuple[int, Any]:
        """POST to the API of a machine as an account; status and what was said."""
        headers = {"Authorization": f"Bearer {self.tokens[account]}", "Content-Type": "application/json", **more}
        status, said = self.machines[machine].ask("POST", f"/api/v1{path}", json.dumps(body), **headers)
        return status, json.loads(said) if said.startswith("{") else said

    def versions(self, numbers: list[str]) -> dict[str, int]:
        """Which version of each ticket there is now."""
        with self.behind() as connection:
            return dict(connection.execute("SELECT no, version FROM ticket WHERE no = ANY(%s)", [numbers]).fetchall())

    def log(self, count: int) -> list[str]:
        """So many tickets at their unit, taken by the use case itself; their numbers."""
        with self.app.app_context():
            made = [log(self.city).no for _ in range(count)]
            base.db.session.remove()
        return made

    def ripen(self, count: int, within: float, after: float = 1.0) -> tuple[list[str], dict[int, Noted]]:
        """New tickets with three clocks each that come due one after the other, `after` seconds from now on.

        The tickets' numbers, and every clock as it stands before the first of them is due.
        """
        beyond = self.number("SELECT coalesce(max(id), 0) FROM ticket")
        made = self.log(count)
        with psycopg.connect(self.postgres.servers.admin_url("hotline")) as connection:
            given = {"within": within, "after": after, "beyond": beyond, "numbers": made}
            assert connection.execute(RIPEN, given).rowcount == 3 * count
            noted = note(connection)
        return made, noted

    def settle(self) -> None:
        """Wait until every program runs, nothing due waits and nothing is unsent."""
        in_time(self.whole)
        in_time(lambda: self.number(DUE_NOW) == 0)
        in_time(lambda: self.number(UNSENT) == 0)

    @contextmanager
    def mid_sweep(self) -> Iterator[tuple[int, int]]:
        """A worker of the clocks and its job, which waits in the middle of a sweep's transaction meanwhile."""
        with psycopg.connect(self.postgres.servers.admin_url("hotline")) as holder:
            holder.execute(HOLD_HISTORY)
            in_time(lambda: self.number(BLOCKED) and self._at_work())
            yield self._at_work()[0]
            if not holder.closed:
                holder.rollback()

    def _at_work(self) -> list[tuple[int, int]]:
        workers = [pid for machine in self.machines for pid in machine.pids("hotline.worker", CLOCKS)]
        return [(pid, job) for pid in workers for job in children(pid)]
