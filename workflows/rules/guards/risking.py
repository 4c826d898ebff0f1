"""Whether a danger that was reported is in somebody's hands."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation


def no_risk_open(on: Situation) -> None:
    """One report at a time; what is learnt meanwhile is added to the ticket."""
    if on.ticket.open_risk:
        raise NotNow("risk_flagged_already")


def risk_open(on: Situation) -> None:
    """Only an open report is taken in hand, confirmed or found to be none."""
    if not on.ticket.open_risk:
        raise NotNow("no_risk_open")


def risk_handed_over(on: Situation) -> None:
    """A ticket whose danger nobody has confirmed to have does not end (domain §8.7)."""
    if on.ticket.open_risk:
        raise NotNow("risk_not_handed_over")


def transfer_open(on: Situation) -> None:
    """Only what was passed on is confirmed or given back."""
    if not on.ticket.open_transfer:
        raise NotNow("no_transfer_open")


def no_transfer_open(on: Situation) -> None:
    """What was passed on waits for that line's word."""
    if on.ticket.open_transfer:
        raise NotNow("transfer_unconfirmed")


def line_has_it(on: Situation) -> None:
    """What an emergency line must have first is given to no unit before (scenario A2)."""
    no_transfer_open(on)
    if on.ticket.risk_line:
        raise NotNow("emergency_line_first")
