"""Which earlier answer of its unit a reply repeats (defect D5)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflows.model.base import db
from workflows.model.reply import Reply
from workflows.model.ticket import Assignment, Ticket
from workflows.read.ticket_lines import ReplyView
from workflows.rules.text import bigrams, overlap

#: From here on an answer counts as taken over from another ticket.
ALIKE = 0.9
#: Earlier answers of the unit that are compared, and how far back among all replies they are looked for.
COMPARED, LOOK_BACK = 100, 20_000


@dataclass(frozen=True)
class Like:
    """An earlier answer that says the same, and how much of it, from 0 to 1."""

    no: str
    share: float


def likest_reply(reply: ReplyView) -> Like | None:
    """The answer its unit gave about another ticket that this one most resembles; None where none is much alike."""
    unit = select(Assignment.unit_id).where(Assignment.id == reply.assignment_id).scalar_subquery()
    rows = db.session.execute(
        select(Ticket.no, Reply.public_answer)
        .join(Assignment, Assignment.id == Reply.assignment_id)
        .join(Ticket, Ticket.id == Reply.ticket_id)
        .where(Assignment.unit_id == unit, Reply.assignment_id != reply.assignment_id,
               Reply.id < reply.id, Reply.id > reply.id - LOOK_BACK)
        .order_by(Reply.id.desc()).limit(COMPARED)
    )
    said = bigrams(reply.public_answer)
    found = max((Like(row.no, overlap(said, bigrams(row.public_answer))) for row in rows),
                key=lambda like: like.share, default=None)
    return found if found is not None and found.share >= ALIKE else None
