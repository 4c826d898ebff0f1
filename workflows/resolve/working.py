"""What a unit does before it answers: it signs, contacts the caller, tells how far it has got, asks to return."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from workflows.engine import (
    Work,
    ask_leader,
    asked_of,
    check_open,
    consent,
    lead_of,
    leader_consents,
    lock,
    move,
    task_of,
    work,
)
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.reply import ContactLog
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.roles import Actor, Role
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import ContactResult, ReturnReason

#: Attempts after which an unreachable caller counts as contacted (§4.3, E12).
CONTACT_ATTEMPTS = 3


def sign(no: str, actor: Actor, *, task: str = "", version: int | None = None) -> Ticket:
    """Acknowledge a task (签收), the one of number `task` where the actor has several.

    The handling clock has been running since dispatch.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = task_of(ticket, actor, task)
        move(doing, ticket, "sign", assignment=assignment)
        assignment.signed_at = doing.at
        return ticket


def contact(
    no: str, actor: Actor, *, result: ContactResult, note: str, at: datetime | None = None, task: str = "",
    version: int | None = None,
) -> Ticket:
    """Log an attempt to reach the caller (首次联系). `at` is when it was, not later than now.

    The contact clock stops when the caller was reached, relayed through the hotline, or tried three times.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = task_of(ticket, actor, task)
        when = at or doing.at
        if when > doing.at or (assignment is not None and when < assignment.dispatched_at):
            raise Invalid(fields={"at": ["contact_time_wrong"]})
        tries = _tries(assignment) + 1
        reached = result in {ContactResult.REACHED, ContactResult.VIA_HOTLINE} or tries >= CONTACT_ATTEMPTS
        move(doing, ticket, "contact", assignment=assignment, note=note, data={"result": str(result)}, clocks=reached)
        if reached:
            assignment.contacted_at = assignment.contacted_at or doing.at
        doing.sink.add(new(ContactLog, assignment_id=assignment.id, at=when, by_id=actor.user_id, by_name=actor.name,
                                  result=str(result), note=note))
        return ticket


def _tries(assignment: Assignment | None) -> int:
    if assignment is None:
        return 0
    return len(db.session.scalars(select(ContactLog.id).where(ContactLog.assignment_id == assignment.id)).all())


def interim(
    no: str, actor: Actor, *, text: str, next_on: date | None = None, version: int | None = None
) -> Ticket:
    """Tell how far it has got (阶段性答复) and when more will be told. The handling clock runs on.

    Raises Invalid for a next day gone by.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        if next_on is not None and next_on < doing.today:
            raise Invalid(fields={"next_on": ["day_past"]})
        move(doing, ticket, "interim", assignment=lead_of(ticket), note=text,
             data={"next_on": next_on.isoformat()} if next_on else None)
        return ticket


def apply_return(
    no: str, actor: Actor, *, reason: ReturnReason, basis: str, suggested_unit_id: int | None,
    version: int | None = None,
) -> Ticket:
    """Ask the hotline to take the ticket back (退单): reason code, legal basis, and whose it is instead.

    Where the unit's leader must consent, they see it first. The handling clock keeps running. Raises NotNow outside the
    window, after a return, or when designated.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _check_return(doing, reason, basis, suggested_unit_id)
        assignment = lead_of(ticket)
        application = new(
            Application, kind=str(ApplicationKind.RETURN), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment else None, reason_code=str(reason), basis=basis,
            suggested_unit_id=suggested_unit_id, filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        check_open(doing, ticket, "apply_return", assignment)
        asked = {"suggested_unit_id": suggested_unit_id}
        if leader_consents(doing, assignment, ApplicationKind.RETURN):
            move(doing, ticket, "ask_consent", assignment=assignment, application=application, reason=reason,
                 note=basis, data=asked | {"kind": str(ApplicationKind.RETURN)})
            ask_leader(doing, ticket, assignment, application)
            return ticket
        move(doing, ticket, "apply_return", assignment=assignment, application=application, reason=reason, note=basis,
             data=asked)
        doing.sink.add(application)
        _return_filed(doing, ticket, assignment)
        return ticket


def consent_return(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Stand by a return as the unit's leader: now the hotline decides it. The window was kept when it was asked for."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        move(doing, ticket, "consent_return", assignment=assignment, application=application, note=opinion)
        consent(doing, ticket, assignment, application, opinion)
        _return_filed(doing, ticket, assignment)
        return ticket


def _return_filed(doing: Work, ticket: Ticket, assignment: Assignment) -> None:
    assignment.return_count += 1
    decider = Role.SUPERVISOR if ticket.return_count else Role.DISPATCHER
    doing.tell("return_filed", ticket, unit_id=None, role=decider)


def _check_return(doing: Work, reason: ReturnReason, basis: str, suggested_unit_id: int | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not basis:
        wrong["basis"] = ["required"]
    if suggested_unit_id is None and reason in {ReturnReason.NOT_OUR_DUTY, ReturnReason.WRONG_PLACE}:
        wrong["suggested_unit_id"] = ["required"]
    if suggested_unit_id is not None and suggested_unit_id not in doing.ref.units:
        wrong["suggested_unit_id"] = ["unit_unknown"]
    if wrong:
        raise Invalid(fields=wrong)
