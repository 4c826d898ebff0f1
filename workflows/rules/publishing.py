"""账期锁定: who may lock a period of figures, for how long it is corrected, and what its published table is known by.

Sources: domain §7.7 (freeze a period before publishing; later changes go to the next with a correction note), A21.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from workflows.rules.roles import Actor, Role

#: Who asks for a period to be locked, and who agrees: two people, or the director alone.
LOCKERS = frozenset({Role.SUPERVISOR, Role.HOTLINE_DIR})
#: What changes in a period later than this is no longer carried into the next one to be locked.
CORRECTED_FOR = timedelta(days=400)
#: The longest period that is locked in one piece.
LONGEST_LOCKED = timedelta(days=366)


def decides_alone(actor: Actor) -> bool:
    """Whether nobody else need agree."""
    return actor.has({Role.HOTLINE_DIR})


def problems(first: date, last: date, today: date) -> dict[str, list[str]]:
    """Why these days cannot be locked, by field; nothing where they can."""
    if last < first:
        return {"last": ["period_backwards"]}
    if last - first >= LONGEST_LOCKED:
        return {"last": ["period_too_long"]}
    return {"last": ["period_not_over"]} if last >= today else {}


def fingerprint(lines: Iterable[tuple[str, int, Decimal, int]]) -> str:
    """What a published table is told from any other by (校验码): of its (figure, unit, numerator, denominator)."""
    written = sorted(f"{figure} {unit} {numerator.normalize():f} {denominator}"
                     for figure, unit, numerator, denominator in lines)
    return sha256("\n".join(written).encode()).hexdigest()
