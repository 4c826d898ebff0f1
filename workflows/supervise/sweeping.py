"""The sweep: every clock climbs its ladder, each step once, none early, however late.

It claims due clocks in batches with `FOR UPDATE SKIP LOCKED` on the clock and its ticket together (a move locks the
ticket first, so the two can never wait for each other), decides in memory what is due of each, and writes
everything that causes in the same transaction, a statement a table. Where much is due two do so side by side: what
one holds the other skips. A clock that is claimed twice has nothing left
to do the second time: `next_at` has moved on, and `clock_firing` knows each step by the due date it was fired for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from workflows import outbox
from workflows.engine import Work, work
from workflows.engine.clocks import window_of
from workflows.model import leaps
from workflows.model.base import beside, db
from workflows.model.clock import Clock
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.escalation import EVENTS, NOTICES, ORDERS, Climb, Level, climb
from workflows.rules.limits import ClockCode
from workflows.rules.roles import SYSTEM
from workflows.rules.states import AssignmentState, TicketState
from workflows.rules.vocabulary import UrgeSource
from workflows.supervise import writing
from workflows.supervise.ordering import order_for
from workflows.supervise.writing import Fired

BATCH = 1000

_COLUMNS = (
    Clock.id.label("clock_id"), Clock.code, Clock.unit_id, Clock.calendar_id, Clock.rule, Clock.started_at,
    Clock.warn_at, Clock.due_at, Clock.held_since, Clock.next_level, Clock.warned_at, Clock.ticket_id,
    Clock.assignment_id,
    Ticket.no, Ticket.state, Ticket.kind, Ticket.category_id, Ticket.urgency, Ticket.caller_type,
    Assignment.state.label("assignment_state"),
)


def sweep(batch: int = BATCH) -> int:
    """Take every step that is due, the oldest first, until none is left. Returns how many were taken.

    Where there is more than a batch, two work through it side by side: while one decides, the database writes for
    the other. A clock that missed several steps takes one in each batch, so that the others are not kept waiting
    for it. Clocks of a ticket somebody is just moving are left to the next sweep; all are while a leap of the
    database's clock holds them.
    """
    claimed, taken = _take(batch)
    if claimed < batch:
        return taken + (_take_rest(batch) if claimed else 0)
    with beside(_take_rest, batch) as other:
        taken += _take_rest(batch)
    return taken + other.result()


def _take_rest(batch: int) -> int:
    total = 0
    while True:
        claimed, taken = _take(batch)
        if not claimed:
            return total
        total += taken


def _take(batch: int) -> tuple[int, int]:
    """Claim a batch and take its steps, in one transaction. Returns how many clocks were claimed, and steps taken."""
    with work(SYSTEM) as doing:
        claimed = _claim(doing.at, batch)
        if not claimed or leaps.holds(doing.at):
            return 0, 0
        return len(claimed), _fire(doing, claimed)


def _claim(at: datetime, batch: int) -> Sequence[Row[Any]]:
    """Due clocks with their tickets, both locked; those another transaction holds are skipped."""
    return db.session.execute(
        select(*_COLUMNS)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .outerjoin(Assignment, Assignment.id == Clock.assignment_id)
        .where(Clock.next_at <= at)
        .order_by(Clock.next_at)
        .limit(batch)
        .with_for_update(of=[Clock, Ticket], skip_locked=True)
    ).all()


def _fire(doing: Work, claimed: Sequence[Row[Any]]) -> int:
    climbs = sorted(((row, _climb(doing, row)) for row in claimed), key=_reached)
    news = writing.note_firings(climbs, doing.at)
    writing.move_on(climbs, doing.at)
    fired = [
        Fired(row, taken.fired.level, _told(row, taken, doing.at))
        for row, taken in climbs if taken.fired is not None and (row.clock_id, taken.fired.level) in news
    ]
    _act(doing, fired)
    writing.note_events(_events(fired), doing.at)
    doing.messages += _notices(doing, fired)
    return len(fired)


def _reached(one: tuple[Row[Any], Climb]) -> datetime:
    row, taken = one
    return taken.fired.at if taken.fired is not None else row.due_at


def _climb(doing: Work, row: Row[Any]) -> Climb:
    rungs = doing.ref.ladder.of(row.code, row.unit_id, doing.today)
    return climb(rungs, window_of(doing, row), _waits_for(row), doing.at)


def _waits_for(row: Row[Any]) -> Level:
    """The step a clock waits for; one started before there was a ladder waits for yellow or red."""
    if row.next_level is not None:
        return Level(row.next_level)
    return Level.RED if row.warned_at else Level.YELLOW


def _told(row: Row[Any], taken: Climb, at: datetime) -> dict[str, Any]:
    late = int((at - taken.fired.at).total_seconds())
    return {"clock": row.code, "due_at": row.due_at.isoformat(), "late_seconds": late}


def _act(doing: Work, fired: Sequence[Fired]) -> None:
    """What a step does besides telling people."""
    signed = [f.row for f in fired if f.level is Level.RED and _waits_for_signature(f.row)]
    urged = [f for f in fired if f.level is Level.URGE]
    ordered = [f for f in fired if f.level in ORDERS]
    if signed:
        writing.sign_for(signed, doing.at)
    if urged:
        writing.urge([f.row for f in urged], doing.at)
        for one in urged:
            one.told["source"] = str(UrgeSource.HOTLINE)
    if ordered:
        order_for(doing, ordered)


def _waits_for_signature(row: Row[Any]) -> bool:
    if row.assignment_state != AssignmentState.WAIT_SIGN:
        return False
    return row.code == ClockCode.PART_SIGN or (row.code == ClockCode.SIGN and row.state == TicketState.DISPATCHED)


def _events(fired: Sequence[Fired]) -> Iterable[writing.Event]:
    for one in fired:
        if not one.silent:
            yield writing.Event(one.row, EVENTS[one.level], one.row.state, one.told)
    # after everything else, the lead's last: all else that came of the same ticket happened in the state it ends
    signed = [one for one in fired if one.level is Level.RED and _waits_for_signature(one.row)]
    for one in sorted(signed, key=lambda one: one.row.code == ClockCode.SIGN):
        lead = one.row.code == ClockCode.SIGN
        yield writing.Event(one.row, "sign", str(TicketState.HANDLING) if lead else one.row.state, one.told)


def _notices(doing: Work, fired: Iterable[Fired]) -> Iterable[dict[str, Any]]:
    for one in fired:
        row, kind = one.row, NOTICES[one.level]
        key = f"{one.level}:{row.clock_id}:{int(row.due_at.timestamp())}"
        told = doing.once(("told", row.code, row.unit_id, one.level), _told_of, doing, row, one.level)
        for unit_id, role in () if one.silent else told:
            yield outbox.message(
                f"{key}:{unit_id}:{role}", outbox.NOTICE, row.ticket_id, doing.at, kind=kind, unit_id=unit_id,
                role=role, ticket_no=row.no, data=one.told,
            )


def _told_of(doing: Work, row: Row[Any], level: Level) -> list[tuple[int, str]]:
    """Whom a step tells, each once: unit and role."""
    found = doing.ref.ladder.of(row.code, row.unit_id, doing.today).get(level)
    told = [doing.ref.told(addressee, row.unit_id) for addressee in found.addressees] if found else []
    return list(dict.fromkeys((unit_id, str(role)) for unit_id, role in told))
