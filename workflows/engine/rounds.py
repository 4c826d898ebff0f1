"""Another round of the same ticket: the unit that had it handles it again."""

from __future__ import annotations

from enum import StrEnum

from workflows.engine.answering import take_back_answer
from workflows.engine.clocks import resume_total, start_clocks
from workflows.engine.closing import is_hazard
from workflows.engine.moves import lead_of, move
from workflows.engine.ordering import issue_order
from workflows.engine.work import Work
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import OPEN_STATES, TicketState


def begin_round(
    work: Work, ticket: Ticket, assignment: Assignment | None, name: str, reason: StrEnum | None, note: str,
    data: dict[str, str] | None = None,
) -> None:
    """Make the move that begins another round; of a ticket that was over nothing is any more."""
    over = ticket.state not in OPEN_STATES
    move(work, ticket, name, assignment=assignment, reason=reason, note=note, data=data)
    if over:
        resume_total(ticket)
        ticket.close_type = ticket.closed_at = assignment.ended_at = None
    ticket.round += 1
    take_back_answer(ticket)
    ticket.recheck_pending = is_hazard(work, ticket)
    assignment.round = ticket.round
    work.tell_unit(name, ticket, assignment.unit_id)


def take_up(work: Work, ticket: Ticket, name: str, note: str, *, order: tuple[int, str] | None = None) -> None:
    """Take up again what was over: to its unit, a round further and with the `order` (level, reason) there is.

    Where no unit had it, it goes to the dispatch desk.
    """
    task = lead_of(ticket)
    if task is None:
        move(work, ticket, name, to=TicketState.TO_DISPATCH, note=note)
        ticket.closed_at = None
        resume_total(ticket)
        start_clocks(work, ticket, None, [ClockCode.DISPATCH], brand_new=False)
        work.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return
    begin_round(work, ticket, task, name, None, note)
    start_clocks(work, ticket, task, [ClockCode.REWORK], brand_new=False)
    if order is not None:
        issue_order(work, ticket, task, *order)
