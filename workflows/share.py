"""协办、会办、下派、吹哨、抄送: several units work on a ticket, and its lead answers for them all.

A part is a task that is not the lead's. Its unit signs for it and answers it inside the time of the task it answers
to: the lead's, or the one it was handed down from. Figures know the lead alone; a part that is late is late for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from workflows.engine import (
    Work,
    above_of,
    check_part_units,
    filed,
    latest_inside,
    lead_of,
    lock,
    move,
    open_part,
    owing_below,
    part_of,
    release_parts,
    task_of,
    work,
)
from workflows.engine.clocks import UNIT_CLOCKS, void_clocks
from workflows.errors import Invalid, NotNow, Problem
from workflows.model.base import db
from workflows.model.reply import Contribution
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.states import ApplicationKind, AssignmentRole
from workflows.rules.vocabulary import PartRole, RecallReason, Resolution, ReturnReason


def add_part(
    no: str, actor: Actor, *, unit_ids: Sequence[int], role: PartRole = PartRole.CO, reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Give more units a part in a ticket that is with its lead (加派协办)."""
    return _give(no, actor, "add_part", AssignmentRole(role), unit_ids, reason, version)


def copy(
    no: str, actor: Actor, *, unit_ids: Sequence[int], reason: str = "", version: int | None = None
) -> Ticket:
    """Let units know of a ticket (抄送): they read it, and owe nothing."""
    return _give(no, actor, "copy", AssignmentRole.INFO, unit_ids, reason, version)


def whistle(
    no: str, actor: Actor, *, unit_ids: Sequence[int], reason: str, version: int | None = None
) -> Ticket:
    """A street that leads summons departments (吹哨报到); the desk is told, and both are assessed for it."""
    if not reason:
        raise Invalid(fields={"reason": ["required"]})
    return _give(no, actor, "whistle", AssignmentRole.CO, unit_ids, reason, version)


def _give(
    no: str, actor: Actor, name: str, role: AssignmentRole, unit_ids: Sequence[int], reason: str, version: int | None
) -> Ticket:
    if not unit_ids:
        raise Invalid(fields={"unit_ids": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        lead = lead_of(ticket)
        if lead is None:
            raise NotNow("wrong_state", move=name, state=ticket.state)
        check_part_units(doing, ticket, {"unit_ids": unit_ids})
        for unit_id in unit_ids:
            open_part(doing, ticket, name, unit_id, role, lead, reason=reason)
        if name == "whistle":
            lead.whistle = True
            for desk in (Role.DISPATCHER, Role.SUPERVISOR):
                doing.tell("whistled", ticket, unit_id=None, role=desk)
        return ticket


def delegate(
    no: str, actor: Actor, *, unit_id: int, due_at: datetime | None = None, note: str = "", task: str = "",
    version: int | None = None,
) -> Ticket:
    """Hand a task down to a unit below (下派), due inside its own time; whoever hands it down stays responsible.

    Raises Invalid for a unit that is not below, or for a due that is past or too near the task's own.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        own = task_of(ticket, actor, task)
        if own is None or own.due_at is None:
            raise NotNow("wrong_state", move="delegate", state=ticket.state)
        check_part_units(doing, ticket, {"unit_id": [unit_id]}, doing.ref.subtree(own.unit_id) - {own.unit_id})
        _check_due(doing, ticket, own, unit_id, due_at)
        open_part(doing, ticket, "delegate", unit_id, AssignmentRole.SUB, own, due=due_at, reason=note)
        return ticket


def _check_due(doing: Work, ticket: Ticket, own: Assignment, unit_id: int, due_at: datetime | None) -> None:
    if due_at is None:
        return
    if due_at <= doing.at:
        raise Invalid(fields={"due_at": ["due_past"]})
    latest = latest_inside(doing, ticket, own, unit_id, ClockCode.SUB)
    if due_at > latest:
        raise Invalid(fields={"due_at": [Problem("due_beyond_own", latest=latest, due=own.due_at)]})


def acknowledge(no: str, actor: Actor, *, task: str = "", version: int | None = None) -> Ticket:
    """A unit that was sent a copy has read it (阅知)."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = task_of(ticket, actor, task)
        move(doing, ticket, "acknowledge", assignment=part)
        part.signed_at = part.ended_at = doing.at
        ticket.open_parts -= 1
        return ticket


def object_to_part(
    no: str, actor: Actor, *, reason: ReturnReason, basis: str, task: str = "", version: int | None = None
) -> Ticket:
    """A unit says that the part it was given is not its business (协办异议); the desk decides, the clock runs on."""
    if not basis:
        raise Invalid(fields={"basis": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = task_of(ticket, actor, task)
        application = new(
            Application, kind=str(ApplicationKind.DECLINE), state=None, ticket_id=ticket.id,
            assignment_id=part.id if part is not None else None, reason_code=str(reason), basis=basis,
            filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        move(doing, ticket, "object", assignment=part, application=application, reason=reason, note=basis)
        ticket.open_objections += 1
        doing.sink.add(application)
        doing.tell("part_objected", ticket, unit_id=None, role=Role.DISPATCHER)
        return ticket


def release_part(no: str, actor: Actor, *, task: str, opinion: str = "", version: int | None = None) -> Ticket:
    """Let a unit out of its part; its clocks count in no figure."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = part_of(ticket, task)
        _decide(doing, ticket, part, "release_part", opinion)
        _over(doing, ticket, part)
        return ticket


def keep_part(no: str, actor: Actor, *, task: str, opinion: str, version: int | None = None) -> Ticket:
    """Keep a unit to its part, saying why."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = part_of(ticket, task)
        _decide(doing, ticket, part, "keep_part", opinion)
        part.signed_at = part.signed_at or doing.at
        return ticket


def _decide(doing: Work, ticket: Ticket, part: Assignment, name: str, opinion: str) -> None:
    application = filed(part, ApplicationKind.DECLINE)
    move(doing, ticket, name, assignment=lead_of(ticket), part=part, application=application, note=opinion)
    _settle(doing, ticket, application, opinion)
    doing.tell("part_decided", ticket, unit_id=part.unit_id, role=Role.UNIT_CLERK)


def _settle(doing: Work, ticket: Ticket, application: Application | None, opinion: str) -> None:
    if application is None:
        return
    application.decided_at, application.decided_by_id = doing.at, doing.actor.user_id
    application.decided_by, application.opinion = doing.actor.name, opinion
    ticket.open_objections -= 1


def _over(doing: Work, ticket: Ticket, part: Assignment) -> None:
    """A part is taken from its unit, with whatever was handed down from it."""
    part.ended_at = doing.at
    void_clocks(part, UNIT_CLOCKS)
    ticket.open_parts -= 1
    if part.open_parts:
        part.open_parts = 0
        release_parts(doing, ticket, part)


def recall_part(
    no: str, actor: Actor, *, task: str, reason: RecallReason, note: str = "", version: int | None = None
) -> Ticket:
    """The hotline takes a part back (收回协办)."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = part_of(ticket, task)
        if part.role == AssignmentRole.SUB:
            raise NotNow("settle_with_superior")
        application = filed(part, ApplicationKind.DECLINE)
        move(doing, ticket, "recall_part", assignment=lead_of(ticket), part=part, application=application,
             reason=reason, note=note)
        _settle(doing, ticket, application, note)
        _over(doing, ticket, part)
        doing.tell("part_ended", ticket, unit_id=part.unit_id, role=Role.UNIT_CLERK)
        return ticket


def withdraw_part(
    no: str, actor: Actor, *, task: str, reason: RecallReason, note: str = "", version: int | None = None
) -> Ticket:
    """A unit takes back what it handed down (收回下派)."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = part_of(ticket, task)
        above = above_of(ticket, part)
        move(doing, ticket, "withdraw_part", assignment=above, part=part, reason=reason, note=note)
        above.open_parts -= 1
        _over(doing, ticket, part)
        doing.tell("part_ended", ticket, unit_id=part.unit_id, role=Role.UNIT_CLERK)
        return ticket


def contribute(
    no: str, actor: Actor, *, resolution: Resolution, account: str, proposal: str = "", ahead_reason: str = "",
    task: str = "", version: int | None = None,
) -> Ticket:
    """Answer a part (协办反馈): what was done, and what the caller might be told. Its clock stops at this moment."""
    if not account:
        raise Invalid(fields={"account": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        part = task_of(ticket, actor, task)
        move(doing, ticket, "contribute", assignment=part, data={"resolution": str(resolution)})
        if not ahead_reason and owing_below(ticket, part):
            raise Invalid(fields={"ahead_reason": ["parts_unanswered"]})
        part.replied_at = doing.at
        doing.sink.add(new(
            Contribution, assignment_id=part.id, ticket_id=ticket.id, round=ticket.round, submitted_at=doing.at,
            submitted_by_id=actor.user_id, submitted_by=actor.name, resolution=str(resolution), account=account,
            proposal=proposal, ahead_reason=ahead_reason,
        ))
        above = above_of(ticket, part)
        if above is not None:
            doing.tell("contributed", ticket, unit_id=above.unit_id, role=Role.UNIT_CLERK)
        return ticket


def accept_part(no: str, actor: Actor, *, task: str, opinion: str = "", version: int | None = None) -> Ticket:
    """Whoever handed a task down accepts what came back."""
    with work(actor) as doing:
        ticket, part, above = _answered(no, actor, task, version)
        move(doing, ticket, "accept_part", assignment=above, part=part, note=opinion)
        _judge(doing, part, "ACCEPTED", opinion)
        part.accepted_at = doing.at
        return ticket


def return_part(
    no: str, actor: Actor, *, task: str, opinion: str, due_at: datetime | None = None, version: int | None = None
) -> Ticket:
    """Whoever handed a task down sends back what came of it, saying why; due as before, where that is still ahead."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket, part, above = _answered(no, actor, task, version)
        _check_due(doing, ticket, above, part.unit_id, due_at)
        old = part.due_at if part.due_at > doing.at else None
        part.due_at = due_at or old or latest_inside(doing, ticket, above, part.unit_id, ClockCode.SUB)
        move(doing, ticket, "return_part", assignment=above, part=part, note=opinion, within=above.due_at)
        _judge(doing, part, "SENT_BACK", opinion)
        doing.tell("part_returned", ticket, unit_id=part.unit_id, role=Role.UNIT_CLERK)
        return ticket


def _answered(no: str, actor: Actor, task: str, version: int | None) -> tuple[Ticket, Assignment, Assignment]:
    ticket = lock(no, actor, version)
    part = part_of(ticket, task)
    if part.parent_id is None:
        raise NotNow("not_handed_down", task=task)
    return ticket, part, above_of(ticket, part)


def _judge(doing: Work, part: Assignment, decision: str, opinion: str) -> None:
    given = db.session.scalars(
        select(Contribution).where(Contribution.assignment_id == part.id, Contribution.decision.is_(None))
        .order_by(Contribution.id.desc()).limit(1)
    ).one()
    given.decision, given.decided_at = decision, doing.at
    given.decided_by, given.opinion = doing.actor.name, opinion
