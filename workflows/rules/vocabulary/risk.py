"""What may not wait in a queue."""

from __future__ import annotations

from enum import StrEnum


class RiskKind(StrEnum):
    """What a request may be a sign of, so that it is reported at once (风险类别, domain §8.7)."""

    EXTREME = "EXTREME"
    MASS = "MASS"
    ACCIDENT = "ACCIDENT"
    MAJOR_HAZARD = "MAJOR_HAZARD"
    EPIDEMIC = "EPIDEMIC"
    MINOR = "MINOR"
    OPINION = "OPINION"
    SECRET = "SECRET"  # noqa: S105 - a matter of state, not ours
    FOREIGN = "FOREIGN"
    MILITARY = "MILITARY"


class LinePartner(StrEnum):
    """Lines a request is passed to or comes from (联动专线, domain §4.8)."""

    POLICE = "POLICE"
    FIRE = "FIRE"
    AMBULANCE = "AMBULANCE"
    TRAFFIC = "TRAFFIC"
    WATER = "WATER"
    POWER = "POWER"
    GAS = "GAS"
    HEAT = "HEAT"


class LinkDirection(StrEnum):
    """How a request went from line to line: passed on, come in, or with three on the phone (联动方式)."""

    OUT = "OUT"
    IN = "IN"
    THREE_WAY = "THREE_WAY"
