"""受理: a call becomes a ticket, is answered on the line, passed on, asked to be refused, or joined to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows.collect.request import (
    Receipt,
    Request,
    check,
    check_spoken,
    default_anonymity,
    draw_numbers,
    file_ticket,
    open_ticket,
    receipt_of,
)
from workflows.engine import (
    Passing,
    follow,
    lead_of,
    lock_master,
    look_for_danger,
    move,
    no_danger_in,
    not_blocked,
    pass_on,
    work,
)
from workflows.errors import Invalid, NotNow, Unknown
from workflows.model.base import db
from workflows.model.knowledge import KnowledgeGap
from workflows.model.phone import normalise_phone
from workflows.model.rows import new
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor, Role
from workflows.rules.states import OPEN_STATES
from workflows.rules.vocabulary import AnswerSource, Kind, RefuseReason
from workflows.scope import visible_to


def submit(request: Request, actor: Actor, reopens: str = "") -> Receipt:
    """Log a request and send it on: to its unit where the catalogue is certain, else to the dispatch desk.

    `reopens` is the number of an earlier ticket of the same caller whose matter is back, too late to take that one up
    again. Raises Invalid with the fields that are wrong, NotAllowed where a blocked number writes by itself, Unknown
    where there is no such ticket.
    """
    with work(actor) as doing:
        check_spoken(doing, request)
        not_blocked(doing, request)
        earlier = _earlier(reopens, request, actor) if reopens else None
        origin = {"reopens": reopens} if reopens else None
        ticket, code, numbers = open_ticket(doing, request, draw_numbers(doing), origin)
        ticket.reopens_id = earlier
        file_ticket(doing, ticket, numbers, request.risk)
        return receipt_of(ticket, code)


def hand_on(request: Request, actor: Actor, passing: Passing) -> Receipt:
    """Log a request and pass it to another line, on which the agent stays until it is taken there (转紧急专线)."""
    with work(actor) as doing:
        check(request, doing.ref, in_danger=True)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.submitted_at = doing.at
        move(doing, ticket, "submit", brand_new=True)
        look_for_danger(doing, ticket, request.risk)
        pass_on(doing, ticket, passing, brand_new=True)
        return receipt_of(ticket, code)


def _earlier(no: str, request: Request, actor: Actor) -> int:
    """The key of a ticket that is over, of whoever calls now."""
    phone = normalise_phone(request.phone) if request.phone else None
    key = box().caller_key(phone) if phone else None
    row = db.session.execute(
        select(Ticket.id, Ticket.state, TicketIdentity.caller_key)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id).where(Ticket.no == no, visible_to(actor))
    ).one_or_none()
    if row is None:
        raise Unknown("ticket_unknown")
    if key is None or row.caller_key != key:
        raise Invalid(fields={"phone": ["not_the_callers_number"]})
    if row.state in OPEN_STATES:
        raise NotNow("earlier_still_open")
    return row.id


@dataclass(frozen=True)
class Answer:
    """What a caller is told on the line, and where it comes from: which article, or which call of three (`ref`)."""

    text: str
    source: AnswerSource
    ref: str = ""


def answer(request: Request, actor: Actor, given: Answer) -> Receipt:
    """Answer a caller on the line and close (直接解答). What no article says is noted as a gap of the knowledge base.

    Raises NotNow for kinds never closed on the phone, Invalid for an answer without words or without its
    source, and for what shows danger and was not looked at.
    """
    wrong = {} if given.text else {"answer": ["required"]}
    if given.source is not AnswerSource.OWN and not given.ref:
        wrong["answer_ref"] = ["required"]
    if wrong:
        raise Invalid(fields=wrong)
    with work(actor) as doing:
        check(request, doing.ref)
        no_danger_in(doing, request)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.direct_answer = given.text
        ticket.answer_source, ticket.answer_ref = str(given.source), given.ref
        ticket.closed_at = doing.at
        move(doing, ticket, "answer", note=given.text, brand_new=True,
             data={"source": str(given.source), "ref": given.ref})
        if given.source is AnswerSource.OWN:
            doing.sink.add(new(KnowledgeGap, ticket_id=ticket.id, found_at=doing.at, found_by_id=actor.user_id,
                               found_by=actor.name))
        return receipt_of(ticket, code)


def ask_refusal(request: Request, actor: Actor, reason: RefuseReason, route: str) -> Receipt:
    """Ask for a request not to be taken on (不予受理): the caller is told why and which way is open (途径告知).

    A shift lead decides (`admit.refuse`, `admit.admit`); the citizen's clock runs from now on, whatever comes of it.
    """
    if not route:
        raise Invalid(fields={"route": ["required"]})
    with work(actor) as doing:
        check(request, doing.ref)
        no_danger_in(doing, request)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.submitted_at = doing.at
        ticket.reject_code, ticket.reject_route, ticket.refusal_by_id = str(reason), route, actor.user_id
        move(doing, ticket, "ask_refusal", reason=reason, note=route, brand_new=True)
        doing.tell("refusal_asked", ticket, unit_id=None, role=Role.SHIFT_LEAD)
        return receipt_of(ticket, code)


def join(said: Mapping[str, Any], actor: Actor, *, master: str) -> Receipt:
    """One more caller for a matter that is known (并单): a ticket of their own that follows the master from the start.

    `said` are values of a `Request`; what is missing of kind, matter, place and words is the master's.
    """
    with work(actor) as doing:
        above = lock_master(master, actor)
        if above is None:
            raise Unknown("ticket_unknown")
        request = _like(above, said)
        check(request, doing.ref)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.submitted_at = doing.at
        move(doing, ticket, "submit", brand_new=True)
        follow(doing, ticket, above, brand_new=True)
        if above.state in OPEN_STATES and not above.open_risk:
            look_for_danger(doing, above, None, said=ticket, assignment=lead_of(above))
        return receipt_of(ticket, code)


def _like(master: Ticket, said: Mapping[str, Any]) -> Request:
    given = {name: value for name, value in said.items() if value not in (None, "")}
    kind = given.get("kind", Kind(master.kind))
    known = {
        "channel": Channel.PHONE, "kind": kind, "category_id": master.category_id, "title": master.title,
        "content": f"与工单 {master.no} 反映同一事项：{master.title}", "anonymity": default_anonymity(kind),
    }
    if "area_id" not in given:
        known |= {"area_id": master.area_id, "place": master.place}
    return Request(**(known | given))


