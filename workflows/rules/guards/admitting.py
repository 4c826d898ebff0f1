"""Whether a request is looked over, refused or taken on before it goes to a unit."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation
from workflows.rules.roles import Role


def asked_by_somebody_else(on: Situation) -> None:
    """Nobody refuses a request who asked for it to be refused."""
    if on.ticket.refusal_by_id is not None and on.ticket.refusal_by_id == on.actor.user_id:
        raise NotNow("two_persons")


def refusal_asked(on: Situation) -> None:
    """A request is refused by two persons: one who asks for it, and one who decides."""
    if on.ticket.reject_code is None:
        raise NotNow("no_refusal_asked")


def no_refusal_asked(on: Situation) -> None:
    """While it waits whether it is taken on at all, nothing else is asked."""
    if on.ticket.reject_code is not None:
        raise NotNow("refusal_waits")


def never_with_a_unit(on: Situation) -> None:
    """What a unit had in hand was taken on."""
    if on.ticket.lead_assignment_id is not None:
        raise NotNow("taken_on_already")


def seniors_decide_refusals(on: Situation) -> None:
    """A reviewer passes a request; one that was asked to be refused is a shift lead's or a supervisor's to take on."""
    if on.ticket.reject_code is not None and not on.actor.has({Role.SHIFT_LEAD, Role.SUPERVISOR}):
        raise NotNow("seniors_decide_refusals")


def reviewed_by_somebody_else(on: Situation) -> None:
    """Nobody looks over what they wrote down themselves."""
    if on.ticket.reject_code is None and on.ticket.created_by_id is not None \
            and on.ticket.created_by_id == on.actor.user_id:
        raise NotNow("own_ticket_review")


def no_details_asked(on: Situation) -> None:
    """One list of what is missing at a time."""
    if on.ticket.details_wanted is not None:
        raise NotNow("details_asked_already")


def details_asked(on: Situation) -> None:
    """There is something to complete."""
    if on.ticket.details_wanted is None:
        raise NotNow("no_details_asked")
