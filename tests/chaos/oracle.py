"""What must have fired, worked out from the rows as they were, by another way than the sweep's.

The sweep asks the database for what is due and judges row by row inside its locks. The oracle reads every clock
before anything is due, waits for the end, and works out in plain Python from the thresholds noted then, the end of
each clock and the ladder which events and which notices there must be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

import psycopg

RUNNING = """
    SELECT id, ticket_id, assignment_id, code, unit_id, warn_at, due_at, warned_at, fired_at FROM clock
     WHERE stopped_at IS NULL AND due_at IS NOT NULL
"""
ENDED = "SELECT id, stopped_at FROM clock WHERE id = ANY(%s)"
LADDER = "SELECT code, level, unnest(addressees) FROM ladder_step WHERE level IN ('YELLOW', 'RED')"
#: The two steps of the ladder that every clock takes, by what the history calls them.
THRESHOLDS = {"YELLOW": "warned", "RED": "expired"}
HOTLINE = "SELECT id FROM unit WHERE kind = 'HOTLINE'"


@dataclass(frozen=True)
class Noted:
    """A clock as it stood before its thresholds were reached."""

    id: int
    ticket_id: int
    assignment_id: int | None
    code: str
    unit_id: int | None
    warn_at: datetime | None
    due_at: datetime
    warned_at: datetime | None
    fired_at: datetime | None

    def over(self, threshold: str) -> bool:
        """Whether a threshold had been reached before the clock was noted."""
        return (self.warned_at if threshold == "warned" else self.fired_at) is not None


@dataclass(frozen=True)
class Expected:
    """What there must be: `must` once each, `may` at most once; and when each threshold was reached."""

    must: frozenset[tuple[int, str]]
    may: frozenset[tuple[int, str]]
    moments: dict[tuple[int, str], datetime]


def note(connection: psycopg.Connection) -> dict[int, Noted]:
    """Every clock that runs now."""
    return {row[0]: Noted(*row) for row in connection.execute(RUNNING)}


def expected(connection: psycopg.Connection, noted: dict[int, Noted], until: datetime) -> Expected:
    """What the clocks noted must have caused by `until`.

    A threshold counts when it was reached before the clock was stopped; where somebody stopped it between that and
    the next sweep there is nothing left to escalate, so it may have fired or not. Nor must a warning have gone out
    that the limit itself overtook: it is collapsed into it.
    """
    stopped = dict(connection.execute(ENDED, [list(noted)]).fetchall())
    must, may, moments = set(), set(), {}
    for clock in noted.values():
        end = min(filter(None, (stopped[clock.id], until)))
        red = clock.due_at <= end and not clock.over("expired")
        yellow = clock.warn_at is not None and clock.warn_at <= end and not clock.over("warned")
        moments |= {(clock.id, "warned"): clock.warn_at, (clock.id, "expired"): clock.due_at}
        running = stopped[clock.id] is None
        if red:
            (must if running else may).add((clock.id, "expired"))
        if yellow:
            (must if running and not red else may).add((clock.id, "warned"))
    return Expected(frozenset(must), frozenset(may), moments)


def notices(connection: psycopg.Connection, noted: dict[int, Noted], fired: set[tuple[int, str]]) -> Counter:
    """Whom the ladder says must have been told of what fired: (clock, threshold, unit, role), each once."""
    (hotline,) = connection.execute(HOTLINE).fetchone()
    ladder = defaultdict(list)
    for code, level, addressee in connection.execute(LADDER):
        ladder[code, THRESHOLDS[level]].append(addressee.split(":"))
    told: Counter = Counter()
    for id_, threshold in fired:
        clock = noted[id_]
        for place, role in ladder[clock.code, threshold]:
            told[id_, threshold, clock.unit_id if place == "UNIT" else hotline, role] += 1
    return told
