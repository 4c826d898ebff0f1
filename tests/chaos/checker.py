"""The invariants I1 to I9, read from the database, the clients' log and whatever received messages.

I1 what was acknowledged is there · I2 every ticket has its clocks · I3 what had to fire has fired, once ·
I4 nothing fired early · I5 every message arrived once · I6 the history is whole · I7 every move was a legal one ·
I8 nothing is left over · I9 no answer but those a client can live with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from tests.chaos.clients import TAKEN, Log
from tests.chaos.oracle import THRESHOLDS, Noted, expected, notices
from tests.chaos.site import Site
from workflows import audit
from workflows.model import base
from workflows.rules.lifecycle import TICKET_MOVES

#: Something that received messages: how often each key arrived.
Sink = Callable[[psycopg.Connection], Counter[str]]

CLOCKS_OF_A_TICKET = {"TOTAL", "DISPATCH", "SIGN", "CONTACT", "HANDLING"}
FIRINGS = """
    SELECT c.id, e.kind, e.at FROM ticket_event e
      JOIN clock c ON c.ticket_id = e.ticket_id AND c.assignment_id IS NOT DISTINCT FROM e.assignment_id
       AND c.code = e.data->>'clock'
     WHERE e.kind IN ('warned', 'expired') AND c.id = ANY(%s)
"""
MARKED = "SELECT id FROM clock WHERE fired_at IS NOT NULL AND id = ANY(%s)"
TOLD = "SELECT key, unit_id, role FROM notice WHERE key ~ '^(YELLOW|RED):'"
WITHOUT_CLOCKS = """
    SELECT t.no FROM ticket t WHERE NOT (SELECT coalesce(array_agg(code::text), '{}') FROM clock WHERE ticket_id = t.id)
           @> %s
"""
#: A clock that was stopped in time has not fired: whoever came first, mover or sweep, the other did nothing.
BOTH = "SELECT id FROM clock WHERE fired_at > stopped_at OR fired_at < due_at OR warned_at < warn_at"
ORPHANS = """
    SELECT 'outbox', o.id FROM outbox o LEFT JOIN ticket t ON t.id = o.ticket_id
     WHERE o.ticket_id IS NOT NULL AND t.id IS NULL
    UNION ALL SELECT 'unsent', id FROM outbox WHERE sent_at IS NULL
    UNION ALL SELECT 'unfired', id FROM clock WHERE next_at <= hotline_now()
    UNION ALL SELECT 'ended', c.id FROM clock c JOIN ticket t ON t.id = c.ticket_id
     WHERE t.closed_at IS NOT NULL AND c.stopped_at IS NULL AND c.code <> 'PETITION'
"""
HISTORY = "SELECT ticket_id, kind, from_state, to_state FROM ticket_event ORDER BY ticket_id, id"
CREATED = "SELECT count(*) FROM ticket_event WHERE kind = 'create' GROUP BY ticket_id HAVING count(*) <> 1"


@dataclass
class Result:
    """One line of the table: what a fault did. `back`: seconds until everything ran again, where programs ended."""

    fault: str
    acknowledged: int
    lost: int
    fired: int
    twice: int
    early: int
    lateness: tuple[float, ...]
    answers: dict[int, int]
    back: float = 0.0

    @property
    def worst(self) -> float:
        """Seconds of the latest firing."""
        return max(self.lateness, default=0.0)

    def share(self, part: float) -> float:
        """Seconds by which so large a part of the firings had happened."""
        return sorted(self.lateness)[int(part * (len(self.lateness) - 1))] if self.lateness else 0.0


def notices_arrived(connection: psycopg.Connection) -> Counter[str]:
    """The sink of in-app notices: how often each message became one."""
    return Counter(key for (key,) in connection.execute("SELECT key FROM notice"))


def check(
    site: Site, fault: str, noted: dict[int, Noted], log: Log, allowed: frozenset[int],
    sinks: Sequence[tuple[str, Sink]] = (("notice", notices_arrived),),
) -> Result:
    """Every invariant, each with an assertion of its own; what was seen."""
    with site.behind() as connection:
        (until,) = connection.execute("SELECT hotline_now()").fetchone()
        lost = _acknowledged(connection, log)
        fired, lateness = _fired(connection, noted, until)
        _told(connection, noted, fired, sinks)
        _left_over(connection)
        _legal(connection)
    with site.app.app_context():
        assert list(audit.breaks()) == [], "I6: the history was altered"
        base.db.session.remove()
    assert set(log.statuses) <= allowed | {TAKEN}, f"I9: {log.statuses}"
    twice = sum(times - 1 for times in fired.values())
    early = sum(late < 0 for late in lateness)
    return Result(fault, len(log.acknowledged()), lost, len(fired), twice, early, tuple(lateness), dict(log.statuses))


def _acknowledged(connection: psycopg.Connection, log: Log) -> int:
    there = Counter(connection.execute("SELECT content, no FROM ticket WHERE content = ANY(%s)", [list(log.sent)]))
    acknowledged = log.acknowledged()
    lost = [no for content, no in acknowledged.items() if there[content, no] != 1]
    assert lost == [], "I1: acknowledged and not there"
    assert max(Counter(content for content, _ in there).values(), default=1) == 1, "I1: taken twice"
    assert connection.execute(WITHOUT_CLOCKS, [list(CLOCKS_OF_A_TICKET)]).fetchall() == [], "I2: without clocks"
    return len(lost)


def _fired(
    connection: psycopg.Connection, noted: dict[int, Noted], until: datetime
) -> tuple[Counter[tuple[int, str]], list[float]]:
    """What fired, and how many seconds late each."""
    due = expected(connection, noted, until)
    rows = [row for row in connection.execute(FIRINGS, [list(noted)]) if not noted[row[0]].over(row[1])]
    fired = Counter((id_, kind) for id_, kind, _ in rows)
    assert {key for key, times in fired.items() if times > 1} == set(), "I3: fired twice"
    assert due.must <= set(fired), f"I3: did not fire: {sorted(due.must - set(fired))}"
    assert set(fired) <= due.must | due.may, f"I3: fired without cause: {sorted(set(fired) - due.must - due.may)}"
    marked = {id_ for (id_,) in connection.execute(MARKED, [list(noted)]) if not noted[id_].over("expired")}
    assert {(id_, "expired") for id_ in marked} <= set(fired), "I3: marked as fired, without an event"
    lateness = [(at - due.moments[id_, kind]).total_seconds() for id_, kind, at in rows]
    assert min(lateness, default=0) >= 0, "I4: fired early"
    assert connection.execute(BOTH).fetchall() == [], "I4: fired early, or after it was stopped"
    return fired, lateness


def _told(
    connection: psycopg.Connection, noted: dict[int, Noted], fired: Counter[tuple[int, str]],
    sinks: Sequence[tuple[str, Sink]],
) -> None:
    told: Counter = Counter()
    for key, unit_id, role in connection.execute(TOLD):
        level, id_, *_ = key.split(":")
        kind = THRESHOLDS[level]
        if int(id_) in noted and not noted[int(id_)].over(kind):
            told[int(id_), kind, unit_id, role] += 1
    assert told == notices(connection, noted, set(fired)), "I5: whom the ladder names, each once"
    for topic, sink in sinks:
        keys = {key for (key,) in connection.execute("SELECT key FROM outbox WHERE topic = %s", [topic])}
        assert sink(connection) == Counter(keys), f"I5: every message of {topic} once"


def _left_over(connection: psycopg.Connection) -> None:
    assert connection.execute(ORPHANS).fetchall() == [], "I8: left over"


def _legal(connection: psycopg.Connection) -> None:
    states: dict[int, str | None] = {}
    for ticket, kind, before, after in connection.execute(HISTORY):
        assert states.get(ticket) == before, f"I7: ticket {ticket} was not in {before}"
        states[ticket] = after
        move = TICKET_MOVES.get(kind)
        if move is not None:
            assert before in move.sources, f"I7: {kind} from {before}"
            assert after in (move.targets or (before,)), f"I7: {kind} to {after}"
    now = dict(connection.execute("SELECT id, state FROM ticket").fetchall())
    assert states == now, "I7: the state is not that of the history"
    assert connection.execute(CREATED).fetchall() == [], "I6: one beginning for every ticket"
