"""审批: each step of what a unit asked for, from its own leader up to the director of the hotline.

The last step grants, which is a move of its own for each kind; every step before it endorses, any may refuse.
"""

from __future__ import annotations

from workflows.engine import agree, asked_of, disagree, held_clock, lead_of, lock, move, release_due, work
from workflows.errors import Invalid
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor, Role


def endorse(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Agree at a step after which somebody else decides. Raises NotNow to whoever filed it or had a step before."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        kind = application.kind if application is not None else None
        move(doing, ticket, "endorse", assignment=assignment, application=application, note=opinion,
             data={"kind": kind})
        agree(doing, ticket, assignment, application, opinion)
        return ticket


def deny_consent(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Keep a return or an extension inside the unit, as its leader, saying why: the unit goes on as it did."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        clock = held_clock(application)
        move(doing, ticket, "deny_consent", assignment=assignment, application=application, note=opinion,
             data={"kind": application.kind} if application is not None else None)
        disagree(doing, ticket, assignment, application, opinion)
        assignment.extension_filed_at = None
        if clock is not None:
            release_due(doing, clock)
        doing.tell("consent_denied", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK, asked=application.kind)
        return ticket


def refuse_suspension(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse a suspension at any step, saying why: the time runs on as it did."""
    return _refuse("refuse_suspension", no, actor, opinion, version)


def refuse_termination(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse a termination at any step, saying why: the unit goes on."""
    return _refuse("refuse_termination", no, actor, opinion, version)


def refuse_exclusion(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse an exclusion at any step, saying why: the evaluation counts."""
    return _refuse("refuse_exclusion", no, actor, opinion, version)


def refuse_appeal(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse an appeal, saying why: what the caller said stands."""
    return _refuse("refuse_appeal", no, actor, opinion, version)


def _refuse(name: str, no: str, actor: Actor, opinion: str, version: int | None) -> Ticket:
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        move(doing, ticket, name, assignment=assignment, application=application, note=opinion)
        disagree(doing, ticket, assignment, application, opinion)
        doing.tell_unit("application_refused", ticket, assignment.unit_id, asked=application.kind)
        return ticket
