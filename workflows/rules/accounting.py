"""Why a clock is due when it is: its rule and all that moved its due, line by line, and whether the lines make it.

A clock's row is the first line (start and rule give a due), each segment after it a line more. The lines are
recorded when they happen and counted again here by the one clock function, so that a dispute is settled by
figures and not by memory. A recomputation begins anew: what stands before it was counted by days that are no
longer those of the calendar, so of these lines only the record can be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from workflows.rules import calendar
from workflows.rules.calendar import Basis, Calendar

#: Bases that count working time; what the others lose or gain is real time.
WORKING = frozenset({Basis.WH, Basis.WD})
#: Bases that count whole days, the first not counted.
BY_DAY = frozenset({Basis.WD, Basis.CD, Basis.CDR})


class SegmentKind(StrEnum):
    """What a line of a clock's account is. RUN is the clock's own row, the others are rows of `clock_segment`."""

    RUN = "RUN"
    CREDIT = "CREDIT"
    PAUSE = "PAUSE"
    EXTENSION = "EXTENSION"
    SHORTENED = "SHORTENED"
    RESUMED = "RESUMED"
    RECOMPUTED = "RECOMPUTED"


class SegmentReason(StrEnum):
    """Why a due moved, or why a stopped clock runs on."""

    RETURN_DECIDED_LATE = "RETURN_DECIDED_LATE"
    EXTENSION_GRANTED = "EXTENSION_GRANTED"
    SUSPENDED = "SUSPENDED"
    INSTRUCTED = "INSTRUCTED"
    SENT_BACK_IN_TIME = "SENT_BACK_IN_TIME"
    IN_CONFERENCE = "IN_CONFERENCE"
    DETAILS_WANTED = "DETAILS_WANTED"
    CALENDAR_CHANGED = "CALENDAR_CHANGED"
    RULE_CHANGED = "RULE_CHANGED"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """What moved a due: minutes put back (CREDIT, PAUSE), or an amount of a basis added (EXTENSION)."""

    kind: SegmentKind
    due_before: datetime
    due_after: datetime
    minutes: float = 0
    amount: int | None = None
    basis: Basis | None = None


@dataclass(frozen=True)
class Line:
    """One step from a moment to a due. `counted` is the due as counted now; None where it no longer can be."""

    kind: SegmentKind
    before: datetime
    after: datetime
    counted: datetime | None
    segment: Segment | None = None

    @property
    def shift(self) -> timedelta:
        """How far the line moves the due."""
        return self.after - self.before

    @property
    def sound(self) -> bool:
        """Whether counting it now gives what was recorded."""
        return self.counted is None or self.counted == self.after


@dataclass(frozen=True)
class Account:
    """The lines of a clock and what they come to."""

    lines: tuple[Line, ...]
    due: datetime

    @property
    def total(self) -> datetime:
        """Where the lines lead: the start and every shift after it."""
        return self.lines[0].before + sum((line.shift for line in self.lines), timedelta())

    @property
    def adds_up(self) -> bool:
        """Whether each line begins where the one before ended, and all together are the due of the clock."""
        first, *more = self.lines
        joined = all(a.after == b.before for a, b in pairwise([first, *more]))
        return joined and self.total == self.due

    @property
    def sound(self) -> bool:
        """Whether every line that can be counted again still gives the same."""
        return all(line.sound for line in self.lines)


def time_lost(days: Calendar, basis: Basis, since: datetime, until: datetime) -> float:
    """Minutes that passed for a limit of this basis: working time where it counts working time, else real time."""
    if basis in WORKING:
        return calendar.working_minutes(days, since, until)
    return (until - since) / timedelta(minutes=1)


def put_back(days: Calendar, basis: Basis, due: datetime, minutes: float) -> datetime:
    """The due after minutes of the limit's own time are put back."""
    if basis in WORKING:
        return calendar.add_working_minutes(days, due, minutes)
    return due + timedelta(minutes=minutes)


def extended(days: Calendar, due: datetime, basis: Basis, amount: int) -> datetime:
    """The due after an extension: counted from the old due as a limit is from its start (Civil Code art. 201).

    The day on which the old due lies is not counted; a due at 24:00 lies on the day that ends then.
    """
    return calendar.due(days, last_moment(basis, due), basis, amount)


def last_moment(basis: Basis, due: datetime) -> datetime:
    """A moment on the last day of a limit, for counting on from it: where days are counted, just before its end."""
    return due - timedelta(microseconds=1) if basis in BY_DAY else due


def inner_due(days: Calendar, start: datetime, outer: datetime, basis: Basis, amount: int) -> datetime:
    """The due of a task inside another's: so much before the other's due.

    Where so much time is not left it is the other's due itself; where that is over, as if it began now.
    """
    earlier = _before(days, outer, basis, amount)
    if earlier > start:
        return earlier
    return outer if outer > start else calendar.due(days, start, basis, amount)


def _before(days: Calendar, due: datetime, basis: Basis, amount: int) -> datetime:
    if basis is Basis.WD:
        return calendar.working_days_before(days, due, amount)
    if basis is Basis.WH:
        return calendar.add_working_minutes(days, due, -60 * amount)
    return due - timedelta(**{"minutes" if basis is Basis.MIN else "hours" if basis is Basis.H else "days": amount})


def due_of(days: Calendar, start: datetime, basis: Basis, amount: int, segments: Iterable[Segment]) -> datetime:
    """The due by the days as they are now: the rule from its start, then everything that was added, in order."""
    due = calendar.due(days, start, basis, amount)
    for segment in segments:
        due = _moved(days, basis, due, segment)
    return due


def account(
    days: Calendar, start: datetime, basis: Basis, amount: int, segments: Sequence[Segment], due: datetime,
    *, agreed: datetime | None = None,
) -> Account:
    """The account of a clock that started by a rule, was moved by `segments` in this order, and is due at `due`.

    `agreed` is the first due of one that was not counted from its start, but laid inside another task's due.
    """
    kinds = [segment.kind for segment in segments]
    anew = len(kinds) - kinds[::-1].index(SegmentKind.RECOMPUTED) if SegmentKind.RECOMPUTED in kinds else 0
    first = segments[0].due_before if segments else due
    lines = [Line(SegmentKind.RUN, start, first, None if anew else agreed or calendar.due(days, start, basis, amount))]
    for place, segment in enumerate(segments, start=1):
        if place < anew:
            counted = None
        elif place == anew:
            counted = due_of(days, start, basis, amount, segments[:place])
        else:
            counted = _moved(days, basis, segment.due_before, segment)
        lines.append(Line(segment.kind, segment.due_before, segment.due_after, counted, segment))
    return Account(tuple(lines), due)


def _moved(days: Calendar, basis: Basis, due: datetime, segment: Segment) -> datetime:
    if segment.kind in (SegmentKind.CREDIT, SegmentKind.PAUSE):
        return put_back(days, basis, due, segment.minutes)
    if segment.kind is SegmentKind.EXTENSION:
        return extended(days, due, segment.basis or basis, segment.amount or 0)
    if segment.kind is SegmentKind.SHORTENED:
        return min(due, segment.due_after)
    return due
