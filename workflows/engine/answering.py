"""送达: an accepted answer goes to its caller, and how it got there stands on the ticket (§4.4, invariant 12)."""

from __future__ import annotations

from datetime import datetime

from workflows.engine.work import Work
from workflows.model.ticket import Ticket
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Anonymity, AnswerWay


def send_answer(work: Work, ticket: Ticket, *, rung: bool) -> None:
    """Write to the caller that there is an answer, and whether they will be rung about it.

    Nobody is written to who is anonymous or wants none.
    """
    if ticket.anonymity == Anonymity.ANONYMOUS:
        reached(ticket, AnswerWay.ANONYMOUS, work.at)
    elif not ticket.need_reply:
        reached(ticket, AnswerWay.NOT_WANTED, work.at)
    else:
        work.tell("answered", ticket, unit_id=None, role=Role.CITIZEN, round=ticket.round, rung=rung)


def reached(ticket: Ticket, way: AnswerWay, at: datetime) -> None:
    """The caller has the answer; the first way in a round stands."""
    if ticket.answer_way is None:
        ticket.answer_way, ticket.answer_at = str(way), at


def take_back_answer(ticket: Ticket) -> None:
    """The ticket is handled once more: its next answer is yet to be told."""
    ticket.answer_way = ticket.answer_at = None
