"""Words for a ticket that is already open: they go to its unit like its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hotline.desk.schemas import check_for_identity
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity
from workflows.scope import visible_to


def check_words(no: str, actor: Actor, form: dict[str, Any]) -> None:
    """Raise Invalid where they would give away a caller who is withheld, on that ticket or in this call."""
    kept = db.session.scalar(select(Ticket.anonymity).where(Ticket.no == no, visible_to(actor)))
    if {kept, form["anonymity"]} & {Anonymity.WITHHELD, Anonymity.ANONYMOUS}:
        check_for_identity(form)
