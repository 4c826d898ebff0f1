"""Which parts of a ticket's page are for the inside only: what a unit wrote for itself and for the hotline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.read.around import SuspensionView
from workflows.read.repeats import LOOKED
from workflows.read.ticket_lines import ApplicationView, EventView
from workflows.read.ticket_parts import TicketPage
from workflows.rules.chains import CHAINED
from workflows.rules.roles import READING_ROLES, Actor

#: Events whose note was written for the inside: what a unit heard on the telephone, how it accounts for itself, what
#: it says in a conference, why somebody looked up a caller.
INSIDE_NOTES = frozenset(
    {"link", "unlink", "recuse", "flag_risk", "confirm_risk", "dismiss_risk", "admit", "ask_details",
     "contact", "revealed", "answer_order", "opine", "ask_relay", "relay", "conceal", "disclose", "object",
     "keep_part", "release_part", "accept_part", "return_part", "delegate", "withdraw_part", "apply_suspension",
     "endorse", "grant_suspension", "refuse_suspension", "review_suspension", "resume", "apply_termination",
     "grant_termination", "refuse_termination", "apply_exclusion", "grant_exclusion", "refuse_exclusion",
     "apply_appeal", "grant_appeal", "refuse_appeal",
     "check_ending", "overturn", "sign_off", "give_back", "consent_return", "consent_extension", "deny_consent"}
)
#: Events for the hotline alone: that a caller asks again and again is known from more than the ticket.
OF_HOTLINE = frozenset({LOOKED})


def own_tasks(page: TicketPage, actor: Actor) -> frozenset[int]:
    """The tasks whose internal account and contacts these eyes may read: all for the hotline, its own for a unit."""
    units = actor.unit_ids if actor.of_unit else frozenset()
    return frozenset(a.id for a in page.assignments if actor.of_hotline or a.unit_id in units)


def applications(page: TicketPage, actor: Actor) -> list[ApplicationView]:
    """What was asked of the hotline; what passes a chain inside a unit is for the hotline and that unit alone."""
    own = own_tasks(page, actor)
    return [asked for asked in page.applications
            if asked.kind not in CHAINED or asked.assignment_id in own or actor.has(READING_ROLES)]


def suspensions(page: TicketPage, actor: Actor) -> list[SuspensionView]:
    """The lines of the ledger these eyes may read."""
    own = own_tasks(page, actor)
    return [line for line in page.suspensions if line.assignment_id in own or actor.has(READING_ROLES)]


def history(page: TicketPage, actor: Actor) -> list[EventView]:
    """What happened, newest first, without the notes, and the events, that are not for these eyes."""
    own = own_tasks(page, actor)
    return [
        replace(event, note="") if event.kind in INSIDE_NOTES and not _inside(event, actor, own) else event
        for event in page.events if actor.of_hotline or event.kind not in OF_HOTLINE
    ]


def _inside(event: EventView, actor: Actor, own: frozenset[int]) -> bool:
    return actor.of_hotline or event.assignment_id in own or event.actor_unit_id in actor.unit_ids


def seen(page: TicketPage, actor: Actor) -> dict[str, Any]:
    """What the parts of a ticket's page ask for, whichever page they stand on."""
    return {"own_tasks": own_tasks(page, actor), "applications": applications(page, actor),
            "suspensions": suspensions(page, actor)}
