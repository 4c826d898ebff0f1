"""受理审核: whether a request is taken on. Who asked for it to be refused does not decide it."""

from __future__ import annotations

from workflows.engine import choose_route, lock, move, route_of, send_on, work
from workflows.errors import Invalid
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import RefuseReason


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

    Raises Invalid where it was asked to be refused and nothing says why it is not.
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
