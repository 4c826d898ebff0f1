"""督办: the clocks are watched, and whoever must know is told.

The sweep claims due clocks in batches with `FOR UPDATE SKIP LOCKED` on the clock and its ticket together (a
move locks the ticket first, so the two can never wait for each other), re-checks them inside the lock, and
writes everything a threshold causes in the same transaction. A clock that is claimed twice has nothing left
to do the second time: `next_at` has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from workflows import outbox
from workflows.model import leaps
from workflows.model.base import db, now, transaction
from workflows.model.clock import Clock
from workflows.model.reference import Reference, reference
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.rules.escalation import addressees
from workflows.rules.lifecycle import ASSIGNMENT_MOVES, TICKET_MOVES, AssignmentState, TicketState, step
from workflows.rules.limits import ClockCode
from workflows.rules.roles import SYSTEM, Role

BATCH = 1000


def sweep(batch: int = BATCH) -> int:
    """Fire every clock threshold that is due, oldest first, until none is left. Returns how many fired.

    Clocks of a ticket somebody is just moving are left to the next sweep; all are while a leap of the
    database's clock holds them.
    """
    total = 0
    while fired := _sweep_batch(batch):
        total += fired
    return total


def _sweep_batch(batch: int) -> int:
    with transaction():
        due = _claim(batch)
        if not due:
            return 0
        at, ref = now(), reference()
        if leaps.holds(at):
            return 0
        expired = [row for row in due if row.due_at <= at]
        warned = [row for row in due if row.due_at > at]
        _mark_warned(warned, at)
        _mark_expired(expired, at)
        signed = [row for row in expired if _waits_for_signature(row)]
        _sign_for(signed, at)
        _write_events(warned, expired, signed, at)
        outbox.put_all([*_notices(warned, "warned", at, ref), *_notices(expired, "expired", at, ref)])
        return len(due)


def _claim(batch: int) -> Sequence[Row]:
    """Due clocks with their tickets, both locked; those another transaction holds are skipped."""
    return db.session.execute(
        select(
            Clock.id, Clock.ticket_id, Clock.assignment_id, Clock.code, Clock.unit_id, Clock.role, Clock.due_at,
            Ticket.no, Ticket.state, Assignment.state.label("assignment_state"),
        )
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .outerjoin(Assignment, Assignment.id == Clock.assignment_id)
        .where(Clock.next_at <= func.hotline_now())
        .order_by(Clock.next_at)
        .limit(batch)
        .with_for_update(of=[Clock, Ticket], skip_locked=True)
    ).all()


def _mark_warned(rows: Iterable[Row], at: datetime) -> None:
    ids = [row.id for row in rows]
    if ids:
        db.session.execute(update(Clock).where(Clock.id.in_(ids)).values(warned_at=at, next_at=Clock.due_at))


def _mark_expired(rows: Iterable[Row], at: datetime) -> None:
    """A warning that was missed is superseded by the expiry: marked, not sent."""
    ids = [row.id for row in rows]
    if ids:
        late = func.extract("epoch", at - Clock.due_at)
        db.session.execute(
            update(Clock)
            .where(Clock.id.in_(ids))
            .values(warned_at=func.coalesce(Clock.warned_at, at), fired_at=at, next_at=None, late_seconds=late)
        )


def _waits_for_signature(row: Row) -> bool:
    return (
        row.code == ClockCode.SIGN
        and row.assignment_state == AssignmentState.WAIT_SIGN
        and row.state == TicketState.DISPATCHED
    )


def _sign_for(rows: Sequence[Row], at: datetime) -> None:
    """Sign in the unit's stead: not signing does not stop time, and the late mark stays (§4.3, E10)."""
    if not rows:
        return
    ticket_to = str(step(TICKET_MOVES, TicketState.DISPATCHED, "sign"))
    task_to = str(step(ASSIGNMENT_MOVES, AssignmentState.WAIT_SIGN, "sign"))
    db.session.execute(
        update(Ticket).where(Ticket.id.in_([r.ticket_id for r in rows]))
        .values(state=ticket_to, version=Ticket.version + 1, changed_at=at)
    )
    db.session.execute(
        update(Assignment).where(Assignment.id.in_([r.assignment_id for r in rows]))
        .values(state=task_to, signed_at=at, auto_signed=True)
    )
    db.session.execute(update(Clock).where(Clock.id.in_([r.id for r in rows])).values(stopped_at=at))


def _write_events(warned: Iterable[Row], expired: Iterable[Row], signed: Sequence[Row], at: datetime) -> None:
    events = [_event(row, "warned", at, row.state) for row in warned]
    events += [_event(row, "expired", at, row.state) for row in expired]
    # after every expiry: those of the same ticket happened in the state the signature ends
    events += [_event(row, "sign", at, str(TicketState.HANDLING)) for row in signed]
    db.session.execute(insert(TicketEvent.__table__), events)


def _event(row: Row, kind: str, at: datetime, to_state: str) -> dict[str, Any]:
    return {
        "at": at, "ticket_id": row.ticket_id, "assignment_id": row.assignment_id, "kind": kind,
        "from_state": row.state, "to_state": to_state, "actor_name": SYSTEM.name, "actor_role": str(Role.SYSTEM),
        "note": "", "data": {"clock": row.code, "due_at": row.due_at.isoformat()},
    }


def _notices(rows: Iterable[Row], kind: str, at: datetime, ref: Reference) -> Iterable[dict[str, Any]]:
    for row in rows:
        for place, role in addressees(ClockCode(row.code), kind):
            unit_id = row.unit_id if place == "unit" else ref.hotline_unit_id
            key = f"{kind}:{row.id}:{int(row.due_at.timestamp())}:{unit_id}:{role}"
            yield outbox.message(
                key, outbox.NOTICE, row.ticket_id, at, kind=kind, unit_id=unit_id, role=str(role), ticket_no=row.no,
                data={"clock": row.code, "due_at": row.due_at.isoformat()},
            )
