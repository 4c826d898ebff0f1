"""What administrators set."""

from __future__ import annotations

from enum import StrEnum


class ProposalState(StrEnum):
    """What became of a proposed change of the dispatch catalogue (目录修订建议)."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class LockState(StrEnum):
    """How far the locking of a period of figures has come (账期状态)."""

    ASKED = "ASKED"
    GRANTED = "GRANTED"
    LOCKED = "LOCKED"
    REFUSED = "REFUSED"


class UnitKind(StrEnum):
    """What a unit is; rankings never mix them."""

    HOTLINE = "HOTLINE"
    DISTRICT = "DISTRICT"
    BUREAU = "BUREAU"
    STREET = "STREET"
    UTILITY = "UTILITY"
    SECTION = "SECTION"


class AreaKind(StrEnum):
    """Level of a place."""

    DISTRICT = "DISTRICT"
    STREET = "STREET"
    COMMUNITY = "COMMUNITY"


class UnitChange(StrEnum):
    """What becomes of a unit (机构调整)."""

    MERGE = "MERGE"
    SPLIT = "SPLIT"
    CLOSE = "CLOSE"
    RENAME = "RENAME"


class SettingSubject(StrEnum):
    """What an administrator may change (设置对象)."""

    UNIT = "UNIT"
    AREA = "AREA"
    CATEGORY = "CATEGORY"
    USER = "USER"
    CATALOGUE = "CATALOGUE"
    LIMIT = "LIMIT"
    LADDER = "LADDER"
    THRESHOLD = "THRESHOLD"
    RISK = "RISK"
    WORK_CALENDAR = "WORK_CALENDAR"
    CALENDAR_DAY = "CALENDAR_DAY"
    SUBSCRIPTION = "SUBSCRIPTION"
    ABSENCE = "ABSENCE"
    SIGN_OFF = "SIGN_OFF"
    PRE_REVIEW = "PRE_REVIEW"
    SUSPENSION_CAUSE = "SUSPENSION_CAUSE"
    MESSAGE = "MESSAGE"
    RATE_POLICY = "RATE_POLICY"
    SCORING = "SCORING"
    PERIOD = "PERIOD"


class SettingAction(StrEnum):
    """What an administrator did to it (变更动作)."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    MOVED = "MOVED"
    CLOSED = "CLOSED"
    OPENED = "OPENED"
    ENDED = "ENDED"
    RESET = "RESET"
    UNLOCKED = "UNLOCKED"
    IMPORTED = "IMPORTED"
    REPLAYED = "REPLAYED"
    GIVEN_UP = "GIVEN_UP"
