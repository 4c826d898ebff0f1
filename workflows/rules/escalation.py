"""The escalation ladder: what happens when a clock turns blue, yellow and red, and on from there (§6.5).

The steps are rows that administrators edit; this module says what a step is, which one holds, when each is
reached, and which of several missed ones still count. Why so: `docs/decisions/0008-the-ladder.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from workflows.rules import calendar
from workflows.rules.calendar import Basis, Calendar
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role

UNIT, PARENT, HOTLINE, DISTRICT = "UNIT", "PARENT", "HOTLINE", "DISTRICT"


class Level(StrEnum):
    """The rungs from the bottom up; a clock climbs them in this order."""

    BLUE = "BLUE"
    YELLOW = "YELLOW"
    RED = "RED"
    URGE = "URGE"
    SUPERVISE_1 = "SUPERVISE_1"
    SUPERVISE_2 = "SUPERVISE_2"
    SUPERVISE_3 = "SUPERVISE_3"
    MEETING = "MEETING"


#: The level of the supervision order that a step issues.
ORDERS = {Level.SUPERVISE_1: 1, Level.SUPERVISE_2: 2, Level.SUPERVISE_3: 3}
#: Reminders are worth nothing once a later step is due; everything else happens, however late.
REMINDERS = frozenset({Level.BLUE, Level.YELLOW})
#: Every clock with a due date has these two moments, whoever is told of them.
INHERENT = frozenset({Level.YELLOW, Level.RED})
#: Steps that press or order a unit; a clock of the hotline's own desks has none of them.
UNITS_ONLY = frozenset({Level.URGE, *ORDERS})
LONGEST_AFTER = 60
#: What the amount of a step may be: percent of the window for BLUE, working days after the due from URGE on.
AMOUNTS = {Level.BLUE: range(1, 100)} | dict.fromkeys(
    (Level.URGE, *ORDERS, Level.MEETING), range(1, LONGEST_AFTER + 1)
)
#: What the history of a ticket and a notice call a step.
EVENTS = {
    Level.BLUE: "reminded", Level.YELLOW: "warned", Level.RED: "expired", Level.URGE: "chase", Level.MEETING: "meeting",
} | dict.fromkeys(ORDERS, "supervise")
NOTICES = EVENTS | {Level.URGE: "urged"} | dict.fromkeys(ORDERS, "supervised")


class Addressee(StrEnum):
    """Whom a step tells: a place in the unit's tree, and the role sought from there upwards."""

    UNIT_CLERK = "UNIT:UNIT_CLERK"
    UNIT_LEAD = "UNIT:UNIT_LEAD"
    UNIT_COORD = "UNIT:L2_COORD"
    PARENT_CLERK = "PARENT:UNIT_CLERK"
    PARENT_LEAD = "PARENT:UNIT_LEAD"
    PARENT_COORD = "PARENT:L2_COORD"
    HOTLINE_DISPATCHER = "HOTLINE:DISPATCHER"
    HOTLINE_SHIFT_LEAD = "HOTLINE:SHIFT_LEAD"
    HOTLINE_SUPERVISOR = "HOTLINE:SUPERVISOR"
    HOTLINE_REVIEWER = "HOTLINE:REVIEWER"
    HOTLINE_CALLBACK = "HOTLINE:CALLBACK"
    HOTLINE_DIR = "HOTLINE:HOTLINE_DIR"
    DISTRICT_COORD = "DISTRICT:L2_COORD"
    DISTRICT_LEADER = "DISTRICT:LEADER"
    DISTRICT_DISCIPLINE = "DISTRICT:DISCIPLINE"

    @property
    def place(self) -> str:
        """Where the search for the role begins: UNIT, PARENT, HOTLINE or DISTRICT."""
        return self.partition(":")[0]

    @property
    def role(self) -> Role:
        """The role that is told."""
        return Role(self.partition(":")[2])


@dataclass(frozen=True)
class Step:
    """One rung for one clock. What it does and when follows from its level; `amount` as in AMOUNTS, else None.

    A step with a unit replaces the general one of the same clock and level for that unit. `valid_from` and
    `valid_to` are both inclusive.
    """

    id: int | None
    code: ClockCode
    level: Level
    amount: int | None
    addressees: tuple[Addressee, ...]
    unit_id: int | None
    valid_from: date
    valid_to: date | None


Rungs = Mapping[Level, Step]


class Ladder:
    """All steps, indexed for many questions. Give a new set, make a new ladder."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._by_code: dict[str, list[Step]] = defaultdict(list)
        for step in steps:
            self._by_code[step.code].append(step)
        self._answers: dict[tuple, Rungs] = {}

    def of(self, code: str, unit_id: int | None, on: date) -> Rungs:
        """The steps of a clock that hold for a unit on a day, by level."""
        key = (code, unit_id, on)
        if key not in self._answers:
            self._answers[key] = self._find(*key)
        return self._answers[key]

    def _find(self, code: str, unit_id: int | None, on: date) -> Rungs:
        found: dict[Level, Step] = {}
        for step in self._by_code.get(code, ()):
            holds = step.valid_from <= on and (step.valid_to is None or on <= step.valid_to)
            if holds and step.unit_id in (None, unit_id) and (step.level not in found or step.unit_id is not None):
                found[step.level] = step
        return {level: found[level] for level in Level if level in found}


@dataclass(frozen=True)
class Window:
    """The time a clock measures, as far as its steps need it.

    `known` are moments worked out before; windows of one calendar may share it, for many are due at one close of
    business. `held`: a decision to come holds red and all after it.
    """

    days: Calendar
    basis: Basis
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    known: dict[tuple[datetime, int], datetime] = field(default_factory=dict, compare=False)
    held: bool = False


class Threshold(NamedTuple):
    """A step and the moment it is reached."""

    level: Level
    at: datetime


class Climb(NamedTuple):
    """What a clock does now: the step that is fired, the reminders it supersedes, and what comes next."""

    fired: Threshold | None
    collapsed: list[Threshold]
    then: Threshold | None


def thresholds(rungs: Rungs, window: Window, since: Level = Level.BLUE) -> Iterator[Threshold]:
    """The steps from a level on with their moments, worked out one by one as they are asked for."""
    begun = False
    for level in Level:
        if window.held and level is Level.RED:
            return
        begun = begun or level is since
        if begun and (level in rungs or level in INHERENT):
            yield Threshold(level, _moment(rungs.get(level), level, window))


def _moment(step: Step | None, level: Level, window: Window) -> datetime:
    if level is Level.YELLOW:
        return window.warn_at
    if level is Level.RED:
        return window.due_at
    if level is Level.BLUE:
        return calendar.part_of(window.days, window.started_at, window.due_at, window.basis, step.amount)
    key = window.due_at, step.amount
    if key not in window.known:
        window.known[key] = calendar.working_days_after(window.days, *key)
    return window.known[key]


def ahead(
    rungs: Rungs, window: Window, at: datetime, *, warned: bool, since: Level = Level.BLUE
) -> Threshold | None:
    """What a clock waits for that begins, or goes on, to run at a moment.

    A blue reminder whose moment is over is not made up for, nor a yellow one where the clock was `warned` of
    before; a yellow one that nobody got, and whatever comes after it, is due at once.
    """
    for found in thresholds(rungs, window, since):
        over = found.at <= at
        if not over or (found.level not in REMINDERS or (found.level is Level.YELLOW and not warned)):
            return found
    return None


def climb(rungs: Rungs, window: Window, since: Level, at: datetime) -> Climb:
    """What is due of a clock that waits for a level, by the ladder as it is now.

    One step at a time, so that of many clocks the longest due come first; what is still due after that is next.
    Reminders missed before the step are collapsed into it.
    """
    due: list[Threshold] = []
    then = None
    for found in thresholds(rungs, window, since):
        if found.at > at or (due and due[-1].level not in REMINDERS):
            then = found
            break
        due.append(found)
    return Climb(due[-1] if due else None, due[:-1], then)
