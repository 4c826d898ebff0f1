"""批示: a leader of the city or district says what is to be done about a ticket, and if need be by when."""

from __future__ import annotations

from datetime import datetime

from workflows.engine import Work, issue_order, lead_of, lock, move, open_levels, running_due_clock, shorten_due, work
from workflows.errors import Invalid
from workflows.model.rows import new
from workflows.model.supervision import Instruction
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.roles import Actor, Role
from workflows.rules.states import WITH_A_UNIT

#: The level of the order that goes with an instruction: that of the government's own supervision.
LEVEL = 2


def instruct(
    no: str, actor: Actor, *, words: str, leader: str = "", due_at: datetime | None = None, version: int | None = None
) -> Ticket:
    """Put a leader's instruction on a ticket; the unit that holds it must account for it in writing.

    `leader` is whose it is where the hotline puts it down for them. `due_at` may only bring the unit's due forward.
    Raises Invalid without words or a leader, or for a due that is over, not sooner, or of no running clock.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        held = lead_of(ticket) if ticket.state in WITH_A_UNIT else None
        said_by = actor.name if actor.has({Role.LEADER}) else leader
        move(doing, ticket, "instruct", assignment=held, note=words, data={"leader": said_by})
        wrong = {name: ["required"] for name, given in (("words", words), ("leader", said_by)) if not given}
        if wrong:
            raise Invalid(fields=wrong)
        if due_at is not None:
            _bring_forward(doing, ticket, held, due_at)
        ticket.instructed_at = doing.at
        doing.sink.add(new(Instruction, ticket_id=ticket.id, leader=said_by, words=words, due_at=due_at, at=doing.at,
                           by_id=actor.user_id, by_name=actor.name))
        if held is None:
            doing.tell("instructed", ticket, unit_id=None, role=Role.DISPATCHER)
        elif LEVEL not in open_levels(ticket):
            issue_order(doing, ticket, held, LEVEL, f"{said_by}：{words}")
        else:
            doing.tell_unit("instructed", ticket, held.unit_id)
        return ticket


def _bring_forward(doing: Work, ticket: Ticket, held: Assignment | None, due_at: datetime) -> None:
    clock = running_due_clock(held) if held is not None else None
    if clock is None:
        raise Invalid(fields={"due_at": ["no_due_to_shorten"]})
    if not doing.at < due_at < clock.due_at:
        raise Invalid(fields={"due_at": ["due_not_sooner"]})
    shorten_due(doing, ticket, held, clock, due_at)
