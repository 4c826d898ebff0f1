"""并单: a ticket becomes a supporter of another, the master, whose course it follows from then on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from workflows.engine.clocks import UNIT_CLOCKS, void_clocks
from workflows.engine.followers import ask_for_calls
from workflows.engine.moves import lead_of, lock, move
from workflows.engine.work import Work
from workflows.errors import Invalid, Outdated
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.guards import wants_callback
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.merging import CROWD, JOINED_AFTER_CLOSE, priority
from workflows.rules.numbering import normalise_ticket_no
from workflows.rules.roles import Actor, Role
from workflows.rules.states import TicketState


def lock_master(written: str, actor: Actor) -> Ticket | None:
    """The ticket others are to follow, locked before them; None where there is none of that number."""
    no = normalise_ticket_no(written)
    return lock(no, actor) if no and db.session.scalar(select(Ticket.id).where(Ticket.no == no)) else None


def lock_followed(no: str, actor: Actor, version: int | None = None) -> tuple[Ticket, Ticket]:
    """A ticket and the one whose course it takes: its master, locked first, or itself."""
    above = aliased(Ticket)
    master_no = db.session.scalar(select(above.no).join(Ticket, Ticket.master_id == above.id).where(Ticket.no == no))
    master = lock(master_no, actor) if master_no is not None else None
    ticket = lock(no, actor, version)
    if ticket.master_id != (master.id if master is not None else None):
        raise Outdated("ticket_changed", no=no, version=ticket.version, state=ticket.state)
    return ticket, master or ticket


def follow(work: Work, ticket: Ticket, master: Ticket | None, *, note: str = "", brand_new: bool = False) -> None:
    """Merge a ticket into its master, both locked.

    Its unit's task ends without counting, its clocks stop, its caller stays its own; the master has one supporter
    more, its urgency is weighed anew, its unit is told that there is one (not who), supervisors where it is a crowd.
    Raises Invalid for a ticket that cannot be a master.
    """
    _check_master(work, ticket, master)
    task = None if brand_new else lead_of(ticket)
    ticket.master_id, ticket.closed_at = master.id, work.at
    move(work, ticket, "merge", assignment=task, note=note, data={"master": master.no}, brand_new=brand_new)
    if task is not None:
        task.ended_at = work.at
        void_clocks(task, UNIT_CLOCKS)
        ticket.lead_assignment_id = ticket.lead_unit_id = None
        work.tell("merged", ticket, unit_id=task.unit_id, role=Role.UNIT_CLERK)
    _support(work, ticket, master)


def _check_master(work: Work, ticket: Ticket, master: Ticket | None) -> None:
    problem = ""
    if master is None:
        problem = "ticket_unknown"
    elif master.id == ticket.id:
        problem = "master_is_itself"
    elif master.state == TicketState.MERGED:
        problem = "master_is_merged"
    elif master.state not in TICKET_MOVES["support"].sources:
        problem = "master_is_over"
    elif master.state == TicketState.CLOSED and master.closed_at < work.at - JOINED_AFTER_CLOSE:
        problem = "master_closed_long_ago"
    if problem:
        raise Invalid(fields={"master": [problem]})


def _support(work: Work, ticket: Ticket, master: Ticket) -> None:
    master.supporters += 1
    urgency = priority(master.urgency, ticket.urgency, master.supporters)
    data = {"supporters": master.supporters}
    if urgency != master.urgency:
        data |= {"urgency": str(urgency), "urgency_before": master.urgency}
        master.urgency = str(urgency)
    move(work, master, "support", assignment=lead_of(master), data=data)
    work.moved = ticket
    unit = master.lead_unit_id
    work.tell("supported", master, unit_id=unit, role=Role.UNIT_CLERK if unit else Role.DISPATCHER)
    if master.supporters == CROWD:
        work.tell("crowd", master, unit_id=None, role=Role.SUPERVISOR, count=CROWD + 1)
    if master.state == TicketState.CLOSED and wants_callback(ticket):
        ticket.awaits_call = True
        ask_for_calls(work, master, [ticket.id])
