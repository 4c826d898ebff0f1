"""转紧急专线: what another line must act on is passed to it, and stays ours until it has said that it has it (§4.8)."""

from __future__ import annotations

from workflows.engine import Passing, end_alert, lock, move, open_link, pass_on, work
from workflows.errors import Invalid
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import LinePartner, LinkDirection


def transfer(
    no: str, actor: Actor, *, partner: LinePartner, reason: str, direction: LinkDirection = LinkDirection.OUT,
    call_id: str = "", version: int | None = None,
) -> Ticket:
    """Pass a ticket no unit has yet to another line, by one key or with three on the phone; the agent stays on it."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        pass_on(doing, ticket, Passing(partner, reason, direction, call_id))
        if not reason:
            raise Invalid(fields={"reason": ["required"]})
        return ticket


def confirm_transfer(
    no: str, actor: Actor, *, partner_no: str, result: str = "", version: int | None = None
) -> Ticket:
    """The line has it, under a number of its own: the ticket ends here, and a danger reported with it is handed over.

    Raises Invalid without that number: it is how anybody asks there.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        link = open_link(ticket)
        if ticket.open_risk and link is not None:
            end_alert(doing, ticket, receiver=link.partner, partner_no=partner_no, outcome=result or link.reason)
        move(doing, ticket, "confirm_transfer", note=result, data={"partner_no": partner_no})
        if not partner_no:
            raise Invalid(fields={"partner_no": ["required"]})
        link.partner_no, link.result = partner_no, result
        link.accepted_at, link.settled_by = doing.at, actor.name
        ticket.open_transfer, ticket.closed_at = False, doing.at
        return ticket


def return_transfer(no: str, actor: Actor, *, result: str, version: int | None = None) -> Ticket:
    """The line gives it back, or the call broke off: an ordinary ticket again, its caller's clock never stopped."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        link = open_link(ticket)
        move(doing, ticket, "return_transfer", note=result)
        if not result:
            raise Invalid(fields={"result": ["required"]})
        link.result, link.returned_at, link.settled_by = result, doing.at, actor.name
        ticket.open_transfer = False
        doing.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return ticket
