"""回访任务: whether a caller is rung about an accepted answer, and from when on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.reference import ZONE
from workflows.model.secrets import box
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket
from workflows.rules.closing import first_try
from workflows.rules.ringing import FULL, always_rung, drawn
from workflows.rules.vocabulary import CallBasis


def basis_of(work: Work, ticket: Ticket) -> tuple[CallBasis, int]:
    """Why a caller is rung about an answer accepted now, or is not, and the percentage in force."""
    percent = work.ref.policies.on(work.today).callback_percent
    if percent == FULL:
        return CallBasis.FULL, percent
    found = always_rung(ticket, ordered=_ever_ordered(ticket))
    if found is None:
        found = CallBasis.DRAWN if drawn(lot_of(ticket.no), percent) else CallBasis.NOT_DRAWN
    return found, percent


def lot_of(no: str) -> bytes:
    """What a ticket draws: the same whenever it is asked."""
    return box().lot(f"callback {no}")


def rung_from(work: Work, basis: CallBasis) -> datetime:
    """From when on: at once or in the next slot. Who is not drawn has until then to rate by the link."""
    if basis is CallBasis.NOT_DRAWN:
        return work.at + timedelta(days=work.ref.thresholds.survey_days)
    return first_try(work.at.astimezone(ZONE))


def _ever_ordered(ticket: Ticket) -> bool:
    found = select(SupervisionOrder.id).where(SupervisionOrder.ticket_id == ticket.id).limit(1)
    return db.session.scalar(found) is not None
