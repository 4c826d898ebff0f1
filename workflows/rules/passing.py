"""A ticket that nobody takes: from which return on units are called together, and when it goes up a level (提级).

The levels are those of the ordinances of Jinan (Art. 29-30) and Weifang (Art. 23): the hotline's own conference, a
meeting of the government's office, the government's executive meeting. The thresholds are rows that administrators
edit; these are what an installation begins with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum


class Threshold(StrEnum):
    """What is counted on a ticket's way from unit to unit, and days waited for something (流转阈值)."""

    CONFER_RETURNS = "CONFER_RETURNS"
    ESCALATE_RETURNS = "ESCALATE_RETURNS"
    ESCALATE_UNITS = "ESCALATE_UNITS"
    REOPEN_DAYS = "REOPEN_DAYS"
    SURVEY_DAYS = "SURVEY_DAYS"
    ARCHIVE_DAYS = "ARCHIVE_DAYS"
    RECHECK_SHARE = "RECHECK_SHARE"
    RECHECK_MOST = "RECHECK_MOST"
    CHECK_SHARE = "CHECK_SHARE"
    CHECK_MOST = "CHECK_MOST"
    CONTEST_DAYS = "CONTEST_DAYS"


#: Levels a ticket was raised to; 0 is none.
HOTLINE, OFFICE, EXECUTIVE = 1, 2, 3
HIGHEST = EXECUTIVE


@dataclass(frozen=True)
class Thresholds:
    """From how many granted returns, or units passed, on; and numbers of days."""

    confer_returns: int = 2
    escalate_returns: int = 3
    escalate_units: int = 3
    #: Days in which a closed ticket may be taken up again.
    reopen_days: int = 30
    #: Days a caller who was written to has to answer.
    survey_days: int = 3
    #: Days after its end a ticket is put away for good.
    archive_days: int = 30
    #: Of a month's withdrawals, how many in a hundred of each unit are looked into, and how many at most.
    recheck_share: int = 100
    recheck_most: int = 300
    #: Of a month's terminations and refusals, how many in a hundred of each unit are looked into, and how many at most.
    check_share: int = 20
    check_most: int = 100
    #: Working days from an evaluation in which its unit may contest it.
    contest_days: int = 5

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int]]) -> Thresholds:
        """Of the rows there are; what has none is as it was built in."""
        known = {field.name for field in fields(cls)}
        return cls(**{code.lower(): amount for code, amount in rows if code.lower() in known})


@dataclass(frozen=True)
class Passage:
    """What follows from a ticket's way: units must confer, and at which level at least."""

    must_confer: bool
    level: int


def passage(thresholds: Thresholds, returns: int, units: int) -> Passage:
    """What `returns` granted and `units` passed come to for a ticket that waits for a unit again."""
    raised = returns >= thresholds.escalate_returns or units >= thresholds.escalate_units
    return Passage(raised or returns >= thresholds.confer_returns, OFFICE if raised else 0)
