"""收集: a request is logged and becomes a ticket."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from workflows.engine import (
    Passing,
    Work,
    assign,
    choose_route,
    follow,
    is_hazard,
    lead_of,
    lock,
    lock_master,
    look_for_danger,
    move,
    no_danger_in,
    note_arrival,
    note_event,
    pass_on,
    route_of,
    work,
)
from workflows.errors import Invalid, NotAllowed, Problem, Unknown
from workflows.model import idempotency
from workflows.model.base import db
from workflows.model.phone import normalise_phone
from workflows.model.reference import Reference
from workflows.model.rows import new
from workflows.model.secrets import box, opened
from workflows.model.ticket import Ticket, TicketIdentity, Urge
from workflows.rules.items import MOST_ITEMS
from workflows.rules.masking import mask_address, mask_name, mask_phone
from workflows.rules.numbering import Channel, new_query_code, ticket_no
from workflows.rules.roles import Actor, Role
from workflows.rules.routing import Decision
from workflows.rules.states import OPEN_STATES
from workflows.rules.text import clean_line
from workflows.rules.vocabulary import (
    Anonymity,
    CallerType,
    Kind,
    LinePartner,
    RefuseReason,
    RiskKind,
    Urgency,
    UrgeSource,
)
from workflows.scope import sees_identity

TITLE_LENGTH = 30


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


def submit(request: Request, actor: Actor) -> Receipt:
    """Log a request and send it on: to its unit where the catalogue is certain, else to the dispatch desk.

    Raises Invalid with the fields that are wrong.
    """
    with work(actor) as doing:
        check(request, doing.ref)
        ticket, code, numbers = open_ticket(doing, request, draw_numbers(doing))
        file_ticket(doing, ticket, numbers, request.risk)
        return _receipt(ticket, code)


def hand_on(request: Request, actor: Actor, passing: Passing) -> Receipt:
    """Log a request and pass it to another line, on which the agent stays until it is taken there (转紧急专线)."""
    with work(actor) as doing:
        check(request, doing.ref)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.submitted_at = doing.at
        move(doing, ticket, "submit", brand_new=True)
        look_for_danger(doing, ticket, request.risk)
        pass_on(doing, ticket, passing, brand_new=True)
        return _receipt(ticket, code)


def answer(request: Request, actor: Actor, answer: str) -> Receipt:
    """Answer a caller on the line and close (直接解答).

    Raises NotNow for kinds never closed on the phone, Invalid for what shows danger and was not looked at.
    """
    if not answer:
        raise Invalid(fields={"answer": ["required"]})
    with work(actor) as doing:
        check(request, doing.ref)
        no_danger_in(doing, request)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.direct_answer = answer
        ticket.closed_at = doing.at
        move(doing, ticket, "answer", note=answer, brand_new=True)
        return _receipt(ticket, code)


def refuse(request: Request, actor: Actor, reason: RefuseReason, route: str) -> Receipt:
    """Do not accept a request; the caller is told why and which way is open (途径告知)."""
    if not route:
        raise Invalid(fields={"route": ["required"]})
    with work(actor) as doing:
        check(request, doing.ref)
        no_danger_in(doing, request)
        ticket, code, _ = open_ticket(doing, request, draw_numbers(doing))
        ticket.reject_code, ticket.reject_route = str(reason), route
        ticket.closed_at = doing.at
        move(doing, ticket, "refuse", reason=reason, note=route, brand_new=True)
        return _receipt(ticket, code)


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
        return _receipt(ticket, code)


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


def default_anonymity(kind: Kind) -> Anonymity:
    """Who reports a wrong is withheld from the unit unless they say otherwise (domain §4.7)."""
    return Anonymity.WITHHELD if kind is Kind.REPORT else Anonymity.OPEN


def check(request: Request, ref: Reference) -> None:
    """Raise Invalid, naming every field at fault, unless the request can become a ticket."""
    wrong = {**_wrong_matter(request, ref), **_wrong_caller(request)}
    if wrong:
        raise Invalid(fields=wrong)


def _wrong_matter(request: Request, ref: Reference) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    category = ref.categories.get(request.category_id)
    if category is None or not category.active:
        wrong["category_id"] = ["category_unknown"]
    elif category.needs_place and request.area_id is None:
        wrong["area_id"] = ["place_needed"]
    if request.area_id is not None and request.area_id not in ref.areas:
        wrong["area_id"] = ["area_unknown"]
    if not clean_line(request.content):
        wrong["content"] = ["required"]
    if len(request.items) > MOST_ITEMS:
        wrong["items"] = [Problem("too_many", most=MOST_ITEMS)]
    return wrong


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
        anonymity=str(request.anonymity), need_reply=request.need_reply, created_at=doing.at,
        created_by_id=doing.actor.user_id, round=1, hops=0, return_count=0, urge_count=0, send_back_count=0,
    )
    ticket.recheck_pending = is_hazard(doing, ticket)
    move(doing, ticket, "create", brand_new=True, data={"channel": str(request.channel), **(origin or {})})
    doing.sink.add(ticket)
    doing.sink.add(seal_identity(request, mine.ticket_id, no))
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

    One that shows danger is reported at once; what an emergency line must have first goes to no unit yet.
    """
    ticket.submitted_at = doing.at
    found = choose_route(doing, ticket)
    ticket.route = doing.once(("kept route", found), route_of, found)
    move(doing, ticket, "submit", brand_new=True, data={"route": str(found.decision)})
    look_for_danger(doing, ticket, risk)
    if found.decision is not Decision.CERTAIN or ticket.risk_line:
        doing.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return
    assign(doing.by_system(), ticket, found.unit_id, assignment_id=mine.assignment_id, brand_new=True)


def _receipt(ticket: Ticket, code: str) -> Receipt:
    receipt = Receipt(ticket.no, code, ticket.state, ticket.version, ticket.lead_unit_id)
    sealed = box().seal(code, f"{ticket.no}:query_code")
    idempotency.keep(db.session, json.dumps(vars(receipt) | {"query_code": sealed.hex()}))
    return receipt


def receipt_again(result: dict[str, Any]) -> Receipt:
    """The receipt kept under an idempotency key, as it was given the first time."""
    code = box().open(bytes.fromhex(result["query_code"]), f"{result['no']}:query_code")
    return Receipt(**result | {"query_code": code})


def urge(no: str, actor: Actor, *, note: str = "", version: int | None = None) -> Ticket:
    """The caller asks again (催单). No state changes; the unit is alerted."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        source = str(UrgeSource.CITIZEN)
        ticket.urge_count += 1
        move(doing, ticket, "urge", assignment=lead_of(ticket), note=note, data={"source": source})
        doing.sink.add(new(Urge, ticket_id=ticket.id, unit_id=ticket.lead_unit_id, at=doing.at, source=source,
                           by_name=actor.name, note=note))
        _alert(doing, ticket, "urged", source=source)
        return ticket


def add(
    no: str, actor: Actor, *, text: str, items: Sequence[str] = (), version: int | None = None
) -> Ticket:
    """The caller adds to an open request: words, and points its answer must speak to as well.

    Where it had none, its title is the first point.
    """
    if not text:
        raise Invalid(fields={"text": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        added = [point for point in items if point not in ticket.request_items]
        move(doing, ticket, "add", assignment=lead_of(ticket), note=text, data={"items": added} if added else None)
        if added:
            ticket.request_items = [*(ticket.request_items or [ticket.title]), *added]
            if len(ticket.request_items) > MOST_ITEMS:
                raise Invalid(fields={"items": [Problem("too_many", most=MOST_ITEMS)]})
        _alert(doing, ticket, "added")
        return ticket


def _alert(doing: Work, ticket: Ticket, kind: str, **data: Any) -> None:
    """Tell whoever must act now: the unit that holds the ticket, or the dispatch desk."""
    if ticket.lead_unit_id is None:
        doing.tell(kind, ticket, unit_id=None, role=Role.DISPATCHER, **data)
        return
    doing.tell(kind, ticket, unit_id=ticket.lead_unit_id, role=Role.UNIT_CLERK, **data)


@dataclass(frozen=True)
class Identity:
    """A caller in full, for the one who asked with a reason."""

    name: str
    phone: str
    alt_phone: str
    id_no: str
    address: str


def reveal(no: str, actor: Actor, *, reason: str) -> Identity:
    """Show a caller in full. Needs a reason, and is an event (who saw whom, when, why).

    Raises NotAllowed where the caller is withheld from, or anonymous to, this actor.
    """
    if not reason:
        raise Invalid(fields={"reason": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor)
        if not sees_identity(actor, ticket):
            raise NotAllowed("identity_withheld")
        note_event(doing, ticket, "revealed", before=ticket.state, note=reason)
        return Identity(**opened(ticket.identity, no))
