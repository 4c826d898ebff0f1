"""What a text message that got there means for the ticket it is about: its caller knows of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from workflows.model.base import db
from workflows.rules.vocabulary import AnswerWay

#: Kinds of messages to a caller that say there is an answer.
ANSWERS = frozenset({"answered", "survey"})

_REACHED = text(
    "UPDATE ticket SET answer_way = :way, answer_at = :at"
    "  FROM unnest(CAST(:tickets AS bigint[]), CAST(:rounds AS integer[])) AS told (ticket_id, round)"
    " WHERE ticket.id = told.ticket_id AND ticket.round = told.round AND ticket.answer_way IS NULL"
    "   AND ticket.state = 'CALLBACK'"
)


def note_answers(told: Sequence[tuple[int, int]], at: datetime) -> None:
    """The callers of these tickets were told by message in these rounds; what was told before stands."""
    if told:
        tickets, rounds = zip(*told, strict=True)
        db.session.execute(_REACHED, {"way": str(AnswerWay.SMS), "at": at, "tickets": list(tickets),
                                      "rounds": list(rounds)})
