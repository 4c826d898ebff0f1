"""回访中的新诉求: what a caller asks for anew when rung back becomes a ticket of its own, linked to the one rung about.

Who they are is carried over here, from seal to seal: no form and no address has it. The call-back goes its own way: it
records what the caller says of the old matter, and that alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflows.collect.request import (
    Receipt,
    Request,
    check_spoken,
    default_anonymity,
    draw_numbers,
    file_ticket,
    open_ticket,
    receipt_of,
)
from workflows.engine import check_open, lead_of, lock_followed, tie, work
from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.secrets import opened
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor
from workflows.rules.text import IdentityHit, mentions_identity
from workflows.rules.vocabulary import Anonymity, CallerType, TicketRelation
from workflows.scope import visible_to

#: What the link says in both histories.
NOTE = "回访中诉求人提出新诉求，另立工单"


def submit_in_call(no: str, actor: Actor, said: Mapping[str, Any]) -> Receipt:
    """Log what the caller of ticket `no` asks for anew, as whoever may ring them, and send it on.

    `said` are values of a `Request`; who calls is not among them. Unless said otherwise, whoever was withheld stays so.
    Raises what recording the call-back would, and Invalid with the fields that are wrong.
    """
    with work(actor) as doing:
        rung, master = lock_followed(no, actor)
        check_open(doing, rung, "record_callback", lead_of(master))
        request = _carried(rung, said)
        check_spoken(doing, request)
        ticket, code, numbers = open_ticket(doing, request, draw_numbers(doing), {"raised_in": no})
        ticket.raised_in_id = rung.id
        file_ticket(doing, ticket, numbers, request.risk)
        tie(doing, ticket, rung, TicketRelation.RELATED, NOTE, brand_new=True, origin="callback")
        return receipt_of(ticket, code)


def named_in(no: str, actor: Actor, text: str) -> list[IdentityHit]:
    """By what the words would give the caller of a ticket away. Raises Unknown where there is none for these eyes."""
    found = db.session.execute(
        select(TicketIdentity).join(Ticket, Ticket.id == TicketIdentity.ticket_id)
        .where(Ticket.no == no, visible_to(actor))
    ).scalar_one_or_none()
    if found is None:
        raise Unknown("ticket_unknown")
    caller = opened(found, no)
    return mentions_identity(text, caller["name"], [caller[field] for field in ("phone", "alt_phone") if caller[field]])


def _carried(rung: Ticket, said: Mapping[str, Any]) -> Request:
    caller = opened(db.session.get(TicketIdentity, rung.id), rung.no)
    given = {name: value for name, value in said.items() if value is not None}
    anonymity = default_anonymity(given["kind"], given.get("respondent_unit_id"))
    if rung.anonymity == Anonymity.WITHHELD:
        anonymity = Anonymity.WITHHELD
    known = {"channel": Channel.PHONE, "anonymity": anonymity, "title": "",
             "caller_type": CallerType(rung.caller_type), "enterprise_name": rung.enterprise_name}
    return Request(**(known | given | caller))
