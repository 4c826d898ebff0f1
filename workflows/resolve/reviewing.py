"""审核: the hotline accepts a reply, or sends it back with what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.engine import (
    Work,
    basis_of,
    end_ticket,
    lead_of,
    lock,
    move,
    resume_or_rework,
    rung_from,
    send_answer,
    start_clocks,
    work,
)
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.feedback import CallbackTask
from workflows.model.reply import Reply
from workflows.model.rows import new
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.closing import Account, usual
from workflows.rules.guards import wants_callback
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.states import AssignmentState, TicketState
from workflows.rules.vocabulary import CallBasis, Defect


def accept_reply(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Accept a reply: the caller is told, and rung where everybody is, or is drawn for it (`engine.basis_of`).

    Where nobody wants to hear of it the ticket closes.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        given = _decide(doing, assignment, "ACCEPTED", opinion)
        ticket.callback_outcome = None
        basis, percent = basis_of(doing, ticket) if wants_callback(ticket) else (None, None)
        move(doing, ticket, "accept_reply", assignment=assignment, note=opinion,
             data={"callback": str(basis), "percent": percent} if basis is not None else None)
        assignment.accepted_at = doing.at
        send_answer(doing, ticket, rung=basis is not CallBasis.NOT_DRAWN)
        if basis is not None:
            _ask_for_callback(doing, ticket, assignment, basis)
            return ticket
        known = Account(truth=given.truth, resolution=given.resolution, unresolved_reason=given.unresolved_reason,
                        suspended=assignment.suspension_count > 0)
        end_ticket(doing.by_system(), ticket, assignment, usual(known))
        return ticket


def _ask_for_callback(doing: Work, ticket: Ticket, assignment: Assignment, basis: CallBasis) -> None:
    due_at = next(clock.due_at for clock in doing.started if clock.code == ClockCode.CALLBACK)
    doing.sink.add(new(CallbackTask, ticket_id=ticket.id, assignment_id=assignment.id, round=ticket.round,
                       created_at=doing.at, not_before=rung_from(doing, basis), due_at=due_at, attempts=0,
                       basis=str(basis)))


def send_back(
    no: str, actor: Actor, *, defects: list[Defect], opinion: str, items: Sequence[int] = (),
    version: int | None = None,
) -> Ticket:
    """Send a reply back with what is wrong with it, and the numbers of the points it did not answer.

    The old due date holds while it is still ahead; otherwise the re-handling clock starts.
    """
    if not defects:
        raise Invalid(fields={"defects": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _check_defect_items(defects, items, len(ticket.request_items))
        assignment = lead_of(ticket)
        given = _decide(doing, assignment, "SENT_BACK", opinion)
        given.defects, given.defect_items = [str(d) for d in defects], sorted(set(items))
        resumed = resume_or_rework(doing, ticket, assignment)
        again = resumed is ClockCode.HANDLING
        ticket.send_back_count += 1
        move(doing, ticket, "send_back", assignment=assignment, reason=defects[0], note=opinion,
             to=TicketState.HANDLING if again else TicketState.REWORK,
             assignment_to=AssignmentState.WORKING if again else AssignmentState.REWORK,
             data={"defects": given.defects, "items": given.defect_items, "old_due_holds": resumed is not None})
        if resumed is None:
            start_clocks(doing, ticket, assignment, [ClockCode.REWORK], brand_new=False)
        doing.tell("sent_back", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        return ticket


def _check_defect_items(defects: Sequence[Defect], items: Sequence[int], points: int) -> None:
    """Raise Invalid unless the points that were not answered are named where that is what is wrong, and only there."""
    wanted = points > 0 and Defect.NOT_ITEM_BY_ITEM in defects
    if wanted and not items:
        raise Invalid(fields={"items": ["name_the_items"]})
    if items and (not wanted or max(items) > points):
        raise Invalid(fields={"items": ["item_unknown" if wanted else "items_without_d2"]})


def _decide(doing: Work, assignment: Assignment | None, decision: str, opinion: str) -> Reply:
    given = None
    if assignment is not None:
        given = db.session.scalars(
            select(Reply).where(Reply.assignment_id == assignment.id, Reply.decision.is_(None))
            .order_by(Reply.id.desc()).limit(1)
        ).one_or_none()
    if given is None:
        raise NotNow("no_reply_to_review")
    given.decision, given.decided_at = decision, doing.at
    given.decided_by, given.opinion = doing.actor.name, opinion
    return given
