"""What waits for whom: the units' queues (departments.py) and those of the hotline's own desks.

A desk's queue follows the running clocks of one code, so it is sorted by due and found by one index however
many tickets are open. Queues of the hotline are empty for everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Subquery, and_, exists, func, select, text

from workflows.errors import Invalid
from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.feedback import RUNG, CallbackAttempt, CallbackTask, Evaluation
from workflows.model.reference import reference
from workflows.model.relay import Relay
from workflows.model.reply import Reply
from workflows.model.ticket import Application, Assignment, Ticket, TicketIdentity
from workflows.read.admission import DETAILS_WANTED
from workflows.read.departments import (
    DEPARTMENT_TABS,
    QueueRow,
    Tab,
    TaskFilter,
    arrived_since,
    department_counts,
    department_queue,
)
from workflows.read.lists import TicketFilter, all_tickets, desk_recent
from workflows.read.paging import SIZE, Page, Walk, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.ticket_parts import CandidateView
from workflows.read.tickets import candidates_of
from workflows.read.withdrawals import taken_back, withdrawals
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind, AssignmentRole
from workflows.scope import visible_to

__all__ = [
    "CALLBACK_TABS", "DEPARTMENT_TABS", "CallbackRow", "CallbackTab", "DispatchRow", "ExtensionRow", "QueueRow",
    "RelayRow", "ReturnRow", "ReviewRow", "Tab", "TaskFilter", "TicketFilter", "all_tickets", "arrived_since",
    "callback_queue", "department_counts", "department_queue", "desk_counts", "desk_recent", "dispatch_queue",
    "extension_queue", "return_queue", "review_queue",
]

RUNNING = text("clock.stopped_at IS NULL AND clock.due_at IS NOT NULL")
#: The words of the index of tickets whose dissatisfied caller waits for a decision.
DISSATISFIED = text("ticket.state = 'CALLBACK' AND ticket.callback_outcome = 'DISSATISFIED'")


#: The words of the index of what is to be passed on.
WAITING = text("relay.done_at IS NULL AND relay.lapsed_at IS NULL")


class CallbackTab(StrEnum):
    """待回访; 不满意待处理: callers who said no and wait for re-handling or a judgement; 经热线联系; 撤单核查."""

    TO_RING = "TO_RING"
    DISSATISFIED = "DISSATISFIED"
    RELAYS = "RELAYS"
    WITHDRAWN = "WITHDRAWN"


CALLBACK_TABS = tuple(CallbackTab)


@dataclass(frozen=True, kw_only=True)
class DispatchRow(TicketRow):
    """A ticket that waits for its unit; `waiting_since` it was submitted or came back."""

    waiting_since: datetime
    hops: int
    must_confer: bool
    escalation_level: int
    decision: str = ""
    candidates: tuple[CandidateView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnRow(TicketRow):
    """A return, or an objection to a part, that waits for a decision.

    From the second return on it is a supervisor's (`needs_senior`).
    """

    filed_at: datetime
    filed_by: str
    reason_code: str
    basis: str
    suggested_unit_id: int | None
    path: str
    task_unit_id: int
    task_role: str
    suggested_unit_name: str = ""
    task_unit_name: str = ""
    needs_senior: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it is a part that is objected to, not the ticket that is returned."""
        return self.task_role != AssignmentRole.LEAD


@dataclass(frozen=True, kw_only=True)
class ExtensionRow(TicketRow):
    """An extension that waits for a decision; `task_due_at` is the due it would move, held back while it waits.

    From the second one on it is the director's (`needs_director`).
    """

    filed_at: datetime
    filed_by: str
    reason_code: str
    plan: str
    amount: int
    amount_basis: str
    task_due_at: datetime
    task_warn_at: datetime | None
    extension_count: int
    needs_director: bool = False


@dataclass(frozen=True, kw_only=True)
class ReviewRow(TicketRow):
    """A reply that waits for review."""

    submitted_at: datetime
    submitted_by: str
    resolution: str
    truth: str
    send_back_count: int


@dataclass(frozen=True, kw_only=True)
class CallbackRow(TicketRow):
    """A caller to ring, or one who was dissatisfied. `own`: the actor took the call and may not ring back."""

    attempts: int
    not_before: datetime
    masked_name: str
    masked_phone: str
    solved: str | None = None
    satisfaction: str | None = None
    reason_code: str | None = None
    own: bool = False
    ready: bool = True


@dataclass(frozen=True, kw_only=True)
class RelayRow(TicketRow):
    """A unit's word that waits to be passed on to a withheld caller."""

    asked_at: datetime
    asked_by: str
    question: str
    attempts: int
    masked_name: str
    masked_phone: str
    ready: bool = True


def dispatch_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[DispatchRow]:
    """Tickets that wait for a unit, with what the catalogue proposes."""
    step = walk(after, datetime, int, size=size)
    if not actor.of_hotline:
        return Page()
    at, ref = now(), reference()
    waiting = _running(ClockCode.DISPATCH, step)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.hops, Ticket.must_confer, Ticket.escalation_level, Ticket.route,
               Ticket.respondent_unit_id, waiting.c.started_at.label("waiting_since"), waiting.c.due_at,
               waiting.c.warn_at, waiting.c.clock_id)
        .join(waiting, waiting.c.ticket_id == Ticket.id)
        .where(visible_to(actor))
        .order_by(*step.order(waiting.c.due_at, waiting.c.clock_id))
    ).all()
    make = line_maker(
        DispatchRow, ref, at, candidates=lambda row: candidates_of(row.route, row.respondent_unit_id, ref),
        decision=lambda row: (row.route or {}).get("decision", ""),
    )
    return step.page(rows, make, key=_clock_key)


def return_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[ReturnRow]:
    """Returns that wait for a decision."""
    step = walk(after, datetime, int, size=size)
    if not actor.of_hotline:
        return Page()
    at, ref = now(), reference()
    waiting = _running(ClockCode.RETURN_DECISION, step)
    filed = and_(Application.assignment_id == waiting.c.assignment_id, Application.state == "FILED",
                 Application.kind.in_([str(ApplicationKind.RETURN), str(ApplicationKind.DECLINE)]))
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Application.filed_at, Application.filed_by, Application.reason_code,
               Application.basis, Application.suggested_unit_id, Assignment.path,
               Assignment.unit_id.label("task_unit_id"), Assignment.role.label("task_role"), waiting.c.due_at,
               waiting.c.warn_at, waiting.c.clock_id)
        .join(waiting, waiting.c.ticket_id == Ticket.id)
        .join(Application, filed)
        .join(Assignment, Assignment.id == waiting.c.assignment_id)
        .where(visible_to(actor))
        .order_by(*step.order(waiting.c.due_at, waiting.c.clock_id))
    ).all()
    make = line_maker(
        ReturnRow, ref, at, suggested_unit_name=lambda row: ref.unit_name(row.suggested_unit_id),
        task_unit_name=lambda row: ref.unit_name(row.task_unit_id),
        needs_senior=lambda row: row.return_count >= 1 and row.task_role == AssignmentRole.LEAD,
    )
    return step.page(rows, make, key=_clock_key)


def extension_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[ExtensionRow]:
    """Extensions that wait for a decision."""
    step = walk(after, datetime, int, size=size)
    if not actor.of_hotline:
        return Page()
    at, ref = now(), reference()
    waiting = _running(ClockCode.EXTENSION, step)
    asked = and_(Application.assignment_id == waiting.c.assignment_id, Application.state == "FILED",
                 Application.kind == str(ApplicationKind.EXTENSION))
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Application.filed_at, Application.filed_by, Application.reason_code, Application.plan,
               Application.amount, Application.amount_basis, Assignment.due_at.label("task_due_at"),
               Assignment.warn_at.label("task_warn_at"), Assignment.extension_count, waiting.c.due_at,
               waiting.c.warn_at, waiting.c.clock_id)
        .join(waiting, waiting.c.ticket_id == Ticket.id)
        .join(Application, asked)
        .join(Assignment, Assignment.id == waiting.c.assignment_id)
        .where(visible_to(actor))
        .order_by(*step.order(waiting.c.due_at, waiting.c.clock_id))
    ).all()
    make = line_maker(ExtensionRow, ref, at, needs_director=lambda row: row.extension_count > 0)
    return step.page(rows, make, key=_clock_key)


def review_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[ReviewRow]:
    """Replies that wait for review."""
    step = walk(after, datetime, int, size=size)
    if not actor.of_hotline:
        return Page()
    at, ref = now(), reference()
    waiting = _running(ClockCode.REVIEW, step)
    given = and_(Reply.assignment_id == waiting.c.assignment_id, Reply.decision.is_(None))
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.send_back_count, Reply.submitted_at, Reply.submitted_by, Reply.resolution,
               Reply.truth, waiting.c.due_at, waiting.c.warn_at, waiting.c.clock_id)
        .join(waiting, waiting.c.ticket_id == Ticket.id)
        .join(Reply, given)
        .where(visible_to(actor))
        .order_by(*step.order(waiting.c.due_at, waiting.c.clock_id))
    ).all()
    return step.page(rows, line_maker(ReviewRow, ref, at), key=_clock_key)


def callback_queue(
    actor: Actor, tab: str = CallbackTab.TO_RING, after: str | None = None, size: int = SIZE
) -> Page[Any]:
    """Callers to ring: those whose time has come, longest waiting first, then those to try again later.

    Another tab holds the dissatisfied who wait for a decision; another, as RelayRow, what units want passed on to
    callers they may not know; the last withdrawals that are looked into. Raises Invalid for an unknown tab.
    """
    if tab not in CALLBACK_TABS:
        raise Invalid(fields={"tab": ["not_a_choice"]})
    if not actor.of_hotline:
        return Page()
    listed = {CallbackTab.TO_RING: _to_ring, CallbackTab.DISSATISFIED: _dissatisfied, CallbackTab.RELAYS: _relays,
              CallbackTab.WITHDRAWN: withdrawals}
    return listed[CallbackTab(tab)](actor, after, size)


def _to_ring(actor: Actor, after: str | None, size: int) -> Page[CallbackRow]:
    step = walk(after, datetime, int, size=size)
    at, ref = now(), reference()
    rung = exists().where(CallbackAttempt.task_id == CallbackTask.id, CallbackAttempt.by_id == actor.user_id,
                          CallbackAttempt.result == "ANSWERED")
    tasks = (
        select(CallbackTask.id.label("task_id"), CallbackTask.ticket_id, CallbackTask.not_before,
               CallbackTask.attempts, CallbackTask.due_at, rung.label("rung"))
        .where(CallbackTask.done_at.is_(None), text(RUNG), *step.where(CallbackTask.not_before, CallbackTask.id))
        .order_by(*step.order(CallbackTask.not_before, CallbackTask.id))
        .limit(step.limit)
        .subquery("tasks")
    )
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.created_by_id, TicketIdentity.masked_name, TicketIdentity.masked_phone, tasks)
        .join(tasks, tasks.c.ticket_id == Ticket.id)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(visible_to(actor))
        .order_by(*step.order(tasks.c.not_before, tasks.c.task_id))
    ).all()
    make = line_maker(CallbackRow, ref, at, own=_is_anothers(actor), ready=lambda row: row.not_before <= at)
    return step.page(rows, make, key=lambda row: (row.not_before, row.task_id))


def _is_anothers(actor: Actor) -> Any:
    """Whether somebody else must ring: of the actor's own ticket, or, after an appeal, where the actor rang before."""
    own = _is_own(actor)
    return lambda row: own(row) or (row.state == "CLOSED" and row.rung)


def _dissatisfied(actor: Actor, after: str | None, size: int) -> Page[CallbackRow]:
    step = walk(after, int, size=size)
    at, ref = now(), reference()
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.created_by_id, TicketIdentity.masked_name, TicketIdentity.masked_phone,
               CallbackTask.not_before, CallbackTask.attempts, CallbackTask.due_at, Evaluation.solved,
               Evaluation.satisfaction, Evaluation.reason_code)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .join(CallbackTask, and_(CallbackTask.ticket_id == Ticket.id, CallbackTask.round == Ticket.round))
        .join(Evaluation, and_(Evaluation.ticket_id == Ticket.id, Evaluation.round == Ticket.round))
        .where(visible_to(actor), DISSATISFIED, *step.where(Ticket.id))
        .order_by(*step.order(Ticket.id))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(CallbackRow, ref, at, own=_is_own(actor)), key=lambda row: (row.id,))


def _relays(actor: Actor, after: str | None, size: int) -> Page[RelayRow]:
    step = walk(after, datetime, int, size=size)
    at, ref = now(), reference()
    rows = db.session.execute(
        select(*TICKET_COLUMNS, TicketIdentity.masked_name, TicketIdentity.masked_phone, Relay.id.label("relay_id"),
               Relay.asked_at, Relay.asked_by, Relay.question, Relay.attempts)
        .join(Relay, Relay.ticket_id == Ticket.id)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(visible_to(actor), WAITING, *step.where(Relay.asked_at, Relay.id))
        .order_by(*step.order(Relay.asked_at, Relay.id))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(RelayRow, ref, at), key=lambda row: (row.asked_at, row.relay_id))


def desk_counts(actor: Actor) -> dict[str, int]:
    """How many wait at each desk of the hotline, by its name; nobody for others."""
    desks = {"dispatch": ClockCode.DISPATCH, "returns": ClockCode.RETURN_DECISION, "extensions": ClockCode.EXTENSION,
             "review": ClockCode.REVIEW, "conferences": ClockCode.CONFERENCE, "admission": ClockCode.ADMISSION}
    if not actor.of_hotline:
        return dict.fromkeys([*desks, "callback", "dissatisfied", "relays", "withdrawn", "details"], 0)
    waiting = [
        select(func.count()).select_from(Clock).where(Clock.code == str(code), RUNNING).scalar_subquery().label(name)
        for name, code in desks.items()
    ]
    ready = select(func.count()).where(CallbackTask.done_at.is_(None), text(RUNG), CallbackTask.not_before <= now())
    unhappy = select(func.count()).select_from(Ticket).where(DISSATISFIED)
    words = select(func.count()).select_from(Relay).where(WAITING)
    lacking = select(func.count()).select_from(Ticket).where(DETAILS_WANTED)
    row = db.session.execute(
        select(*waiting, ready.scalar_subquery().label("callback"), unhappy.scalar_subquery().label("dissatisfied"),
               words.scalar_subquery().label("relays"), taken_back().label("withdrawn"),
               lacking.scalar_subquery().label("details"))
    ).one()
    return dict(row._mapping)


def _running(code: ClockCode, step: Walk) -> Subquery:
    """The page's running clocks of one code."""
    return (
        select(Clock.id.label("clock_id"), Clock.ticket_id, Clock.assignment_id, Clock.started_at, Clock.due_at,
               Clock.warn_at)
        .where(Clock.code == str(code), RUNNING, *step.where(Clock.due_at, Clock.id))
        .order_by(*step.order(Clock.due_at, Clock.id))
        .limit(step.limit)
        .subquery("waiting")
    )


def _clock_key(row: Any) -> tuple[datetime, int]:
    return row.due_at, row.clock_id


def _is_own(actor: Actor) -> Any:
    return lambda row: actor.user_id is not None and row.created_by_id == actor.user_id
