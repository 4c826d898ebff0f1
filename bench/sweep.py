"""How fast clocks that are due at once take their step: state, event, ladder step, notices and outbox, committed.

N clocks wait, one a ticket; some of them are due in the same second. The sweep runs as the worker runs it, one sweep
after the other. `last_s` is how long after that second the last of them was fired, `per_s` what the sweep does when it
never has to wait, `drain_s` how long it takes to catch up with a day nobody swept. `raw_sql_per_s` is the same rows
written by plain SQL over one connection in batches of the same size, by one statement a table: what is left when all
deciding is taken away. `growth` is how much longer a clock takes with N waiting than with a tenth of them.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, town
from workflows import supervise
from workflows.model.base import db
from workflows.model.reference import reference, today
from workflows.supervise.sweeping import BATCH

AT_ONCE, OVERDUE = 20_000, 100_000
#: Seconds from the filling to the second in which all are due.
AHEAD = 3.0
#: Clocks of one measurement of growth.
SOME = 10_000

#: One ticket, task and handling clock a number; the clock waits for its red card in a year's time.
TICKETS = """
INSERT INTO ticket (id, no, query_code_hash, state, version, channel, channel_ref, caller_type, enterprise_name, kind,
  category_id, area_id, place, title, content, urgency, anonymity, need_reply, created_at, submitted_at, changed_at,
  lead_assignment_id, lead_unit_id, round, hops, return_count, urge_count, send_back_count, direct_answer,
  reject_route)
SELECT n, 'S' || lpad(n::text, 16, '0'), '\\x00', 'HANDLING', 5, 'PHONE', '', 'PERSON', '', 'COMPLAINT',
  %(matter)s, %(area)s, '', '垃圾没有清运', '小区垃圾三天没有清运。', 'NORMAL', 'OPEN', true, now() - interval '9 days',
  now() - interval '9 days', now(), n, %(unit)s + n %% %(units)s, 1, 1, 0, 0, 0, '', ''
  FROM generate_series(%(first)s::bigint, %(last)s) AS n
"""
TASKS = """
INSERT INTO assignment (id, ticket_id, unit_id, role, state, round, level, dispatched_at, dispatch_note,
  override_reason, auto_signed, final_designation, return_count, due_at, due_original)
SELECT n, n, %(unit)s + n %% %(units)s, 'LEAD', 'WORKING', 1, 1, now() - interval '9 days', '', '', false, false, 0,
  now() + interval '1 year', now() + interval '1 year'
  FROM generate_series(%(first)s::bigint, %(last)s) AS n
"""
CLOCKS = """
INSERT INTO clock (ticket_id, assignment_id, code, round, unit_id, role, rule, calendar_id, started_at, warn_at,
  due_original, due_at, next_at, next_level, warned_at, void)
SELECT n, n, 'HANDLING', 1, %(unit)s + n %% %(units)s, 'UNIT_CLERK',
  '{"code": "HANDLING", "basis": "wd", "amount": 5, "rule_id": 1, "calendar_version": 1}', 1,
  now() - interval '9 days' - n %% 1000 * interval '1 s', now() - interval '1 day', now() + interval '1 year',
  now() + interval '1 year', now() + interval '1 year' + n %% 1000000 * interval '1 s', 'RED',
  now() - interval '1 day', false
  FROM generate_series(%(first)s::bigint, %(last)s) AS n
"""
HEADS = """
INSERT INTO event_head (ticket_id, sequence, hash)
SELECT n, 5, sha256(n::text::bytea) FROM generate_series(%(first)s::bigint, %(last)s) AS n
"""
#: Clocks by number become due at a moment, spread evenly over so many seconds before it.
DUE = """
UPDATE clock SET due_at = at, due_original = at, next_at = CASE WHEN %(missed)s THEN at - interval '1 day' ELSE at END,
       warn_at = at - interval '1 day', next_level = CASE WHEN %(missed)s THEN 'YELLOW' ELSE 'RED' END,
       warned_at = CASE WHEN %(missed)s THEN NULL ELSE at - interval '1 day' END
  FROM (SELECT id, %(when)s::timestamptz - id %% 86400 * %(spread)s / 86400.0 * interval '1 s' AS at FROM clock
         WHERE ticket_id BETWEEN %(first)s AND %(last)s) AS wanted
 WHERE clock.id = wanted.id
"""
FIRED = """
SELECT count(*), count(*) - count(DISTINCT clock_id), count(*) FILTER (WHERE at < reached_at),
       count(*) FILTER (WHERE clock_firing.late_seconds > 0)
  FROM clock_firing JOIN clock ON clock.id = clock_id
 WHERE level = 'RED' AND NOT collapsed AND ticket_id BETWEEN %(first)s AND %(last)s
"""
EFFECT = """
SELECT (SELECT count(*) FROM ticket_event WHERE kind = 'expired' AND ticket_id BETWEEN %(first)s AND %(last)s),
       (SELECT count(*) FROM outbox WHERE key LIKE 'RED:%%' AND ticket_id BETWEEN %(first)s AND %(last)s),
       (SELECT count(*) FROM clock WHERE fired_at IS NOT NULL AND next_level <> 'RED'
           AND ticket_id BETWEEN %(first)s AND %(last)s),
       (SELECT count(*) FROM clock_firing JOIN clock ON clock.id = clock_id
         WHERE collapsed AND ticket_id BETWEEN %(first)s AND %(last)s)
"""
#: The rows of one batch, written again for other tickets without any of our code.
RAW = (
    """
    UPDATE clock SET next_at = next_at + interval '1 day', next_level = 'URGE', fired_at = due_at, late_seconds = 0
     WHERE ticket_id BETWEEN %(first)s AND %(last)s
    """,
    """
    INSERT INTO clock_firing SELECT id, 'RED', due_at, due_at, due_at, 0, false FROM clock
     WHERE ticket_id BETWEEN %(first)s AND %(last)s
    """,
    """
    INSERT INTO ticket_event (at, ticket_id, assignment_id, kind, from_state, to_state, actor_name, actor_role, note,
      data)
    SELECT now(), ticket_id, assignment_id, 'expired', 'HANDLING', 'HANDLING', '系统', 'SYSTEM', '',
      jsonb_build_object('clock', code, 'due_at', due_at, 'late_seconds', 0)
      FROM clock WHERE ticket_id BETWEEN %(first)s AND %(last)s
    """,
    """
    INSERT INTO outbox (key, topic, ticket_id, payload, created_at, not_before, attempts, last_error)
    SELECT 'raw:' || id || ':' || n, 'notice', ticket_id, jsonb_build_object('kind', 'expired', 'unit_id', unit_id,
      'role', 'UNIT_CLERK', 'ticket_no', '', 'data', jsonb_build_object('clock', code, 'due_at', due_at)), now(),
      now(), 0, ''
      FROM clock, generate_series(1, %(notices)s) AS n WHERE ticket_id BETWEEN %(first)s AND %(last)s
    """,
)


def fill(admin_url: str, first: int, last: int) -> None:
    """Tickets with a clock each, by number."""
    numbers = {
        "first": first, "last": last, "matter": town.FIRST_MATTER, "area": town.FIRST_COMMUNITY,
        "unit": town.FIRST_BUREAU, "units": town.BUREAUS,
    }
    with psycopg.connect(admin_url, autocommit=True) as admin, place.timed(f"fill {first} to {last}"):
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET synchronous_commit = off")
        for statement in (TICKETS, TASKS, CLOCKS, HEADS):
            admin.execute(statement, numbers)
        for table in ("ticket", "assignment", "clock", "event_head"):
            admin.execute(f"VACUUM ANALYZE {table}")
        admin.execute("CHECKPOINT")


class Bench:
    """The database, and the numbers of the tickets not yet used."""

    def __init__(self, admin_url: str) -> None:
        self.admin = psycopg.connect(admin_url, autocommit=True)
        self.next = 1

    def take(self, how_many: int) -> dict[str, Any]:
        """The numbers of tickets nobody has touched."""
        taken = {"first": self.next, "last": self.next + how_many - 1}
        self.next += how_many
        return taken

    def due(self, how_many: int, *, ahead: float, spread: float = 0.0, missed: bool = False) -> dict[str, Any]:
        """Let clocks be due so many seconds from now; `missed`: not even warned of."""
        with place.timed(f"{how_many} due"):
            (now,) = self.admin.execute("SELECT date_trunc('second', now())").fetchone()
            some = self.take(how_many) | {"spread": spread, "missed": missed}
            # the update itself takes time: the moment is set once more, by a statement that changes little
            when = self.admin.execute("SELECT %s::timestamptz + %s * interval '1 s'", [now, ahead]).fetchone()[0]
            self.admin.execute("SET session_replication_role = replica")
            self.admin.execute(DUE, some | {"when": when})
            self.admin.execute("VACUUM ANALYZE clock")
            return some | {"when": when}

    def since(self, moment: datetime) -> float:
        """Seconds since a moment, by the database."""
        return float(self.admin.execute("SELECT extract(epoch FROM clock_timestamp() - %s)", [moment]).fetchone()[0])

    def seen(self, some: dict[str, Any]) -> tuple[int, int, int, int]:
        """Fired, twice, early, late; fails where an effect is missing."""
        fired = self.admin.execute(FIRED, some).fetchone()
        events, messages, moved, collapsed = self.admin.execute(EFFECT, some).fetchone()
        how_many = some["last"] - some["first"] + 1
        told = reference().ladder.of("HANDLING", None, some["when"].date())["RED"].addressees
        wanted = (how_many, how_many * len(told), how_many, how_many if some["missed"] else 0)
        if (events, messages, moved, collapsed) != wanted:
            raise RuntimeError(f"{(events, messages, moved, collapsed)} instead of {wanted}")
        return fired


def timed_sweep() -> tuple[int, float]:
    """Steps taken by one sweep, and its seconds."""
    begun = perf_counter()
    return supervise.sweep(), perf_counter() - begun


def at_once(bench: Bench, how_many: int) -> tuple[tuple[int, int, int, int], float, float]:
    """Clocks due in one second, swept as the worker does: what was seen, seconds until the last, steps a second."""
    some = bench.due(how_many, ahead=AHEAD + how_many / 4_000)
    taken, busy = 0, 0.0
    while taken < how_many:
        fired, seconds = timed_sweep()
        taken += fired
        busy += seconds if fired else 0.0
        if not fired:
            time.sleep(0.05)
    last_s = bench.since(some["when"])
    return bench.seen(some), last_s, how_many / busy


def after_an_outage(bench: Bench, how_many: int) -> float:
    """Seconds to catch up with clocks that ran out in the course of a day nobody swept, warned of by nobody.

    Those overdue by a working day already are urged as well; that counts as part of the catching up.
    """
    some = bench.due(how_many, ahead=-60.0, spread=86_000.0, missed=True)
    _, seconds = timed_sweep()
    seen = bench.seen(some)
    if seen != (how_many, 0, 0, how_many):
        raise RuntimeError(f"{seen}")
    return seconds


def overdue_per_s(bench: Bench, how_many: int) -> float:
    """Steps a second of clocks that are all due."""
    bench.due(how_many, ahead=-1.0)
    fired, seconds = timed_sweep()
    return fired / seconds


def raw(bench: Bench, url: str, how_many: int) -> float:
    """The same rows by plain SQL, as many a transaction as the sweep takes."""
    told = len(reference().ladder.of("HANDLING", None, today())["RED"].addressees)
    some = bench.due(how_many, ahead=-1.0)
    begun = perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        for first in range(some["first"], some["last"] + 1, BATCH):
            last = min(first + BATCH - 1, some["last"])
            with connection.transaction():
                for statement in RAW:
                    connection.execute(statement, {"first": first, "last": last, "notices": told})
    return how_many / (perf_counter() - begun)


def measure(environ: dict[str, str], tickets: int) -> dict[str, Any]:
    """All figures, from few clocks waiting to many."""
    bench = Bench(environ[place.ADMIN])
    url = environ["HOTLINE_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    some = min(SOME, tickets // 20)
    fill(environ[place.ADMIN], 1, tickets // 10)
    overdue_per_s(bench, some // 10)
    few = overdue_per_s(bench, some)
    fill(environ[place.ADMIN], tickets // 10 + 1, tickets + tickets // 4)
    bench.next = tickets // 10 + 1
    many = overdue_per_s(bench, some)
    (fired, twice, early, _late), last_s, per_s = at_once(bench, min(AT_ONCE, tickets // 10))
    drain_s = after_an_outage(bench, min(OVERDUE, tickets // 10))
    by_hand = raw(bench, url, some)
    db.session.remove()
    return {
        "pending": tickets, "due": min(AT_ONCE, tickets // 10), "fired": fired, "twice": twice, "early": early,
        "last_s": round(last_s, 2), "per_s": round(per_s), "raw_sql_per_s": round(by_hand),
        "drained": min(OVERDUE, tickets // 10), "drain_s": round(drain_s, 1), "growth": round(few / many, 2),
    }


def main() -> None:
    """Measure, and say the figures."""
    asked = place.arguments(__doc__, tickets=1_000_000)
    with place.prepared() as environ, place.opened(environ):
        figures = measure(environ, asked.tickets)
    place.finish(figures)


if __name__ == "__main__":
    main()
