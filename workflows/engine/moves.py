"""Locking a ticket, making a move, and saying which moves are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from workflows.engine.chains import lapse_chain, lapse_steps
from workflows.engine.clocks import start_clocks, stop_clocks
from workflows.engine.conferring import leave_conference
from workflows.engine.evidence import bring_with_application
from workflows.engine.followers import after_master
from workflows.engine.orders import lapse_appeal, lapse_orders, lapse_relays
from workflows.engine.parts import end_parts
from workflows.engine.pausing import end_pauses, pause_clocks
from workflows.engine.signing import leave_signing
from workflows.engine.work import Work
from workflows.errors import NotNow, Outdated, Refusal, Unknown
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent
from workflows.rules.accounting import SegmentReason
from workflows.rules.guards import GUARDS, UNSAID, Situation
from workflows.rules.lifecycle import (
    APPLICATION_MOVES,
    ASSIGNMENT_MOVES,
    PART_MOVES,
    TICKET_MOVES,
    Move,
    check_role,
    line_of,
    moves_from,
    moves_of_part,
    step,
)
from workflows.rules.limits import ClockCode
from workflows.rules.roles import UNIT_ROLES, Actor, Role
from workflows.rules.states import WITH_A_UNIT, ApplicationKind, ApplicationState, AssignmentRole, TicketState
from workflows.scope import visible_to

#: Moves that end the lead's task or answer it, and with it a chain that is undecided.
ENDING_CHAINS = frozenset(
    name for name, line in APPLICATION_MOVES.items() if ApplicationState.LAPSED in line.targets
) - PART_MOVES.keys() | {"reply"}
#: An extension asked for outlives the reply, and the round: whether that was in time hangs on it.
LAPSING = ENDING_CHAINS - {"reply", "rework"}


def lock(no: str, actor: Actor, version: int | None = None) -> Ticket:
    """The ticket, locked until the transaction ends.

    Raises Unknown where there is none for these eyes, Outdated where it changed since `version`.
    """
    ticket = db.session.scalars(
        select(Ticket)
        .where(Ticket.no == no, visible_to(actor))
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if ticket is None:
        raise Unknown("ticket_unknown")
    if version is not None and ticket.version != version:
        raise Outdated("ticket_changed", no=no, version=ticket.version, state=ticket.state)
    return ticket


def lead_of(ticket: Ticket) -> Assignment | None:
    """The lead unit's task, as it stands in the database."""
    if ticket.lead_assignment_id is None:
        return None
    return db.session.get(Assignment, ticket.lead_assignment_id, populate_existing=True)


def move(
    work: Work,
    ticket: Ticket,
    name: str,
    *,
    assignment: Assignment | None = None,
    part: Assignment | None = None,
    application: Application | None = None,
    to: StrEnum | None = None,
    assignment_to: StrEnum | None = None,
    reason: StrEnum | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    brand_new: bool = False,
    clocks: bool = True,
    within: datetime | None = None,
) -> None:
    """Make a move: check it, step every machine it stands in, stop and start clocks, write the event.

    `assignment` is the task it is made from: the lead's, or an own part of the unit that acts, whose move leaves the
    ticket where it is. `part` is the part the move begins, decides on or ends, `within` the due its clock lies inside.
    `brand_new` says that the ticket was made in this very transaction, so no clock of it is in the database;
    `clocks=False` that no clock stops by it: the step was tried but not done (nobody answered), or the use case stops
    just the one it is about.
    Raises NotAllowed for the wrong role, Unknown for another unit's task, NotNow for the wrong state or a guard.
    """
    line = line_of(name, assignment.role if assignment is not None else None, part=part is not None)
    _check(line, work, ticket, assignment)
    before, task_before = ticket.state, assignment.state if assignment is not None else None
    if line is PART_MOVES.get(name):
        part = assignment
    else:
        application = application or _lapsed_by(work, ticket, name, assignment)
        _step_ticket(ticket, name, assignment, to, assignment_to)
    if part is not None:
        line = PART_MOVES[name]
        part.state = str(step(PART_MOVES, part.state, name))
        data = _of_part(part, data)
    if application is not None and name in APPLICATION_MOVES:
        filed_now = application.state is None
        application.state = str(step(APPLICATION_MOVES, application.state, name))
        if filed_now and assignment is not None:
            bring_with_application(work, assignment)
    _leave(work, ticket, before)
    leave_signing(work, ticket, assignment, task_before, name, note)
    _turn_clocks(work, ticket, line, part or assignment, brand_new=brand_new, stop=clocks, within=within)
    ticket.version = (ticket.version or 0) + 1
    after_master(work, ticket, before)
    ticket.changed_at = work.at
    work.moved = ticket
    note_event(work, ticket, name, before=before, assignment=part or assignment, reason=reason, note=note, data=data,
               roles=line.roles)
    if before in WITH_A_UNIT - {ticket.state}:
        _leave_units(work, ticket)


def _step_ticket(
    ticket: Ticket, name: str, assignment: Assignment | None, to: StrEnum | None, assignment_to: StrEnum | None
) -> None:
    ticket.state = str(step(TICKET_MOVES, ticket.state, name, to))
    if assignment is not None and name in ASSIGNMENT_MOVES:
        assignment.state = str(step(ASSIGNMENT_MOVES, assignment.state, name, assignment_to))


def _turn_clocks(
    work: Work, ticket: Ticket, line: Move, task: Assignment | None, *, brand_new: bool, stop: bool,
    within: datetime | None,
) -> None:
    """Pause, stop and start what the line says, of the task it is about."""
    if line.pauses:
        pause_clocks(work, ticket, line.pauses)
    if line.stops and stop:
        stop_clocks(work, ticket, line.stops, brand_new=brand_new, of=task)
        if ClockCode.SUPERVISION in line.stops:
            lapse_orders(work, ticket)
    start_clocks(work, ticket, task, line.starts, brand_new=brand_new, within=within)


def _of_part(part: Any, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """What an event says of the part it is about, beside `data`."""
    return {"part": part.path, "unit_id": part.unit_id, "task_state": part.state} | (data or {})


def _leave_units(work: Work, ticket: Ticket) -> None:
    """Where no unit holds the ticket any more, no other has a part in it either."""
    if ticket.state not in WITH_A_UNIT:
        release_parts(work, ticket)


def release_parts(work: Work, ticket: Ticket, under: Assignment | None = None) -> None:
    """End the parts other units have in a ticket whose lead is done with it, or those handed down `under` a part."""
    for ended in end_parts(work, ticket, under):
        note_event(work, ticket, "part_ended", before=ticket.state, assignment=ended,
                   data=_of_part(ended))
        if ended.role != AssignmentRole.INFO:
            work.tell("part_ended", ticket, unit_id=ended.unit_id, role=Role.UNIT_CLERK)


def _leave(work: Work, ticket: Ticket, before: str) -> None:
    """What ends with the state a ticket leaves."""
    if before == TicketState.CONFERENCE != ticket.state:
        leave_conference(work, ticket)
    if before == TicketState.REVIEW != ticket.state:
        ticket.details_wanted = None
        end_pauses(work, ticket, SegmentReason.DETAILS_WANTED, runs_on=False)
    if ticket.state not in TICKET_MOVES["relay"].sources:
        lapse_relays(work, ticket)
    if ticket.state not in TICKET_MOVES["grant_appeal"].sources:
        lapse_appeal(work, ticket)


def filed(assignment: Assignment | None, kind: ApplicationKind) -> Application | None:
    """What a task asked for that waits for a decision."""
    if assignment is None:
        return None
    return db.session.scalars(
        select(Application).where(
            Application.assignment_id == assignment.id, Application.kind == str(kind), Application.state == "FILED"
        )
    ).one_or_none()


def _lapsed_by(work: Work, ticket: Ticket, name: str, assignment: Assignment | None) -> Application | None:
    """What a move leaves undecided lapses: a chain, and a return or an extension, which it steps with the rest."""
    if assignment is None:
        return None
    waits = assignment.asked is not None
    if name in ENDING_CHAINS and waits and assignment.asked["kind"] != ApplicationKind.EXTENSION:
        lapse_chain(work, ticket, assignment, name)
    if name not in LAPSING:
        return None
    if ticket.state == TicketState.RETURN_REVIEW:
        return _lapsed_return(work, assignment)
    return _lapsed_extension(work, ticket, assignment)


def _lapsed_return(work: Work, assignment: Assignment) -> Application | None:
    """The return the hotline had not decided before the ticket went its way."""
    application = filed(assignment, ApplicationKind.RETURN)
    if application is not None:
        application.decided_at, application.decided_by = work.at, work.actor.name
    return application


def _lapsed_extension(work: Work, ticket: Ticket, assignment: Assignment) -> Application | None:
    """The extension nobody decided before the task was over; none is undecided while a return is."""
    if assignment.extension_filed_at is None:
        return None
    application = filed(assignment, ApplicationKind.EXTENSION)
    if application is not None:
        application.decided_at, application.decided_by = work.at, work.actor.name
        db.session.execute(
            update(Clock).where(Clock.id == application.clock_id).values(held_since=None)
            .execution_options(synchronize_session=False)
        )
        if assignment.asked is not None:
            lapse_steps(work, ticket, assignment, application)
    assignment.extension_filed_at = None
    return application


def note_event(
    work: Work,
    ticket: Ticket,
    kind: str,
    *,
    before: str | None = None,
    assignment: Any = None,
    reason: StrEnum | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    roles: frozenset[Role] | None = None,
) -> None:
    """Append to the ticket's history."""
    actor = work.actor
    work.sink.add(
        new(
            TicketEvent, at=work.at, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment is not None else None, kind=kind, from_state=before,
            to_state=ticket.state, actor_id=actor.user_id, actor_name=actor.name,
            actor_role=str(_acting_role(actor, roles)), actor_unit_id=actor.unit_id,
            reason_code=str(reason) if reason is not None else None, note=note, data=data,
        )
    )


def _acting_role(actor: Actor, roles: frozenset[Role] | None) -> Role:
    """The role the actor acts in: one that allows the move, the same one every time."""
    return min((actor.roles & roles if roles else None) or actor.roles)


def _check(line: Move, work: Work, ticket: Ticket, assignment: Assignment | None) -> None:
    check_role(line, work.actor.roles)
    if line is not PART_MOVES.get(line.name):
        step(TICKET_MOVES, ticket.state, line.name, line.targets[0] if line.targets else None)
    elif ticket.state in WITH_A_UNIT:
        step(PART_MOVES, assignment.state, line.name)
    else:
        raise NotNow("wrong_state", move=line.name, state=ticket.state)
    if not _is_theirs(line, work.actor, ticket, assignment):
        raise Unknown("not_your_task")
    situation = Situation(ticket, assignment, work.actor, work.at)
    for guard in line.guards:
        GUARDS[guard](situation)


def only_as_unit(line: Move, actor: Actor) -> bool:
    """Whether the actor may make this move only as a member of the handling unit."""
    return (actor.roles & line.roles) <= UNIT_ROLES


def _is_theirs(line: Move, actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    """Whether it is this actor's to make the move: a unit's only on its own task, or where it was invited."""
    if not only_as_unit(line, actor):
        return True
    if line.by_invited:
        return not actor.unit_ids.isdisjoint(ticket.invited_unit_ids)
    return assignment is not None and assignment.unit_id in actor.unit_ids


def check_open(work: Work, ticket: Ticket, name: str, assignment: Assignment | None) -> None:
    """Raise what `move` would, without making the move."""
    _check(TICKET_MOVES[name], work, ticket, assignment)


def offered(ticket: Ticket, assignment: Assignment | None, actor: Actor, at: datetime) -> list[Move]:
    """The moves open to this actor now: right role, right state, own unit's task, every guard passed."""
    return [line for line, refusal in _tried(ticket, assignment, actor, at) if refusal is None]


def barred(
    ticket: Ticket, assignment: Assignment | None, actor: Actor, at: datetime
) -> list[tuple[Move, Refusal]]:
    """The moves that right role and right state would open, but a guard does not; each with what it says.

    What nobody would expect there is not spoken of.
    """
    return [
        (line, refusal) for line, refusal in _tried(ticket, assignment, actor, at)
        if refusal is not None and refusal.code not in UNSAID
    ]


def _tried(
    ticket: Ticket, assignment: Assignment | None, actor: Actor, at: datetime
) -> Iterator[tuple[Move, Refusal | None]]:
    situation = Situation(ticket, assignment, actor, at)
    if assignment is None or assignment.role == AssignmentRole.LEAD:
        lines = moves_from(ticket.state, actor.roles)
    else:
        lines = moves_of_part(ticket.state, assignment.state, actor.roles)
    for line in lines:
        if not _is_theirs(line, actor, ticket, assignment):
            continue
        yield line, _refusal(line, situation)


def _refusal(line: Move, situation: Situation) -> Refusal | None:
    try:
        for guard in line.guards:
            GUARDS[guard](situation)
    except Refusal as refusal:
        return refusal
    return None
