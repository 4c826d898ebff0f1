"""Whether a reply is signed by the unit's leader before it leaves the unit (审签, E25; defect D13)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

#: From this level on an order makes a matter weighty, and from this round on it is.
WEIGHTY_ORDER, WEIGHTY_ROUND = 2, 3


class SignsReplies(StrEnum):
    """Which of a unit's replies its leader signs: every one, those of weighty matters (重件), none."""

    ALWAYS = "ALWAYS"
    WEIGHTY = "WEIGHTY"
    NEVER = "NEVER"


def is_weighty(ticket: Any, *, ordered: bool) -> bool:
    """Whether there is danger in it, a leader instructed, an order of the second level stands, or it is round three."""
    return bool(ticket.risk_kinds) or ticket.instructed_at is not None or ordered or ticket.round >= WEIGHTY_ROUND


def wants_signature(wish: str, ticket: Any, *, ordered: bool) -> bool:
    """Whether a leader signs, by what the unit wishes and how much the matter weighs."""
    return wish == SignsReplies.ALWAYS or (wish == SignsReplies.WEIGHTY and is_weighty(ticket, ordered=ordered))
