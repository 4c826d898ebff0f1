"""What waits for somebody's step in a chain of approvals, and the ledger of what is suspended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from workflows.errors import Invalid
from workflows.model.application import WAITING, ApplicationStep, Suspension
from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.reference import reference
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.scope import visible_to

#: Lines of the ledger: all that are not cleared, those whose review is overdue, those cleared.
LEDGER_TABS = ("OPEN", "LATE", "CLEARED")
#: The clock by which a suspended matter is looked at again.
_REVIEW = and_(Clock.ticket_id == Suspension.ticket_id, Clock.assignment_id == Suspension.assignment_id,
               Clock.code == str(ClockCode.SUSPENSION), Clock.stopped_at.is_(None), Suspension.resumed_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class StepRow(TicketRow):
    """An application that waits for a step; `due_at` is the task's own. `own`: the reader has had a say in it."""

    asked_kind: str
    reason_code: str
    plan: str
    basis: str
    filed_at: datetime
    filed_by: str
    opened_at: datetime
    role: str
    position: int
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class LedgerRow(TicketRow):
    """A line of the ledger; `due_at` is when it is to be reviewed next, where it still is suspended."""

    suspension_no: str
    unit_id: int
    cause: str
    plan: str
    milestones: list[dict[str, Any]]
    leader_name: str
    leader_office: str
    target_on: date
    granted_at: datetime
    reviews: int
    reviewed_at: datetime | None
    resumed_at: datetime | None
    cleared_at: datetime | None
    cleared_by: str
    review_due_at: datetime | None
    review_warn_at: datetime | None


def approval_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[StepRow]:
    """Steps this actor may have to take, the longest waiting first."""
    step = walk(after, datetime, int, size=size)
    mine = _steps_of(actor)
    if mine is None:
        return Page()
    first = (
        select(ApplicationStep.id, ApplicationStep.application_id, ApplicationStep.opened_at, ApplicationStep.role,
               ApplicationStep.position)
        .where(mine, *step.where(ApplicationStep.opened_at, ApplicationStep.id))
        .order_by(*step.order(ApplicationStep.opened_at, ApplicationStep.id))
        .limit(step.limit)
        .subquery("waiting")
    )
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Application.kind.label("asked_kind"), Application.reason_code, Application.plan,
               Application.basis,
               Application.filed_at, Application.filed_by, first.c.opened_at, first.c.role, first.c.position,
               first.c.id.label("step_id"), Assignment.asked, Assignment.due_at, Assignment.warn_at)
        .join(Application, Application.ticket_id == Ticket.id)
        .join(first, first.c.application_id == Application.id)
        .join(Assignment, Assignment.id == Application.assignment_id)
        .where(visible_to(actor))
        .order_by(*step.order(first.c.opened_at, first.c.id))
    ).all()
    make = line_maker(StepRow, reference(), now(), by_unit=True,
                      own=lambda row: actor.user_id in (row.asked or {}).get("by", ()))
    return step.page(rows, make, key=lambda row: (row.opened_at, row.step_id))


def approval_count(actor: Actor) -> int:
    """How many steps wait for this actor."""
    mine = _steps_of(actor)
    return 0 if mine is None else db.session.scalar(select(func.count()).select_from(ApplicationStep).where(mine)) or 0


def _steps_of(actor: Actor) -> ColumnElement[bool] | None:
    """The open steps of the actor's roles: at the hotline, or in the actor's unit and those below."""
    ways = []
    desks = sorted(str(role) for role in (Role.SUPERVISOR, Role.HOTLINE_DIR) if role in actor.roles)
    if desks:
        ways.append(and_(ApplicationStep.role.in_(desks), ApplicationStep.unit_id.is_(None)))
    if Role.UNIT_LEAD in actor.roles and actor.unit_ids:
        ways.append(and_(ApplicationStep.role == str(Role.UNIT_LEAD),
                         ApplicationStep.unit_id.in_(sorted(actor.unit_ids))))
    return and_(text(WAITING), or_(*ways)) if ways else None


def ledger(
    actor: Actor, tab: str = "OPEN", *, unit_id: int | None = None, after: str | None = None, size: int = SIZE
) -> Page[LedgerRow]:
    """The ledger of suspended matters (挂账台账), the oldest first; a unit sees its own lines.

    Raises Invalid for an unknown tab.
    """
    if tab not in LEDGER_TABS:
        raise Invalid(fields={"tab": ["not_a_choice"]})
    step = walk(after, datetime, int, size=size)
    at = now()
    wanted = [Suspension.cleared_at.is_not(None) if tab == "CLEARED" else Suspension.cleared_at.is_(None)]
    if tab == "LATE":
        wanted.append(Clock.due_at <= at)
    if unit_id is not None:
        wanted.append(Suspension.unit_id == unit_id)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Suspension.no.label("suspension_no"), Suspension.unit_id, Suspension.cause,
               Suspension.plan, Suspension.milestones, Suspension.leader_name, Suspension.leader_office,
               Suspension.target_on, Suspension.granted_at, Suspension.reviews, Suspension.reviewed_at,
               Suspension.resumed_at, Suspension.cleared_at, Suspension.cleared_by, Suspension.id.label("line_id"),
               Clock.due_at.label("review_due_at"), Clock.warn_at.label("review_warn_at"))
        .join(Suspension, Suspension.ticket_id == Ticket.id)
        .outerjoin(Clock, _REVIEW)
        .where(visible_to(actor), *_own_lines(actor), *wanted, *step.where(Suspension.granted_at, Suspension.id))
        .order_by(*step.order(Suspension.granted_at, Suspension.id))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(LedgerRow, reference(), at), key=lambda row: (row.granted_at, row.line_id))


def ledger_counts(actor: Actor) -> tuple[int, int]:
    """How many lines are not cleared, and of how many of these the review is overdue."""
    late = func.count().filter(Clock.due_at <= now())
    row = db.session.execute(
        select(func.count(), late).select_from(Suspension).join(Ticket, Ticket.id == Suspension.ticket_id)
        .outerjoin(Clock, _REVIEW)
        .where(Suspension.cleared_at.is_(None), visible_to(actor), *_own_lines(actor))
    ).one()
    return tuple(row)


def _own_lines(actor: Actor) -> list[ColumnElement[bool]]:
    """A unit that had the ticket before or after does not see the line of another."""
    return [Suspension.unit_id.in_(sorted(actor.unit_ids))] if actor.of_unit and not actor.of_hotline else []
