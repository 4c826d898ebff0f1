"""Another round of the same ticket: the unit that had it handles it again."""

from __future__ import annotations

from enum import StrEnum

from workflows.engine.answering import take_back_answer
from workflows.engine.clocks import resume_total
from workflows.engine.closing import is_hazard
from workflows.engine.moves import move
from workflows.engine.work import Work
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.states import OPEN_STATES


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
