"""Whether the hotline may send, merge and raise a ticket."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation
from workflows.rules.passing import HIGHEST, OFFICE
from workflows.rules.roles import Role


def conferred_first(on: Situation) -> None:
    """A ticket returned too often goes to a conference, unless a supervisor sends it on and says why."""
    if on.ticket.must_confer and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("confer_first", returns=on.ticket.return_count)


def levels_left(on: Situation) -> None:
    """Above the government's executive meeting there is nobody (Jinan regulation, Art. 29-30)."""
    if on.ticket.escalation_level >= HIGHEST:
        raise NotNow("highest_level")


def senior_decides_raised_conference(on: Situation) -> None:
    """What the hotline's own conference could not settle is not a dispatcher's to settle."""
    if on.ticket.escalation_level >= OFFICE and not on.actor.has({Role.SUPERVISOR, Role.HOTLINE_DIR}):
        raise NotNow("raised_needs_supervisor")


def supervisor_merges_dispatched(on: Situation) -> None:
    """What a unit already works at is merged by a supervisor."""
    if on.ticket.lead_assignment_id is not None and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("merge_needs_supervisor")


def nobody_follows(on: Situation) -> None:
    """A master follows nobody."""
    if on.ticket.supporters:
        raise NotNow("has_supporters", count=on.ticket.supporters)


def nobody_else_waits(on: Situation) -> None:
    """One caller cannot take back what others wait for, too."""
    if on.ticket.supporters:
        raise NotNow("others_wait_for_it", count=on.ticket.supporters)


def not_rung_yet(on: Situation) -> None:
    """A merged caller who has told what they think of the answer stays with it."""
    if on.ticket.callback_outcome is not None:
        raise NotNow("already_rung")


def order_waits(on: Situation) -> None:
    """Only an order that is still open can be answered."""
    if not on.ticket.open_orders:
        raise NotNow("no_order_open")


def linked_somewhere(on: Situation) -> None:
    """It is linked to another ticket."""
    if not on.ticket.links:
        raise NotNow("nothing_linked")
