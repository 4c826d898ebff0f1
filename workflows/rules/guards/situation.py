"""What a guard looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity


@dataclass(frozen=True)
class Situation:
    """A ticket, the task it is acted from (the lead unit's, or a part), who wants to act, and when."""

    ticket: Any
    assignment: Any
    actor: Actor
    at: datetime


def wants_callback(ticket: Any) -> bool:
    """Whether the caller is to be rung: not if anonymous, not if no reply was asked for."""
    return ticket.need_reply and ticket.anonymity != Anonymity.ANONYMOUS
