"""会商: units are called together over a ticket nobody takes; what they decide binds, at one level or the next.

The time for dispatching stands still meanwhile. Each unit writes its opinion; the minutes and the unit designated are
on record, and the ticket is with that unit in the same breath.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, text

from workflows.engine import (
    Work,
    accused,
    assign,
    check_part_units,
    choose_route,
    lock,
    move,
    open_conference,
    open_part,
    work,
)
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.conference import Conference, ConferenceOpinion
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.passing import HOTLINE
from workflows.rules.roles import Actor, Role
from workflows.rules.states import AssignmentRole
from workflows.rules.vocabulary import ConferenceOutcome, ConferenceReason, ConferenceStance

#: Units at one table.
FEWEST, MOST = 2, 10
#: What the task says where the conference designates a unit the catalogue does not name.
DECIDED = "会商决定"

_NEXT = text("SELECT nextval('conference_id_seq')")


def confer(
    no: str, actor: Actor, *, reason: ConferenceReason, question: str, unit_ids: Sequence[int],
    version: int | None = None,
) -> Ticket:
    """Call units together, saying what is to be settled. Held at the level the ticket was raised to.

    Raises Invalid for fewer than two units or more than ten, or one that is closed or the hotline's own.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        units = sorted(set(unit_ids))
        _check(doing, ticket, units, question)
        ticket.invited_unit_ids = units
        ticket.escalation_level = max(ticket.escalation_level, HOTLINE)
        move(doing, ticket, "confer", reason=reason, note=question,
             data={"unit_ids": units, "level": ticket.escalation_level})
        conference = new(
            Conference, id=db.session.scalar(_NEXT), ticket_id=ticket.id, level=ticket.escalation_level,
            reason_code=str(reason), question=question, opened_at=doing.at, opened_by_id=actor.user_id,
            opened_by=actor.name,
        )
        doing.sink.add(conference)
        for unit_id in units:
            doing.sink.add(
                new(ConferenceOpinion, conference_id=conference.id, ticket_id=ticket.id, unit_id=unit_id))
        _tell(doing, "conference_invited", ticket, units)
        return ticket


def _check(doing: Work, ticket: Ticket, units: Sequence[int], question: str) -> None:
    wrong: dict[str, list[str]] = {}
    if not question:
        wrong["question"] = ["required"]
    if not FEWEST <= len(units) <= MOST:
        wrong["unit_ids"] = ["conference_units"]
    elif not set(units) <= doing.ref.handling_units(doing.today):
        wrong["unit_ids"] = ["unit_unknown"]
    elif accused(doing, ticket) & set(units):
        wrong["unit_ids"] = ["unit_is_accused"]
    if wrong:
        raise Invalid(fields=wrong)


def _tell(doing: Work, kind: str, ticket: Ticket, units: Sequence[int]) -> None:
    for unit_id in units:
        doing.tell_unit(kind, ticket, unit_id)


def opine(
    no: str, actor: Actor, *, stance: ConferenceStance, opinion: str, version: int | None = None
) -> Ticket:
    """Say in writing what an invited unit holds, for its own unit or else for those below it that were invited.

    It may be said anew until the conference ends; the history keeps each. Raises Unknown for who was not invited.
    """
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        seats = _seats(ticket, actor)
        move(doing, ticket, "opine", note=opinion,
             data={"stance": str(stance), "unit_ids": [seat.unit_id for seat in seats]})
        for seat in seats:
            seat.stance, seat.opinion, seat.given_at = str(stance), opinion, doing.at
            seat.given_by_id, seat.given_by = actor.user_id, actor.name
        if not _still_silent(ticket, [seat.id for seat in seats]):
            doing.tell("opinions_in", ticket, unit_id=None, role=Role.DISPATCHER)
        return ticket


def _seats(ticket: Ticket, actor: Actor) -> list[ConferenceOpinion]:
    found = db.session.scalars(
        select(ConferenceOpinion).where(
            ConferenceOpinion.ticket_id == ticket.id, ConferenceOpinion.ended_at.is_(None),
            ConferenceOpinion.unit_id.in_(sorted(actor.unit_ids)),
        )
    ).all()
    return [seat for seat in found if seat.unit_id == actor.unit_id] or list(found)


def _still_silent(ticket: Ticket, but: Sequence[int]) -> int:
    seat = ConferenceOpinion
    return db.session.scalar(
        select(func.count()).where(seat.ticket_id == ticket.id, seat.ended_at.is_(None), seat.given_at.is_(None),
                                   seat.id.not_in(but))
    )


def escalate(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Raise a conference that could not settle it to the next level (提级): the government's office, its executive
    meeting. Its time begins anew. Raises NotNow above the highest.
    """
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        conference = _present(ticket)
        move(doing, ticket, "escalate", note=note, data={"level": ticket.escalation_level + 1})
        ticket.escalation_level += 1
        conference.level = ticket.escalation_level
        for role in (Role.SUPERVISOR, Role.HOTLINE_DIR):
            doing.tell("raised", ticket, unit_id=None, role=role)
        return ticket


def decide_conference(
    no: str, actor: Actor, *, unit_id: int, minutes: str, co_units: Sequence[int] = (), version: int | None = None
) -> Ticket:
    """Designate a unit for good, with the minutes, and give it the ticket, with others to help it.

    Raises Invalid without minutes, or for a unit that is closed or the hotline's own.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        wrong = {} if minutes else {"minutes": ["required"]}
        if unit_id not in doing.ref.handling_units(doing.today):
            wrong["unit_id"] = ["unit_unknown"]
        if wrong:
            raise Invalid(fields=wrong)
        check_part_units(doing, ticket, {"unit_id": [unit_id], "co_units": co_units})
        conference, invited = _present(ticket), list(ticket.invited_unit_ids)
        conference.outcome, conference.minutes = str(ConferenceOutcome.DECIDED), minutes
        conference.lead_unit_id = unit_id
        named = {c.unit_id for c in choose_route(doing, ticket).candidates}
        lead = assign(doing, ticket, unit_id, note=minutes, override_reason="" if unit_id in named else DECIDED,
                      final=True, by="decide_conference")
        for one in co_units:
            open_part(doing, ticket, "add_part", one, AssignmentRole.CO, lead, reason=DECIDED)
        _tell(doing, "conference_decided", ticket, [one for one in invited if one not in {unit_id, *co_units}])
        return ticket


def cancel_conference(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Call a conference off, saying why: the ticket waits to be dispatched as before, its time running on."""
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        conference, invited = _present(ticket), list(ticket.invited_unit_ids)
        conference.outcome, conference.minutes = str(ConferenceOutcome.CANCELLED), note
        move(doing, ticket, "cancel_conference", note=note)
        _tell(doing, "conference_cancelled", ticket, invited)
        return ticket


def _present(ticket: Ticket) -> Conference:
    found = open_conference(ticket)
    if found is None:
        raise NotNow("no_conference")
    return found
