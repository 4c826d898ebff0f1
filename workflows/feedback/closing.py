"""办结: closing by hand, and by a judgement that one person proposes and a second confirms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from workflows.engine import (
    account_of,
    agree,
    asked_of,
    disagree,
    end_ticket,
    lead_of,
    lock,
    move,
    open_chain,
    said_last,
    work,
)
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.rows import new
from workflows.model.ticket import Application, Ticket, TicketIdentity
from workflows.rules.closing import JUDGED_AS, RULES, problems
from workflows.rules.numbering import normalise_ticket_no
from workflows.rules.roles import Actor, Role
from workflows.rules.states import OPEN_STATES, ApplicationKind, TicketState
from workflows.rules.vocabulary import CloseType, DissatisfactionClass
from workflows.scope import visible_to


def close(
    no: str, actor: Actor, *, close_type: CloseType, note: str = "", basis: str = "", earlier: str = "",
    taken_by: str = "", version: int | None = None,
) -> Ticket:
    """Close against a dissatisfied caller, as a supervisor, saying why.

    What each type wants beside the note stands in `rules.closing`: the `basis` in law or policy, the `earlier` ticket
    of the same caller it repeats, or who has `taken_by` then on. Raises Invalid for a type that does not fit.
    """
    given = {"note": note, "basis": basis, "earlier": earlier, "taken_by": taken_by}
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        if ticket.state == TicketState.CALLBACK and ticket.callback_outcome is not None:
            wrong = problems(close_type, account_of(ticket, assignment, solved=said_last(ticket)), given)
            if wrong:
                raise Invalid(fields=wrong)
            if close_type is CloseType.REPEATED:
                given["earlier"] = _earlier(ticket, earlier, actor)
        end_ticket(doing, ticket, assignment, close_type, note=note,
                   data={name: given[name] for name in RULES[close_type].wants})
        return ticket


def _earlier(ticket: Ticket, written: str, actor: Actor) -> str:
    """The number of the earlier ticket. Raises Invalid unless it is over and of the same caller."""
    mine, theirs = aliased(TicketIdentity), aliased(TicketIdentity)
    no = normalise_ticket_no(written)
    state = db.session.scalar(
        select(Ticket.state).join(theirs, theirs.ticket_id == Ticket.id)
        .join(mine, mine.caller_key == theirs.caller_key)
        .where(Ticket.no == no, Ticket.id < ticket.id, mine.ticket_id == ticket.id, visible_to(actor))
    )
    if state is None:
        raise Invalid(fields={"earlier": ["earlier_unknown"]})
    if state in OPEN_STATES:
        raise Invalid(fields={"earlier": ["earlier_still_open"]})
    return no


def apply_judgement(
    no: str, actor: Actor, *, reason: DissatisfactionClass, evidence: str, version: int | None = None
) -> Ticket:
    """Propose to close although the caller is dissatisfied (研判办结): what the dissatisfaction is about, and evidence.

    Raises Invalid where it is the unit's own fault, which is handled again, and for a new request that nobody has made
    a ticket of since the answer was accepted (`collect.submit_in_call`).
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = new(
            Application, kind=str(ApplicationKind.JUDGEMENT), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment is not None else None, reason_code=str(reason), basis=evidence,
            filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        move(doing, ticket, "apply_judgement", assignment=assignment, application=application, reason=reason,
             note=evidence)
        wrong: dict[str, list[str]] = {}
        if not evidence:
            wrong["evidence"] = ["required"]
        if reason not in JUDGED_AS:
            wrong["reason"] = ["units_fault_is_reworked"]
        elif reason is DissatisfactionClass.NEW_REQUEST and not _raised_since(ticket, assignment.accepted_at):
            wrong["reason"] = ["new_request_has_no_ticket"]
        if wrong:
            raise Invalid(fields=wrong)
        open_chain(doing, ticket, assignment, application)
        return ticket


def _raised_since(ticket: Ticket, at: datetime) -> bool:
    """Whether its caller brought up something new when rung about the answer accepted then."""
    found = select(Ticket.id).where(Ticket.raised_in_id == ticket.id, Ticket.created_at >= at).limit(1)
    return db.session.scalar(found) is not None


def grant_judgement(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Confirm a judgement, as its second person: the ticket is closed by it."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        data = {"class": application.reason_code} if application is not None else None
        end_ticket(doing, ticket, assignment, CloseType.JUDGED, name="grant_judgement", note=opinion, data=data,
                   application=application)
        agree(doing, ticket, assignment, application, opinion)
        return ticket


def refuse_judgement(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse a judgement, saying why: the caller's dissatisfaction waits for a decision again."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        move(doing, ticket, "refuse_judgement", assignment=assignment, application=application, note=opinion)
        disagree(doing, ticket, assignment, application, opinion)
        doing.tell("dissatisfied", ticket, unit_id=None, role=Role.SUPERVISOR)
        return ticket
