"""考核指标: every indicator, each defined once as data (domain §7.2).

An indicator counts things of one population, and which of them are hits: its numerator over its denominator. A
population says what is counted, by which of its moments it belongs to a day (the anchor), and what is left out.
Indicators of one population may be compared and their parts added; those of two may not. `read.cohorts` makes the SQL
from these tables, the page of figures prints them, `FORMULA_VERSION` changes with them.

What is measured on telephone lines (接通率, 15秒应答率, 放弃率 …) and by a knowledge base of units' own articles is
not here: there is nothing to count it from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from workflows.rules.limits import ClockCode

FORMULA_VERSION = "2026.3"
"""Changes whenever a definition changes; stored with every published figure."""

#: Whoever asks about the same matter again so soon was not helped the first time (首呼解决).
SECOND_CALL = timedelta(days=7)
#: A matter complained of again so soon after its end has come back (重复投诉).
CAME_BACK = timedelta(days=90)


class Thing(StrEnum):
    """What is counted."""

    REQUEST = "REQUEST"
    TASK = "TASK"
    CLOCK = "CLOCK"
    CALL = "CALL"
    ANSWER = "ANSWER"
    ORDER = "ORDER"
    LEDGER_LINE = "LEDGER_LINE"
    WITHDRAWAL = "WITHDRAWAL"


class Anchor(StrEnum):
    """The moment that puts a thing in a period (计入时点)."""

    CREATED = "CREATED"
    DISPATCHED = "DISPATCHED"
    DUE = "DUE"
    REPLIED = "REPLIED"
    TO_RING = "TO_RING"
    RUNG = "RUNG"
    CLOSED = "CLOSED"
    ISSUED = "ISSUED"
    SUSPENDED = "SUSPENDED"
    CHECKED = "CHECKED"


class Without(StrEnum):
    """What a population leaves out."""

    DRAFTS = "DRAFTS"
    REFUSED = "REFUSED"
    ANSWERED_LATER = "ANSWERED_LATER"
    TOO_YOUNG = "TOO_YOUNG"
    UNKNOWN_CALLER = "UNKNOWN_CALLER"
    ENDED_OTHERWISE = "ENDED_OTHERWISE"
    CO_TASKS = "CO_TASKS"
    GIVEN_BACK = "GIVEN_BACK"
    LATER_TASKS = "LATER_TASKS"
    VOID = "VOID"
    RUNNING = "RUNNING"
    UNDECIDED = "UNDECIDED"
    LAPSED = "LAPSED"
    INVALID = "INVALID"
    NEVER_RUNG = "NEVER_RUNG"
    EXCLUDED = "EXCLUDED"
    UNNAMED = "UNNAMED"
    OTHER_KINDS = "OTHER_KINDS"
    UNSAID = "UNSAID"
    UNASKED = "UNASKED"
    NOT_DRAWN = "NOT_DRAWN"


class Hit(StrEnum):
    """What makes a thing count in the numerator."""

    CONTACTED = "CONTACTED"
    SOLVED = "SOLVED"
    SATISFIED = "SATISFIED"
    TAKEN_OUT = "TAKEN_OUT"
    TRIED = "TRIED"
    VALID = "VALID"
    ONE_ROUND = "ONE_ROUND"
    CAME_BACK = "CAME_BACK"
    CLOSED = "CLOSED"
    ANSWERED_IN_TIME = "ANSWERED_IN_TIME"
    IN_TIME = "IN_TIME"
    LATE = "LATE"
    EXTENDED = "EXTENDED"
    SUSPENDED = "SUSPENDED"
    CLEARED = "CLEARED"
    TERMINATED = "TERMINATED"
    ACCOUNTED = "ACCOUNTED"
    RETURN_ASKED = "RETURN_ASKED"
    RETURN_REFUSED = "RETURN_REFUSED"
    WITHDRAWN = "WITHDRAWN"
    PRESSED = "PRESSED"
    REDONE_EITHER_WAY = "REDONE_EITHER_WAY"
    SENT_BACK = "SENT_BACK"
    REDONE = "REDONE"
    AT_ONCE = "AT_ONCE"
    NO_SECOND_CALL = "NO_SECOND_CALL"
    KEPT = "KEPT"
    MERGED = "MERGED"
    REFUSED = "REFUSED"
    WITHHELD = "WITHHELD"


class FigureGroup(StrEnum):
    """What an indicator is about; the tabs of the table."""

    OUTCOME = "OUTCOME"
    SPEED = "SPEED"
    DUTY = "DUTY"
    HOTLINE = "HOTLINE"


class Figure(StrEnum):
    """The indicators (指标)."""

    RESPONSE = "RESPONSE"
    SOLVED = "SOLVED"
    SATISFIED = "SATISFIED"
    EXCLUSION = "EXCLUSION"
    CALLED_BACK = "CALLED_BACK"
    VALID_CALLBACK = "VALID_CALLBACK"
    ONCE = "ONCE"
    REPEATED = "REPEATED"
    CLOSED_OF_DISPATCHED = "CLOSED_OF_DISPATCHED"
    ON_TIME_OF_DISPATCHED = "ON_TIME_OF_DISPATCHED"
    CLOSED_OF_DUE = "CLOSED_OF_DUE"
    ON_TIME = "ON_TIME"
    OVERDUE = "OVERDUE"
    SIGN_ON_TIME = "SIGN_ON_TIME"
    CONTACT_ON_TIME = "CONTACT_ON_TIME"
    EXTENSION = "EXTENSION"
    SUSPENSION = "SUSPENSION"
    CLEARANCE = "CLEARANCE"
    TERMINATION = "TERMINATION"
    ORDER_ANSWERED = "ORDER_ANSWERED"
    ORDER_ON_TIME = "ORDER_ON_TIME"
    RETURN = "RETURN"
    IMPROPER_RETURN = "IMPROPER_RETURN"
    REWORK = "REWORK"
    SENT_BACK = "SENT_BACK"
    REDONE = "REDONE"
    WITHDRAWAL = "WITHDRAWAL"
    PRESSED = "PRESSED"
    DIRECT = "DIRECT"
    FIRST_CALL = "FIRST_CALL"
    DISPATCH_ON_TIME = "DISPATCH_ON_TIME"
    FIRST_RIGHT = "FIRST_RIGHT"
    MERGED = "MERGED"
    REFUSED = "REFUSED"
    WITHHELD = "WITHHELD"


@dataclass(frozen=True, slots=True)
class Population:
    """What an indicator counts. `clocks` says which clocks; `of_hotline` that the hotline answers for it, no unit."""

    thing: Thing
    anchor: Anchor
    without: tuple[Without, ...] = ()
    clocks: tuple[ClockCode, ...] = ()
    of_hotline: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: of a population, the hits. `lower_is_better` is how a reader takes a change of it."""

    figure: Figure
    group: FigureGroup
    population: Population
    hit: Hit
    lower_is_better: bool = False


def _answers(*more: Without) -> Population:
    named = (Without.INVALID, Without.EXCLUDED, Without.UNNAMED)
    return Population(Thing.ANSWER, Anchor.RUNG, (*named, *more))


def _clocks(*codes: ClockCode, of_hotline: bool = False) -> Population:
    return Population(Thing.CLOCK, Anchor.DUE, (Without.VOID, Without.RUNNING, Without.UNDECIDED), codes, of_hotline)


def _requests(*without: Without) -> Population:
    return Population(Thing.REQUEST, Anchor.CREATED, (Without.DRAFTS, *without), of_hotline=True)


#: Tasks a unit was given, all of them; those it kept; those it answered.
RECEIVED = Population(Thing.TASK, Anchor.DISPATCHED, (Without.CO_TASKS,))
KEPT = Population(Thing.TASK, Anchor.DISPATCHED, (Without.CO_TASKS, Without.GIVEN_BACK))
ANSWERED = Population(Thing.TASK, Anchor.REPLIED, (Without.CO_TASKS,))
#: What should have been finished in the period (应办结), first handling and re-handling.
SHOULD_BE_DONE = _clocks(ClockCode.HANDLING, ClockCode.REWORK)
#: Tickets that ended with an answer.
CLOSED = Population(Thing.REQUEST, Anchor.CLOSED, (Without.ENDED_OTHERWISE,))
TAKEN_ON = _requests(Without.REFUSED)
REGISTERED = _requests()

_O, _S, _D, _H = FigureGroup.OUTCOME, FigureGroup.SPEED, FigureGroup.DUTY, FigureGroup.HOTLINE

#: Every indicator, in the order of the tables.
INDICATORS: tuple[Indicator, ...] = (
    Indicator(Figure.RESPONSE, _O, _answers(), Hit.CONTACTED),
    Indicator(Figure.SOLVED, _O, _answers(Without.OTHER_KINDS, Without.UNSAID), Hit.SOLVED),
    Indicator(Figure.SATISFIED, _O, _answers(Without.OTHER_KINDS, Without.UNSAID), Hit.SATISFIED),
    Indicator(Figure.EXCLUSION, _O, Population(Thing.ANSWER, Anchor.RUNG, (Without.INVALID,)), Hit.TAKEN_OUT, True),
    Indicator(Figure.CALLED_BACK, _O, Population(Thing.CALL, Anchor.TO_RING, (Without.NOT_DRAWN,)), Hit.TRIED),
    Indicator(Figure.VALID_CALLBACK, _O, Population(Thing.ANSWER, Anchor.RUNG, (Without.NEVER_RUNG,)), Hit.VALID),
    Indicator(Figure.ONCE, _O, CLOSED, Hit.ONE_ROUND),
    Indicator(Figure.REPEATED, _O, CLOSED, Hit.CAME_BACK, True),
    Indicator(Figure.CLOSED_OF_DISPATCHED, _S, KEPT, Hit.CLOSED),
    Indicator(Figure.ON_TIME_OF_DISPATCHED, _S, KEPT, Hit.ANSWERED_IN_TIME),
    Indicator(Figure.CLOSED_OF_DUE, _S, SHOULD_BE_DONE, Hit.CLOSED),
    Indicator(Figure.ON_TIME, _S, SHOULD_BE_DONE, Hit.IN_TIME),
    Indicator(Figure.OVERDUE, _S, SHOULD_BE_DONE, Hit.LATE, True),
    Indicator(Figure.SIGN_ON_TIME, _S, _clocks(ClockCode.SIGN), Hit.IN_TIME),
    Indicator(Figure.CONTACT_ON_TIME, _S, _clocks(ClockCode.CONTACT), Hit.IN_TIME),
    Indicator(Figure.EXTENSION, _S, RECEIVED, Hit.EXTENDED, True),
    Indicator(Figure.SUSPENSION, _S, RECEIVED, Hit.SUSPENDED, True),
    Indicator(Figure.CLEARANCE, _S, Population(Thing.LEDGER_LINE, Anchor.SUSPENDED), Hit.CLEARED),
    Indicator(Figure.TERMINATION, _S, RECEIVED, Hit.TERMINATED, True),
    Indicator(Figure.ORDER_ANSWERED, _S, Population(Thing.ORDER, Anchor.ISSUED, (Without.LAPSED,)), Hit.ACCOUNTED),
    Indicator(Figure.ORDER_ON_TIME, _S, _clocks(ClockCode.SUPERVISION), Hit.IN_TIME),
    Indicator(Figure.RETURN, _D, RECEIVED, Hit.RETURN_ASKED, True),
    Indicator(Figure.IMPROPER_RETURN, _D, RECEIVED, Hit.RETURN_REFUSED, True),
    Indicator(Figure.REWORK, _D, ANSWERED, Hit.REDONE_EITHER_WAY, True),
    Indicator(Figure.SENT_BACK, _D, ANSWERED, Hit.SENT_BACK, True),
    Indicator(Figure.REDONE, _D, ANSWERED, Hit.REDONE, True),
    Indicator(Figure.WITHDRAWAL, _D, RECEIVED, Hit.WITHDRAWN, True),
    Indicator(Figure.PRESSED, _D, Population(Thing.WITHDRAWAL, Anchor.CHECKED, (Without.UNASKED,)), Hit.PRESSED, True),
    Indicator(Figure.DIRECT, _H, TAKEN_ON, Hit.AT_ONCE),
    Indicator(Figure.FIRST_CALL, _H, _requests(Without.ANSWERED_LATER, Without.UNKNOWN_CALLER, Without.TOO_YOUNG),
              Hit.NO_SECOND_CALL),
    Indicator(Figure.DISPATCH_ON_TIME, _H, _clocks(ClockCode.DISPATCH, of_hotline=True), Hit.IN_TIME),
    Indicator(Figure.FIRST_RIGHT, _H,
              Population(Thing.TASK, Anchor.DISPATCHED, (Without.CO_TASKS, Without.LATER_TASKS), of_hotline=True),
              Hit.KEPT),
    Indicator(Figure.MERGED, _H, REGISTERED, Hit.MERGED),
    Indicator(Figure.REFUSED, _H, REGISTERED, Hit.REFUSED, True),
    Indicator(Figure.WITHHELD, _H, REGISTERED, Hit.WITHHELD),
)

INDICATOR: Mapping[Figure, Indicator] = {one.figure: one for one in INDICATORS}


def of_group(group: FigureGroup) -> tuple[Figure, ...]:
    """The indicators of a group, in the order of the tables."""
    return tuple(one.figure for one in INDICATORS if one.group is group)
