"""Whether a unit may contest what a caller said of it (剔除、评价申诉), and whether the caller is rung again for it."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation

#: Outcomes of a call-back in which a caller said something of the unit.
EVALUATED = frozenset({"SATISFIED", "DISSATISFIED"})


def caller_has_evaluated(on: Situation) -> None:
    """Where nobody evaluated anything there is nothing to contest."""
    if on.assignment is None or on.ticket.callback_outcome not in EVALUATED:
        raise NotNow("not_evaluated")


def inside_contest_window(on: Situation) -> None:
    """An evaluation is contested within so many working days of it (a threshold administrators set)."""
    until = on.assignment.contest_until
    if until is None or on.at > until:
        raise NotNow("contest_window_closed")


def no_exclusion_before(on: Situation) -> None:
    """Once for each evaluation, whatever came of it."""
    if on.assignment.exclusion_round >= on.ticket.round:
        raise NotNow("already_contested")


def no_appeal_before(on: Situation) -> None:
    """Once for each evaluation, whatever came of it."""
    if on.assignment.appeal_round >= on.ticket.round:
        raise NotNow("already_contested")


def rung_again_by_appeal(on: Situation) -> None:
    """Once a ticket is closed its caller is rung again only where an appeal was granted."""
    if on.ticket.state == "CLOSED" and not on.ticket.appeal_call:
        raise NotNow("no_appeal_granted")
