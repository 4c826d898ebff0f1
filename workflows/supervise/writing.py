"""What the sweep writes: each table in one statement, a thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from workflows.model.base import db
from workflows.model.rows import as_json
from workflows.rules.escalation import Climb, Level, Threshold
from workflows.rules.lifecycle import ASSIGNMENT_MOVES, TICKET_MOVES, step
from workflows.rules.limits import ClockCode
from workflows.rules.roles import SYSTEM, Role
from workflows.rules.states import AssignmentState, TicketState
from workflows.rules.vocabulary import UrgeSource

Climbs = Sequence[tuple[Row[Any], Climb]]

_FIRINGS = text(
    """
    INSERT INTO clock_firing (clock_id, level, due_at, reached_at, at, late_seconds, collapsed)
    SELECT clock_id, level, due_at, reached_at, :at, extract(epoch FROM :at - reached_at), collapsed
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS fired (clock_id bigint, level text, due_at timestamptz, reached_at timestamptz, collapsed boolean)
        ON CONFLICT DO NOTHING
    RETURNING clock_id, level
    """
)
_MOVE_ON = text(
    """
    UPDATE clock
       SET next_at = step.next_at, next_level = step.next_level,
           warned_at = CASE WHEN step.warned THEN coalesce(warned_at, :at) ELSE warned_at END,
           fired_at = CASE WHEN step.red THEN :at ELSE fired_at END,
           late_seconds = CASE WHEN step.red THEN extract(epoch FROM :at - due_at)::bigint ELSE late_seconds END
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS step (clock_id bigint, next_at timestamptz, next_level text, warned boolean, red boolean)
     WHERE clock.id = step.clock_id
    """
)
_EVENTS = text(
    """
    INSERT INTO ticket_event (at, ticket_id, assignment_id, kind, from_state, to_state, actor_name, actor_role, note,
                              data)
    SELECT :at, ticket_id, assignment_id, kind, from_state, to_state, :actor, :role, '', data
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS event (place int, ticket_id bigint, assignment_id bigint, kind text, from_state text, to_state text,
                     data jsonb)
     ORDER BY place
    """
)
_SIGN_TICKETS = text(
    "UPDATE ticket SET state = :state, version = version + 1, changed_at = :at WHERE id = ANY(:ids)"
)
_SIGN_TASKS = text(
    "UPDATE assignment SET state = :state, signed_at = :at, auto_signed = true WHERE id = ANY(:ids)"
)
_STOP = text("UPDATE clock SET stopped_at = :at, next_at = NULL, next_level = NULL WHERE id = ANY(:ids)")
_URGES = text(
    """
    WITH urged AS (
        INSERT INTO urge (ticket_id, unit_id, at, source, by_name, note)
        SELECT ticket_id, unit_id, :at, :source, :actor, ''
          FROM unnest(CAST(:tickets AS bigint[]), CAST(:units AS bigint[])) AS late (ticket_id, unit_id)
        RETURNING ticket_id
    )
    UPDATE ticket SET urge_count = urge_count + n
      FROM (SELECT ticket_id, count(*) AS n FROM urged GROUP BY ticket_id) AS counted WHERE id = ticket_id
    """
)
_ORDERS = text(
    """
    UPDATE ticket SET open_orders = open_orders + n
      FROM (SELECT id, count(*) AS n FROM unnest(CAST(:tickets AS bigint[])) AS id GROUP BY id) AS ordered
     WHERE ticket.id = ordered.id
    """
)


@dataclass
class Fired:
    """A step that a clock has just taken. `told` is what its event and its notices say; `silent`: nothing."""

    row: Row[Any]
    level: Level
    told: dict[str, Any]
    silent: bool = False


class Event(NamedTuple):
    """A line of a ticket's history, by the system."""

    row: Row[Any]
    kind: str
    to_state: str
    data: dict[str, Any]


def note_firings(climbs: Climbs, at: datetime) -> set[tuple[int, str]]:
    """Put every step taken, and every reminder collapsed into it, on record.

    Returns those that are new, by clock and level: a step already taken for this due date is taken no second time.
    """
    rows = [
        {"clock_id": row.clock_id, "level": one.level, "due_at": row.due_at, "reached_at": one.at,
         "collapsed": one is not taken.fired}
        for row, taken in climbs for one in _steps(taken)
    ]
    return set(map(tuple, db.session.execute(_FIRINGS, {"at": at, "rows": as_json(rows)})))


def move_on(climbs: Climbs, at: datetime) -> None:
    """Let each clock wait for what comes next, and remember yellow and red."""
    rows = [
        {"clock_id": row.clock_id, "next_at": taken.then and taken.then.at,
         "next_level": taken.then and taken.then.level,
         "warned": any(one.level is not Level.BLUE for one in _steps(taken)),
         "red": taken.fired is not None and taken.fired.level is Level.RED}
        for row, taken in climbs
    ]
    db.session.execute(_MOVE_ON, {"at": at, "rows": as_json(rows)})


def _steps(taken: Climb) -> Iterable[Threshold]:
    return (*taken.collapsed, taken.fired) if taken.fired else ()


def note_events(events: Iterable[Event], at: datetime) -> None:
    """Append to the histories, in the order given."""
    rows = [
        {"place": place, "ticket_id": e.row.ticket_id, "assignment_id": e.row.assignment_id, "kind": e.kind,
         "from_state": e.row.state, "to_state": e.to_state, "data": e.data}
        for place, e in enumerate(events)
    ]
    db.session.execute(_EVENTS, {"at": at, "actor": SYSTEM.name, "role": str(Role.SYSTEM), "rows": as_json(rows)})


def sign_for(rows: Sequence[Row[Any]], at: datetime) -> None:
    """Sign in the unit's stead: not signing does not stop time, and the late mark stays (§4.3, E10).

    Only the lead's signature moves its ticket.
    """
    leads = [row.ticket_id for row in rows if row.code == ClockCode.SIGN]
    ticket_to = str(step(TICKET_MOVES, TicketState.DISPATCHED, "sign"))
    task_to = str(step(ASSIGNMENT_MOVES, AssignmentState.WAIT_SIGN, "sign"))
    db.session.execute(_SIGN_TICKETS, {"at": at, "state": ticket_to, "ids": leads})
    db.session.execute(_SIGN_TASKS, {"at": at, "state": task_to, "ids": [row.assignment_id for row in rows]})
    db.session.execute(_STOP, {"at": at, "ids": [row.clock_id for row in rows]})


def urge(rows: Sequence[Row[Any]], at: datetime) -> None:
    """Press units in the hotline's name (催办)."""
    db.session.execute(_URGES, {
        "at": at, "source": str(UrgeSource.HOTLINE), "actor": SYSTEM.name,
        "tickets": [row.ticket_id for row in rows], "units": [row.unit_id for row in rows],
    })


def count_orders(ticket_ids: Sequence[int]) -> None:
    """Count new orders on their tickets; one that got two stands twice."""
    db.session.execute(_ORDERS, {"tickets": list(ticket_ids)})
