"""受理审核: whether a request is taken on, and whether it says enough to go to a unit.

Who asked for it to be refused does not decide it; who wrote it down does not look it over.
"""

from __future__ import annotations

from typing import Any

from workflows.engine import choose_route, end_pauses, lock, move, route_of, send_on, work, wrong_matter
from workflows.errors import Invalid
from workflows.model.ticket import Ticket
from workflows.rules.accounting import SegmentReason
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import DetailWanted, RefuseReason


def refuse(
    no: str, actor: Actor, *, reason: RefuseReason | None = None, route_told: str = "", version: int | None = None
) -> Ticket:
    """Do not take a request on (不予受理), for the reason and with the way told that were asked for unless given anew.

    Raises NotNow for who asked for it themselves, Invalid where neither says why and which way is open.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        code, told = reason or ticket.reject_code, route_told or ticket.reject_route
        ticket.closed_at = doing.at
        ticket.reject_code, ticket.reject_route = str(code) if code else None, told
        move(doing, ticket, "refuse", reason=code, note=told)
        wrong = {name: ["required"] for name, given in (("reason", code), ("route_told", told)) if not given}
        if wrong:
            raise Invalid(fields=wrong)
        return ticket


def admit(no: str, actor: Actor, *, note: str = "", version: int | None = None) -> Ticket:
    """Take a request on: it goes to its unit or to the dispatch desk, as if it had been submitted.

    Raises Invalid where it was asked to be refused and nothing says why it is not. What was still to be completed need
    not be any more.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        found = choose_route(doing, ticket)
        ticket.route = route_of(found)
        move(doing, ticket, "admit", note=note, data={"route": str(found.decision)})
        if ticket.refusal_by_id is not None and not note:
            raise Invalid(fields={"note": ["required"]})
        ticket.reject_code, ticket.reject_route, ticket.refusal_by_id = None, "", None
        send_on(doing, ticket, found)
        return ticket


def propose_refusal(
    no: str, actor: Actor, *, reason: RefuseReason, route_told: str, version: int | None = None
) -> Ticket:
    """Ask for a request no unit has had yet not to be taken on, as who reads it first; somebody else decides.

    Raises Invalid where nothing says which way is open to the citizen.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "propose_refusal", reason=reason, note=route_told)
        if not route_told:
            raise Invalid(fields={"route_told": ["required"]})
        ticket.reject_code, ticket.reject_route, ticket.refusal_by_id = str(reason), route_told, actor.user_id
        if ticket.details_wanted is not None:
            ticket.details_wanted = None
            end_pauses(doing, ticket, SegmentReason.DETAILS_WANTED, runs_on=False)
        doing.tell("refusal_asked", ticket, unit_id=None, role=Role.SHIFT_LEAD)
        return ticket


def ask_details(no: str, actor: Actor, *, reason: DetailWanted, note: str, version: int | None = None) -> Ticket:
    """Have a request completed by who took it, before it goes to a unit (退回补充); its clock stands still."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "ask_details", reason=reason, note=note)
        if not note:
            raise Invalid(fields={"note": ["required"]})
        ticket.details_wanted = str(reason)
        doing.tell("details_wanted", ticket, unit_id=None, role=Role.AGENT)
        return ticket


def supply_details(
    no: str, actor: Actor, *, text: str, category_id: int | None = None, area_id: int | None = None, place: str = "",
    version: int | None = None,
) -> Ticket:
    """Say what was wanted: words, and matter or place where they were missing or wrong.

    Raises Invalid without words, and for a matter or a place there is not.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        now = _placed(ticket, category_id, area_id, place)
        changed = {name: value for name, value in now.items() if value != getattr(ticket, name)}
        move(doing, ticket, "supply_details", note=text, data=changed or None)
        wrong = wrong_matter(doing.ref, now["category_id"], now["area_id"]) | ({} if text else {"text": ["required"]})
        if wrong:
            raise Invalid(fields=wrong)
        for name, value in now.items():
            setattr(ticket, name, value)
        ticket.details_wanted = None
        end_pauses(doing, ticket, SegmentReason.DETAILS_WANTED, runs_on=True)
        doing.tell("details_supplied", ticket, unit_id=None, role=Role.REVIEWER)
        return ticket


def _placed(ticket: Ticket, category_id: int | None, area_id: int | None, place: str) -> dict[str, Any]:
    return {"category_id": category_id or ticket.category_id, "area_id": area_id or ticket.area_id,
            "place": place or ticket.place}
