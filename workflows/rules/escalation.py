"""Who is told when a clock turns yellow or red."""

from __future__ import annotations

from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role

UNIT, HOTLINE = "unit", "hotline"

_UNIT_WARNED = ((UNIT, Role.UNIT_CLERK),)
_UNIT_EXPIRED = ((UNIT, Role.UNIT_CLERK), (UNIT, Role.UNIT_LEAD))

#: (clock, threshold) → (place, role)…; the field's ladder as far as yellow and red (§6.4, §6.5).
LADDER: dict[tuple[ClockCode, str], tuple[tuple[str, Role], ...]] = {
    (ClockCode.DISPATCH, "warned"): ((HOTLINE, Role.DISPATCHER),),
    (ClockCode.DISPATCH, "expired"): ((HOTLINE, Role.SHIFT_LEAD),),
    (ClockCode.SIGN, "warned"): _UNIT_WARNED,
    (ClockCode.SIGN, "expired"): _UNIT_EXPIRED,
    (ClockCode.CONTACT, "warned"): _UNIT_WARNED,
    (ClockCode.CONTACT, "expired"): _UNIT_EXPIRED,
    (ClockCode.HANDLING, "warned"): _UNIT_WARNED,
    (ClockCode.HANDLING, "expired"): (*_UNIT_EXPIRED, (HOTLINE, Role.SUPERVISOR)),
    (ClockCode.REWORK, "warned"): _UNIT_WARNED,
    (ClockCode.REWORK, "expired"): (*_UNIT_EXPIRED, (HOTLINE, Role.SUPERVISOR)),
    (ClockCode.RETURN_DECISION, "warned"): ((HOTLINE, Role.DISPATCHER),),
    (ClockCode.RETURN_DECISION, "expired"): ((HOTLINE, Role.SUPERVISOR),),
    (ClockCode.REVIEW, "warned"): ((HOTLINE, Role.REVIEWER),),
    (ClockCode.REVIEW, "expired"): ((HOTLINE, Role.SUPERVISOR),),
    (ClockCode.CALLBACK, "warned"): ((HOTLINE, Role.CALLBACK),),
    (ClockCode.CALLBACK, "expired"): ((HOTLINE, Role.SUPERVISOR),),
}


def addressees(code: ClockCode, threshold: str) -> tuple[tuple[str, Role], ...]:
    """Whom to tell when a clock reaches "warned" or "expired"; nobody for a clock without a ladder."""
    return LADDER.get((code, threshold), ())
