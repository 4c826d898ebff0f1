"""What an agent has done today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select

from workflows.model.base import db
from workflows.model.reference import ZONE, today
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState

#: Nobody logs more in a day; what is older is not looked at.
MOST = 500


@dataclass(frozen=True)
class Today:
    """How many calls became tickets, were answered at once, were not accepted or are to be refused."""

    submitted: int = 0
    answered: int = 0
    refused: int = 0


def today_of(actor: Actor) -> Today:
    """The actor's own day so far, by the city's calendar; stops counting at MOST."""
    if actor.user_id is None:
        return Today()
    midnight = datetime.combine(today(), time(0), ZONE)
    last = (
        select(Ticket.state, Ticket.created_at, Ticket.reject_code)
        .where(Ticket.created_by_id == actor.user_id)
        .order_by(Ticket.id.desc())
        .limit(MOST)
        .subquery()
    )
    answered = last.c.state == str(TicketState.ANSWERED_DIRECT)
    refused = last.c.reject_code.is_not(None)
    row = db.session.execute(
        select(
            func.count().filter(~answered, ~refused).label("submitted"),
            func.count().filter(answered).label("answered"),
            func.count().filter(refused).label("refused"),
        ).where(last.c.created_at >= midnight)
    ).one()
    return Today(**row._mapping)
