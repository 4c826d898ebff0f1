"""短信回复: a caller who was written to answers by a text message of one digit, known by the number it comes from."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from workflows.model import idempotency
from workflows.model.base import db, now, transaction
from workflows.model.feedback import CallbackTask
from workflows.model.reference import reference
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity


def surveyed(phone: str) -> str | None:
    """The ticket whose caller was written to at this number and may still answer; None where it is not one alone."""
    key = box().caller_key(phone)
    if key is None:
        return None
    since = now() - timedelta(days=reference().thresholds.survey_days)
    found = db.session.scalars(
        select(Ticket.no).join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .join(CallbackTask, CallbackTask.ticket_id == Ticket.id)
        .where(TicketIdentity.caller_key == key, CallbackTask.done_at.is_(None), CallbackTask.surveyed_at > since)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def pass_over() -> None:
    """Let the message that is being read count for nothing, now and when it is sent again."""
    with transaction():
        idempotency.keep(db.session, "{}")
