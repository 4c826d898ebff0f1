"""What the facts of a day hold, and until when they can be trusted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from workflows.rules.indicators import SECOND_CALL, Figure

#: How far behind a table of figures may be before the tickets themselves are counted instead.
GRACE = timedelta(minutes=5)


class Plain(StrEnum):
    """Plain lines beside the indicators: tasks received, tickets ended with an answer, working days answers took."""

    RECEIVED = "N_RECEIVED"
    CLOSED = "N_CLOSED"
    HANDLING = "N_HANDLING"


Line = Figure | Plain
#: Every line there is.
LINES: tuple[Line, ...] = (*Figure, *Plain)


class By(StrEnum):
    """By what requests that came in are counted."""

    CHANNEL = "CHANNEL"
    KIND = "KIND"
    FATE = "FATE"
    MATTER = "MATTER"


def good_until(begins: datetime, counted_at: datetime) -> datetime | None:
    """When the facts of a day that begins then may first be wrong though nobody changed anything; None for never.

    Until the day is over, clocks pass their dues. And whether a call helped is known `SECOND_CALL` after it was made,
    so that on one later day the calls of this one come to be counted, one after the other.
    """
    ends, told, all_told = (begins + timedelta(days=1) * n for n in (1, SECOND_CALL.days, SECOND_CALL.days + 1))
    if counted_at < ends or told <= counted_at < all_told:
        return counted_at
    return told if counted_at < told else None
