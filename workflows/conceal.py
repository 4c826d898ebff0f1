"""保密: a caller wants to be withheld from units, also after they have seen them; they then speak by the hotline.

From the commit on no page, answer or export shows a unit who called, nor what of it stands in texts. Who had looked the
caller up is known (`revealed` in the history), and they and their units are told not to make use of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update

from workflows.engine import Work, lead_of, lock, move, note_event, work
from workflows.errors import Invalid, NotAllowed
from workflows.model.base import db
from workflows.model.relay import Relay
from workflows.model.reply import ContactLog
from workflows.model.rows import new
from workflows.model.secrets import opened
from workflows.model.ticket import Assignment, Ticket, TicketEvent, TicketText
from workflows.read.repeats import LOOKED, RepeatCaller, repeat_callers
from workflows.rules.masking import scrub
from workflows.rules.roles import UNIT_ROLES, Actor, Role
from workflows.rules.text import search_form
from workflows.rules.vocabulary import Anonymity, ContactResult
from workflows.scope import sees_identity

#: Tries after which what a unit asked for counts as passed on, as with its own first contact.
RELAY_ATTEMPTS = 3


def conceal(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Withhold an open caller from every unit from now on, by the caller's wish.

    The caller's name, numbers and address are taken out of the words units read. Each unit that holds or held the
    ticket is told of its duty; supervisors are told how many of its people had looked the caller up.
    """
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        seen = _looked_up(ticket)
        move(doing, ticket, "conceal", note=note, data={"seen_by": seen})
        ticket.anonymity = str(Anonymity.WITHHELD)
        _take_out(ticket)
        for unit_id in _units(ticket):
            doing.tell_unit("concealed", ticket, unit_id)
        if seen:
            doing.tell("identity_was_seen", ticket, unit_id=None, role=Role.SUPERVISOR, count=seen)
        return ticket


def disclose(no: str, actor: Actor, *, note: str, by_caller: bool = False, version: int | None = None) -> Ticket:
    """Let the unit know a withheld caller again. The caller alone may want it, on a channel of their own."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        wrong = {} if note else {"note": ["required"]}
        if not by_caller and not actor.has({Role.CITIZEN}):
            wrong["by_caller"] = ["caller_must_ask"]
        if wrong:
            raise Invalid(fields=wrong)
        move(doing, ticket, "disclose", note=note)
        ticket.anonymity = str(Anonymity.OPEN)
        return ticket


def _looked_up(ticket: Ticket) -> int:
    """How many people of units had looked the caller up."""
    return db.session.scalar(
        select(func.count(TicketEvent.actor_id.distinct()))
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "revealed",
               TicketEvent.actor_role.in_(sorted(UNIT_ROLES)))
    )


def _units(ticket: Ticket) -> list[int]:
    return db.session.scalars(
        select(Assignment.unit_id).where(Assignment.ticket_id == ticket.id).distinct().order_by(Assignment.unit_id)
    ).all()


def _take_out(ticket: Ticket) -> None:
    for field in ("title", "place", "content"):
        setattr(ticket, field, _clean(ticket, getattr(ticket, field)))
    ticket.request_items = [_clean(ticket, point) for point in ticket.request_items]
    db.session.execute(
        update(TicketText).where(TicketText.ticket_id == ticket.id)
        .values(body=search_form(f"{ticket.title} {ticket.place} {ticket.content} {' '.join(ticket.request_items)}")),
        execution_options={"synchronize_session": False},
    )


def _clean(ticket: Ticket, said: str) -> str:
    caller = opened(ticket.identity, ticket.no)
    return scrub(said, caller["name"], [caller["phone"], caller["alt_phone"]], caller["address"])


def ask_relay(no: str, actor: Actor, *, question: str, version: int | None = None) -> Ticket:
    """Ask the hotline to tell a withheld caller something, or to ask (经热线联系); it stands for the first contact."""
    if not question:
        raise Invalid(fields={"question": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        task = lead_of(ticket)
        move(doing, ticket, "ask_relay", assignment=task, note=question)
        ticket.open_relays = 1
        doing.sink.add(new(Relay, ticket_id=ticket.id, assignment_id=task.id, unit_id=task.unit_id, question=question,
                           asked_at=doing.at, asked_by_id=actor.user_id, asked_by=actor.name))
        doing.tell("relay_asked", ticket, unit_id=None, role=Role.CALLBACK)
        return ticket


def relay(
    no: str, actor: Actor, *, result: ContactResult, answer: str, version: int | None = None
) -> Ticket:
    """Pass a unit's word on to the caller and tell the unit what was said; after three tries in vain, that.

    From then on the caller counts as contacted.
    """
    if not answer:
        raise Invalid(fields={"answer": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        task = lead_of(ticket)
        told = _clean(ticket, answer)
        move(doing, ticket, "relay", assignment=task, note=told, data={"result": str(result)})
        word = _waiting(ticket)
        word.attempts += 1
        done = result is not ContactResult.NO_ANSWER or word.attempts >= RELAY_ATTEMPTS
        logged = ContactResult.VIA_HOTLINE if done else result
        doing.sink.add(new(ContactLog, assignment_id=task.id, at=doing.at, by_id=actor.user_id, by_name=actor.name,
                           result=str(logged), note=told))
        if done:
            _passed_on(doing, ticket, task, word, told)
        return ticket


def _passed_on(doing: Work, ticket: Ticket, task: Assignment, word: Relay, told: str) -> None:
    word.done_at, word.done_by, word.answer = doing.at, doing.actor.name, told
    ticket.open_relays = 0
    task.contacted_at = task.contacted_at or doing.at
    doing.tell("relayed", ticket, unit_id=task.unit_id, role=Role.UNIT_CLERK)


def _waiting(ticket: Ticket) -> Relay:
    return db.session.scalars(
        select(Relay).where(Relay.ticket_id == ticket.id, Relay.done_at.is_(None), Relay.lapsed_at.is_(None))
    ).one()


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


def look_up_repeats(actor: Actor, first: date, last: date, least: int, *, reason: str) -> list[RepeatCaller]:
    """Show who asked so often in a period, masked. Needs a reason, and is an event on the newest ticket of each caller.

    Raises NotAllowed for others than `repeats.REPEAT_READERS`, Invalid without a reason and for a wrong period.
    """
    if not reason:
        raise Invalid(fields={"reason": ["required"]})
    with work(actor) as doing:
        found = repeat_callers(actor, first, last, least)
        newest = [caller.tickets[0].id for caller in found]
        for ticket in db.session.scalars(
            select(Ticket).where(Ticket.id.in_(newest)).order_by(Ticket.id).with_for_update()
        ).all():
            note_event(doing, ticket, LOOKED, before=ticket.state, note=reason)
        return found
