"""How messages travel and what a reconciliation finds."""

from __future__ import annotations

from enum import StrEnum


class DiscrepancyKind(StrEnum):
    """What the daily reconciliation finds (数据核对)."""

    RUNS_AFTER_END = "RUNS_AFTER_END"
    WAITS_FOR_NOTHING = "WAITS_FOR_NOTHING"
    DUE_DIFFERS = "DUE_DIFFERS"
    LEASED_FOR_EVER = "LEASED_FOR_EVER"
    CLOCK_MISSING = "CLOCK_MISSING"
    NOT_FIRED = "NOT_FIRED"
    NOT_SENT = "NOT_SENT"
    HISTORY_GAP = "HISTORY_GAP"


class Carrier(StrEnum):
    """How a notice leaves the building (通知方式)."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class Dropped(StrEnum):
    """Why a message left the outbox without being sent (未发送原因)."""

    CLOCK_STOPPED = "CLOCK_STOPPED"
    OVERTAKEN = "OVERTAKEN"
    NO_ADDRESS = "NO_ADDRESS"
    GIVEN_UP = "GIVEN_UP"
