"""派单: a ticket is sent to the unit that must answer for it, taken back, or returned by it."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine import (
    Work,
    assign,
    check_part_units,
    choose_route,
    credit_late_decision,
    filed,
    lead_of,
    lock,
    move,
    note_event,
    open_part,
    propose_change,
    weigh_passage,
    work,
)
from workflows.engine.clocks import UNIT_CLOCKS, void_clocks
from workflows.errors import Invalid, NotNow
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.states import ApplicationKind, AssignmentRole
from workflows.rules.vocabulary import RecallReason


def dispatch(
    no: str, actor: Actor, *, unit_id: int, version: int | None = None, note: str = "", override_reason: str = "",
    final: bool = False, co_units: Sequence[int] = (), joint_units: Sequence[int] = (),
    copy_units: Sequence[int] = (),
) -> Ticket:
    """Send a ticket to its lead unit, with others to help it (协办、会办) or to know of it (抄送).

    A unit the catalogue does not name needs a reason; a street it does not name is given no department's
    work, unless a supervisor says so (66号文: departmental work is not pushed to the grassroots). `final`
    designates the unit for good. A ticket units must confer over needs a supervisor and a reason, too.
    Raises Invalid for an unknown or closed unit or a missing reason.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _check_unit(doing, ticket, unit_id, override_reason)
        check_part_units(doing, ticket, {"unit_id": [unit_id], "co_units": co_units, "joint_units": joint_units,
                                         "copy_units": copy_units})
        lead = assign(doing, ticket, unit_id, note=note, override_reason=override_reason, final=final)
        for name, role, units in (("add_part", AssignmentRole.CO, co_units),
                                  ("add_part", AssignmentRole.JOINT, joint_units),
                                  ("copy", AssignmentRole.INFO, copy_units)):
            for one in units:
                open_part(doing, ticket, name, one, role, lead, reason=note)
        return ticket


def _check_unit(doing: Work, ticket: Ticket, unit_id: int, override_reason: str) -> None:
    if unit_id not in doing.ref.handling_units(doing.today):
        raise Invalid(fields={"unit_id": ["unit_unknown"]})
    if ticket.must_confer and doing.actor.has({Role.SUPERVISOR}) and not override_reason:
        raise Invalid(fields={"override_reason": ["confer_override_needed"]})
    named = {c.unit_id for c in choose_route(doing, ticket).candidates}
    if unit_id in named:
        return
    if not override_reason:
        raise Invalid(fields={"override_reason": ["override_reason_needed"]})
    if unit_id in doing.ref.grassroots_units and not doing.actor.has({Role.SUPERVISOR}):
        raise NotNow("grassroots_not_allowed")


def recall(
    no: str, actor: Actor, *, reason: RecallReason, note: str = "", version: int | None = None
) -> Ticket:
    """Take a ticket back from its unit before it replied; the unit's clocks count in no figure."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        move(doing, ticket, "recall", assignment=assignment, reason=reason, note=note)
        _release(doing, ticket, assignment)
        weigh_passage(doing, ticket)
        doing.tell("recalled", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        return ticket


def grant_return(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Agree that the ticket is not this unit's; it goes back to the dispatch desk."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = filed(assignment, ApplicationKind.RETURN)
        move(doing, ticket, "grant_return", assignment=assignment, application=application, note=opinion)
        _decide(doing, application, opinion)
        ticket.return_count += 1
        propose_change(doing, ticket, assignment, application)
        _release(doing, ticket, assignment)
        weigh_passage(doing, ticket)
        doing.tell("return_granted", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        doing.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return ticket


def refuse_return(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Keep the ticket with the unit, which is designated for good; a late decision is credited to it."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = filed(assignment, ApplicationKind.RETURN)
        move(doing, ticket, "refuse_return", assignment=assignment, application=application, note=opinion)
        _decide(doing, application, opinion)
        assignment.final_designation = True
        assignment.signed_at = assignment.signed_at or doing.at
        minutes = credit_late_decision(doing, ticket, assignment, application)
        if minutes:
            note_event(doing, ticket, "credited", before=ticket.state, assignment=assignment,
                       data={"minutes": minutes, "due_at": assignment.due_at.isoformat()})
        doing.tell("return_refused", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        return ticket


def _decide(doing: Work, application: Application | None, opinion: str) -> None:
    if application is None:
        raise NotNow("nothing_filed")
    application.decided_at, application.decided_by_id = doing.at, doing.actor.user_id
    application.decided_by, application.opinion = doing.actor.name, opinion


def _release(doing: Work, ticket: Ticket, assignment: Assignment) -> None:
    assignment.ended_at = doing.at
    void_clocks(assignment, UNIT_CLOCKS - {ClockCode.REWORK})
    ticket.lead_assignment_id = ticket.lead_unit_id = None
