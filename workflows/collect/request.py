"""What a caller says, checked and made a ticket."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from workflows.engine import (
    Work,
    choose_route,
    is_hazard,
    look_for_danger,
    move,
    note_arrival,
    route_of,
    send_on,
    shows_danger,
    tell_of_accusation,
    wrong_matter,
)
from workflows.errors import Invalid, Problem
from workflows.model import idempotency
from workflows.model.base import db
from workflows.model.phone import normalise_phone
from workflows.model.reference import Reference
from workflows.model.rows import new
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.rules.items import MOST_ITEMS
from workflows.rules.masking import mask_address, mask_name, mask_phone
from workflows.rules.numbering import Channel, new_query_code, ticket_no
from workflows.rules.roles import Role
from workflows.rules.text import clean_line
from workflows.rules.vocabulary import Anonymity, CallerType, Kind, LinePartner, RiskKind, Urgency

TITLE_LENGTH = 30


#: What may accuse a unit or its people.
ACCUSING = frozenset({Kind.COMPLAINT, Kind.REPORT})


@dataclass(frozen=True)
class Request:
    """What a caller says, as the desk, the API or an import hands it over. Shapes are checked already."""

    channel: Channel
    kind: Kind
    title: str
    content: str
    items: tuple[str, ...] = ()
    category_id: int | None = None
    area_id: int | None = None
    place: str = ""
    urgency: Urgency = Urgency.NORMAL
    anonymity: Anonymity = Anonymity.OPEN
    need_reply: bool = True
    caller_type: CallerType = CallerType.PERSON
    enterprise_name: str = ""
    name: str = ""
    phone: str = ""
    alt_phone: str = ""
    id_no: str = ""
    address: str = ""
    channel_ref: str = ""
    #: The unit a complaint or report accuses.
    respondent_unit_id: int | None = None
    #: A danger whoever takes the request sees in it.
    risk: RiskKind | None = None
    #: Words that are a sign of danger were looked at, and it is none (only where it ends here and now).
    risk_checked: bool = False


@dataclass(frozen=True)
class Receipt:
    """What the caller is told: the number, the code to ask with, and where the ticket went."""

    no: str
    query_code: str
    state: str
    version: int
    unit_id: int | None


@dataclass(frozen=True)
class Numbers:
    """Keys drawn before anything is written, so that a new ticket needs no second look at the database."""

    ticket_id: int
    assignment_id: int
    serial: int


def default_anonymity(kind: Kind, respondent_unit_id: int | None = None) -> Anonymity:
    """Who reports a wrong, or accuses a unit, is withheld from units unless they say otherwise (domain §4.7)."""
    return Anonymity.WITHHELD if kind is Kind.REPORT or respondent_unit_id is not None else Anonymity.OPEN


def check_spoken(doing: Work, request: Request) -> None:
    """`check`, of what a caller says: its own words, or whoever takes it, may show that somebody is in danger."""
    placeless = request.area_id is None
    check(request, doing.ref,
          in_danger=placeless and shows_danger(doing, request.risk, request.title, request.content))


def check(request: Request, ref: Reference, *, in_danger: bool = False) -> None:
    """Raise Invalid, naming every field at fault, unless the request can become a ticket.

    Where somebody is in danger that takes no place yet.
    """
    wrong = {**_wrong_matter(request, ref, in_danger=in_danger), **_wrong_caller(request)}
    if wrong:
        raise Invalid(fields=wrong)


def _wrong_matter(request: Request, ref: Reference, *, in_danger: bool) -> dict[str, list[str]]:
    wrong = wrong_matter(ref, request.category_id, request.area_id, in_danger=in_danger)
    if not clean_line(request.content):
        wrong["content"] = ["required"]
    if len(request.items) > MOST_ITEMS:
        wrong["items"] = [Problem("too_many", most=MOST_ITEMS)]
    return wrong | _wrong_respondent(request, ref)


def _wrong_respondent(request: Request, ref: Reference) -> dict[str, list[str]]:
    accused_id = request.respondent_unit_id
    if accused_id is None:
        return {}
    if request.kind not in ACCUSING:
        return {"respondent_unit_id": ["nobody_accused"]}
    known = accused_id in ref.units and accused_id != ref.hotline_unit_id
    return {} if known else {"respondent_unit_id": ["unit_unknown"]}


def _wrong_caller(request: Request) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if request.phone and not normalise_phone(request.phone):
        wrong["phone"] = ["phone_invalid"]
    elif not request.phone and request.anonymity != Anonymity.ANONYMOUS:
        wrong["phone"] = ["phone_needed"]
    if request.alt_phone and not normalise_phone(request.alt_phone):
        wrong["alt_phone"] = ["phone_invalid"]
    if request.caller_type == CallerType.ENTERPRISE and not request.enterprise_name:
        wrong["enterprise_name"] = ["required"]
    return wrong


_DRAW = text(
    "SELECT nextval('ticket_id_seq'), nextval('assignment_id_seq'), next_ticket_serial(CAST(:day AS date))"
    " FROM generate_series(1, :n)"
)


def draw_numbers(doing: Work, n: int = 1) -> list[Numbers]:
    """Draw keys and daily serials for `n` tickets. A failed transaction leaves a gap, never a double."""
    day = doing.today
    return [Numbers(*row) for row in db.session.execute(_DRAW, {"day": day, "n": n})]


def open_ticket(
    doing: Work, request: Request, numbers: list[Numbers], origin: Mapping[str, Any] | None = None
) -> tuple[Ticket, str, Numbers]:
    """Make the ticket and put its caller apart, sealed. Takes the first of `numbers`.

    `origin` goes into the ticket's history: where a request that was written down elsewhere comes from.
    """
    mine = numbers[0]
    no = ticket_no(doing.today, request.channel.digits, mine.serial)
    code = new_query_code(random.token_bytes)
    ticket = new(
        Ticket, id=mine.ticket_id, no=no, query_code_hash=box().query_key(no, code), state=None, version=0,
        channel=str(request.channel), channel_ref=request.channel_ref, caller_type=str(request.caller_type),
        enterprise_name=request.enterprise_name, kind=str(request.kind), category_id=request.category_id,
        area_id=request.area_id, place=request.place, title=request.title or beginning_of(request.content),
        content=request.content, request_items=list(request.items), urgency=str(request.urgency),
        anonymity=str(request.anonymity), need_reply=request.need_reply, respondent_unit_id=request.respondent_unit_id,
        created_at=doing.at, created_by_id=doing.actor.user_id,
        round=1, hops=0, return_count=0, urge_count=0, send_back_count=0,
    )
    ticket.recheck_pending = is_hazard(doing, ticket)
    move(doing, ticket, "create", brand_new=True, data={"channel": str(request.channel), **(origin or {})})
    doing.sink.add(ticket)
    doing.sink.add(seal_identity(request, mine.ticket_id, no))
    if request.respondent_unit_id is not None:
        tell_of_accusation(doing, ticket)
    if request.channel is Channel.TRANSFER_110:
        note_arrival(doing, ticket, LinePartner.POLICE)
    return ticket, code, mine


def beginning_of(content: str) -> str:
    """The title of a request that has none."""
    return clean_line(content)[:TITLE_LENGTH]


def seal_identity(request: Request, ticket_id: int, no: str) -> TicketIdentity:
    """The caller, encrypted by column. An anonymous caller leaves only a keyed hash, to know a repeat by."""
    sealed = box()
    phone = normalise_phone(request.phone) if request.phone else None
    row = new(TicketIdentity, ticket_id=ticket_id, caller_key=sealed.caller_key(phone) if phone else None,
              masked_name="", masked_phone="", masked_address="")
    if request.anonymity == Anonymity.ANONYMOUS:
        return row
    row.name = sealed.seal(request.name or None, f"{no}:name")
    row.phone = sealed.seal(phone, f"{no}:phone")
    row.alt_phone = sealed.seal(normalise_phone(request.alt_phone) if request.alt_phone else None, f"{no}:alt_phone")
    row.id_no = sealed.seal(request.id_no or None, f"{no}:id_no")
    row.address = sealed.seal(request.address or None, f"{no}:address")
    row.masked_name = mask_name(request.name)
    row.masked_phone = mask_phone(phone or "")
    row.masked_address = mask_address(request.address)
    return row


def file_ticket(doing: Work, ticket: Ticket, mine: Numbers, risk: RiskKind | None = None) -> None:
    """Submit a ticket; a certain hit of the catalogue dispatches it at once, in the system's name.

    One that shows danger is reported at once; what an emergency line must have first goes to no unit yet. Anything
    else of a channel whose requests are looked over first waits for that (预审).
    """
    ticket.submitted_at = doing.at
    if ticket.channel in doing.ref.reviewed_channels and not shows_danger(doing, risk, ticket.title, ticket.content):
        move(doing, ticket, "submit_for_review", brand_new=True)
        doing.tell("to_review", ticket, unit_id=None, role=Role.REVIEWER)
        return
    found = choose_route(doing, ticket)
    ticket.route = doing.once(("kept route", found), route_of, found)
    move(doing, ticket, "submit", brand_new=True, data={"route": str(found.decision)})
    look_for_danger(doing, ticket, risk)
    send_on(doing, ticket, found, assignment_id=mine.assignment_id, brand_new=True)


def receipt_of(ticket: Ticket, code: str) -> Receipt:
    """What the caller is told of a new ticket, kept under the idempotency key it came with."""
    receipt = Receipt(ticket.no, code, ticket.state, ticket.version, ticket.lead_unit_id)
    sealed = box().seal(code, f"{ticket.no}:query_code")
    idempotency.keep(db.session, json.dumps(vars(receipt) | {"query_code": sealed.hex()}))
    return receipt


def receipt_again(result: dict[str, Any]) -> Receipt:
    """The receipt kept under an idempotency key, as it was given the first time."""
    code = box().open(bytes.fromhex(result["query_code"]), f"{result['no']}:query_code")
    return Receipt(**result | {"query_code": code})
