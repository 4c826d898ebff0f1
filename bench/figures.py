"""What figures, reports and search cost with N tickets of three years, and whether the facts behind them keep up.

The tickets are written by set-based SQL (`bench/fill.py`); what every day added up to is counted by the job. Then, over
HTTP, by one client: tables of indicators of any period and group, the overdue report, monthly bulletins with all their
sections, searches for words of two characters. Each figure is the 95th percentile (of bulletins the median) of answers
to different questions. At the end the histories grow by so many events a second while the intake takes in others, with
all the workers at work, and the facts must not fall behind.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from typing import Any
from urllib.parse import urlencode

import psycopg
from sqlalchemy import text

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import fill, intake, place, town, web
from hotline.api import tokens
from workflows import facts
from workflows.model.base import db
from workflows.model.reference import today
from workflows.read.recount import recount
from workflows.rules.indicators import FigureGroup

YEARS = 3
SPAN = 365 * YEARS
ASKED, BULLETINS, WARM_UP = 60, 9, 5
WORDS = ("垃圾", "电梯", "路灯", "施工", "停水")
#: Events written a second, in batches, and tickets taken in meanwhile; for so many seconds.
EVENTS, BATCHES, TICKETS, SECONDS = 500, 5, 50, 60

#: A clerk's note on tickets of the last month, and what it leaves behind.
NOTED = """
WITH noted AS (
  SELECT t.id, t.lead_assignment_id, t.state, t.lead_unit_id
    FROM (SELECT (random() * %(recent)s)::bigint + %(first)s AS id FROM generate_series(1, %(n)s)) AS drawn
    JOIN ticket t USING (id)
)
INSERT INTO ticket_event (at, ticket_id, assignment_id, kind, from_state, to_state, actor_id, actor_name, actor_role,
  actor_unit_id, note)
SELECT hotline_now(), id, lead_assignment_id, 'contact', state, state, 7, '经办人', 'UNIT_CLERK', lead_unit_id, ''
  FROM noted
"""
BEHIND = text("""
SELECT (SELECT max(id) FROM ticket_event) - done_id AS events,
       extract(epoch FROM hotline_now() - read_at) AS unread,
       (SELECT coalesce(max(extract(epoch FROM hotline_now() - good_until)), 0) FROM fact_span
         WHERE good_until < hotline_now() AND counted_at IS NOT NULL) AS stale
  FROM fact_cursor
""")
SIZE = text("SELECT pg_database_size(current_database()) / 1e9")


def periods(last: date) -> Iterator[tuple[date, date]]:
    """Months, quarters, years, all of it, and whatever days somebody might ask for."""
    first = last - timedelta(days=SPAN)
    while True:
        length = random.choice((1, 7, 30, 90, 91, 365, 366, SPAN - 1, random.randint(1, SPAN - 1)))
        begins = first + timedelta(days=random.randint(0, SPAN - length))
        if random.random() < 0.5:  # from a first of the month, as most people ask
            begins = max(first, begins.replace(day=1))
        yield begins, min(last, begins + timedelta(days=length - 1))


def months(last: date) -> list[tuple[date, date]]:
    """The last months that are over, the latest first."""
    found, end = [], last.replace(day=1) - timedelta(days=1)
    for _ in range(BULLETINS):
        found.append((end.replace(day=1), end))
        end = end.replace(day=1) - timedelta(days=1)
    return found


def timed_ask(bind: str, headers: dict[str, str]) -> Callable[[str], float]:
    """Ask for a page and say how many seconds it took."""
    connection = web.Connection(bind)

    def ask(path: str) -> float:
        begun = time.perf_counter()
        status, answer = connection.ask("GET", path, headers)
        taken = time.perf_counter() - begun
        if status != 200:
            raise RuntimeError(f"{path}: {status} {answer[:500].decode(errors='replace')}")
        return taken

    return ask


def p95(each: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return round(quantiles(each, n=20)[-1] * 1000, 1)


def pages(bind: str, supervisor: dict[str, str], clerk: dict[str, str]) -> dict[str, float]:
    """What is looked at."""
    last = today()
    db.session.rollback()
    asked = periods(last)
    tables = [
        f"/figures/?{urlencode({'first': first, 'last': until, 'group': random.choice(list(FigureGroup))})}"
        for first, until in (next(asked) for _ in range(ASKED + WARM_UP))
    ]
    found: dict[str, float] = {}

    def every(who: dict[str, str], paths: list[str]) -> list[float]:
        ask = timed_ask(bind, who)
        return [ask(path) for path in paths]

    with place.timed("indicators"):
        found["indicator_p95_ms"] = p95(every(supervisor, tables)[WARM_UP:])
        found["indicator_of_a_unit_p95_ms"] = p95(every(clerk, tables)[WARM_UP:])
    with place.timed("overdue"):
        found["overdue_p95_ms"] = p95(every(supervisor, ["/supervision/"] * ASKED))
        found["overdue_first_ms"] = round(_cold(bind, supervisor) * 1000, 1)
    with place.timed("bulletin"):
        found["bulletin_s"] = round(median(every(supervisor, [
            f"/reports/?{urlencode({'first': first, 'last': until})}" for first, until in months(last)])), 2)
    with place.timed("search"):
        found["search_p95_ms"] = p95(every(supervisor, [
            f"/tickets/?{urlencode({'q': random.choice(WORDS)})}" for _ in range(ASKED)]))
    return found


def _cold(bind: str, supervisor: dict[str, str]) -> float:
    """The overdue report when nobody has looked for a while and nothing of it is kept."""
    time.sleep(11)
    return timed_ask(bind, supervisor)("/supervision/")


@contextmanager
def at_work(url: str, tickets: int) -> Iterator[None]:
    """Histories grow by EVENTS a second inside the block."""
    over = Event()
    recent = tickets * 30 // SPAN

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            due = time.monotonic()
            while not over.is_set():
                connection.execute(NOTED, {"recent": recent - 1, "first": tickets - recent + 1, "n": EVENTS // BATCHES})
                due += 1 / BATCHES
                time.sleep(max(0.0, due - time.monotonic()))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            yield
        finally:
            over.set()
        writing.result()


def keeping_up(environ: dict[str, str], tickets: int) -> dict[str, float]:
    """How far the facts are behind while everybody works, and the intake meanwhile."""
    url = environ["HOTLINE_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    token = tokens.issue("desk1", days=1)
    events = text("SELECT max(id) FROM ticket_event")
    with web.served(environ) as bind:
        intake.in_a_process_of_its_own(bind, token, 0, intake.WARM_UP)
        before, begun = db.session.scalar(events), time.monotonic()
        db.session.rollback()
        unread, stale = [], []
        with at_work(url, tickets), ThreadPoolExecutor(1) as pool:
            taking = pool.submit(intake.in_a_process_of_its_own, bind, token, intake.WARM_UP, TICKETS * SECONDS)
            while time.monotonic() - begun < SECONDS or not taking.done():
                time.sleep(1)
                row = db.session.execute(BEHIND).one()
                db.session.rollback()
                unread.append(float(row.unread))
                stale.append(float(row.stale))
            measured = taking.result()
            seconds = time.monotonic() - begun
            written = db.session.scalar(events) - before
            db.session.rollback()
    return {
        "events_per_s": round(written / seconds), "intake_per_s": round(TICKETS * SECONDS / measured.seconds, 1),
        "intake_p95_ms": round(measured.p95_ms, 1), "facts_unread_s": round(max(unread), 1),
        "facts_stale_s": round(max(stale), 1),
    }


def main() -> None:
    """Fill, count, ask, and say the figures."""
    parser = place.parser(__doc__, tickets=1_000_000)
    asked = parser.parse_args()
    random.seed(asked.tickets)
    found: dict[str, Any] = {"tickets": asked.tickets}
    with place.prepared() as environ, place.opened(environ) as app:
        begun = time.monotonic()
        with place.timed("filled"):
            fill.fill(environ[place.ADMIN], asked.tickets, span=SPAN, texts=True)
        found["fill_s"], begun = round(time.monotonic() - begun), time.monotonic()
        facts.keep_facts(longest=float("inf"))
        found["facts_s"] = round(time.monotonic() - begun)
        found["disk_gb"] = round(float(db.session.scalar(SIZE)), 1)
        people = [web.signed_in(app, town.actor(account).user_id) for account in ("desk4", next(iter(town.CLERKS)))]
        with web.served(environ) as bind:
            found |= pages(bind, *people)
        with place.timed("keeping up"):
            found |= keeping_up(environ, asked.tickets)
        with place.timed("recount"):
            facts.keep_facts(longest=float("inf"))
            last = today()
            found["recount_differences"] = len(recount(last - timedelta(days=SPAN), last))
    place.finish(found)


if __name__ == "__main__":
    main()
