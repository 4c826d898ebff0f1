"""Several callers, one matter: when a ticket may still be joined, and what the number of callers changes (并单)."""

from __future__ import annotations

from datetime import timedelta

from workflows.rules.vocabulary import Urgency

#: A closed ticket is joined no longer than this after its close; later the matter is a new one.
JOINED_AFTER_CLOSE = timedelta(days=30)
#: So many callers beside the first are a concentrated demand (集中诉求): supervisors are warned, and it is urgent.
CROWD = 5
_RANKS = tuple(Urgency)


def priority(own: str, joining: str, supporters: int) -> Urgency:
    """How urgent a master is with one more caller: as the most urgent of them, and never ordinary for a crowd."""
    crowd = Urgency.URGENT if supporters >= CROWD else Urgency.NORMAL
    return max(Urgency(own), Urgency(joining), crowd, key=_RANKS.index)
