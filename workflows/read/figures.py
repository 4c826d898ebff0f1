"""The rates, each defined once, and the tickets behind every number.

A figure is a list of rows that count (its denominator) and what each adds to the numerator; the number and the
tickets behind it are two questions to the same list. Definitions and exclusions: domain §7.2–§7.5; of the three
rates, `rules/satisfaction.py`. Every figure names its anchor, the moment that puts a row in a period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial

from sqlalchemy import ColumnElement, Numeric, Select, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from workflows.errors import Invalid
from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.feedback import Evaluation
from workflows.model.reference import ZONE, reference
from workflows.model.reply import Reply
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.model.withdrawal import Withdrawal
from workflows.read.durations import Duration, handling_time
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import Definition, Rate, Ratio, definitions
from workflows.rules.states import ApplicationKind, ApplicationState, AssignmentRole
from workflows.rules.vocabulary import Anonymity
from workflows.scope import counted_for, visible_to

#: The longest period one question may ask for.
LONGEST = timedelta(days=1100)
PAGE = 100


class Figure(StrEnum):
    """What is counted per unit and period."""

    RESPONSE = "RESPONSE"
    SOLVED = "SOLVED"
    SATISFIED = "SATISFIED"
    ON_TIME = "ON_TIME"
    SIGN_ON_TIME = "SIGN_ON_TIME"
    CONTACT_ON_TIME = "CONTACT_ON_TIME"
    RETURN = "RETURN"
    IMPROPER_RETURN = "IMPROPER_RETURN"
    REWORK = "REWORK"
    SUSPENSION = "SUSPENSION"
    WITHDRAWAL = "WITHDRAWAL"
    PRESSED = "PRESSED"


@dataclass(frozen=True)
class Period:
    """Whole days of the city, both included, as the moments [start, end)."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raise Invalid for a period that runs backwards or is too long."""
        if self.last < self.first:
            raise Invalid(fields={"to": ["period_backwards"]})
        if self.last - self.first > LONGEST:
            raise Invalid(fields={"to": ["period_too_long"]})

    @property
    def start(self) -> datetime:
        """Midnight the first day begins with."""
        return datetime.combine(self.first, time(), ZONE)

    @property
    def end(self) -> datetime:
        """Midnight the last day ends with."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZONE)

    def holds(self, moment: ColumnElement[datetime | None]) -> ColumnElement[bool]:
        """Whether a moment lies in the period."""
        return and_(moment >= self.start, moment < self.end)


@dataclass(frozen=True)
class Cohort:
    """The rows a figure counts: which, when, whose, and what each adds to the numerator."""

    key: ColumnElement[int]
    ticket_id: ColumnElement[int]
    unit_id: ColumnElement[int | None]
    anchor: ColumnElement[datetime]
    conditions: tuple[ColumnElement[bool], ...]
    hit: ColumnElement

    def rows(self, period: Period, actor: Actor) -> Select:
        """One row per thing counted, for these eyes."""
        return select(
            self.key.label("key"), self.ticket_id.label("ticket_id"), self.unit_id.label("unit_id"),
            self.anchor.label("at"), cast(self.hit, Numeric).label("hit"),
        ).where(period.holds(self.anchor), *self.conditions, counted_for(actor, self.unit_id))


def _callbacks(rate: Rate, _at: datetime) -> Cohort:
    """Of the call-backs finished in the period, those a rate counts.

    Those of merged callers count as one with their master's, by the first of them and with their mean (§7.5).
    """
    definition = definitions()[rate]
    other = aliased(Evaluation)
    together = and_(other.master_id == Evaluation.master_id, other.round == Evaluation.round,
                    *_counts(other, definition))
    not_first = exists().where(together, other.id < Evaluation.id)
    mean = select(func.avg(_worth(other, definition))).where(together).correlate(Evaluation).scalar_subquery()
    shared = Evaluation.master_id.is_not(None)
    return Cohort(Evaluation.id, Evaluation.ticket_id, Evaluation.unit_id, Evaluation.finished_at,
                  (*_counts(Evaluation, definition), or_(~shared, ~not_first)),
                  case((shared, mean), else_=_worth(Evaluation, definition)))


def _counts(row: type[Evaluation], definition: Definition) -> list[ColumnElement[bool]]:
    """Whether an answer is in a rate's denominator."""
    conditions = [row.valid, row.kind.in_(sorted(definition.kinds))]
    if definition.named_only:
        conditions += [row.anonymity != str(Anonymity.ANONYMOUS), row.need_reply]
    if definition.counted is not None:
        conditions.append(getattr(row, definition.answer).in_(sorted(str(c) for c in definition.counted)))
    return conditions


def _worth(row: type[Evaluation], definition: Definition) -> ColumnElement:
    """What an answer adds to the numerator."""
    answer = getattr(row, definition.answer)
    return case(*((answer == _plain(a), literal(_exact(w), Numeric)) for a, w in definition.weights.items()), else_=0)


def _exact(weight: Fraction) -> Decimal:
    """As a number of the database that means of it are exact in, not a double."""
    return Decimal(weight.numerator) / weight.denominator


def _plain(answer: object) -> object:
    return answer if isinstance(answer, bool) else str(answer)


def _clocks(codes: Iterable[ClockCode], at: datetime) -> Cohort:
    """Of the clocks due in the period (and already stopped or run out), those stopped in time.

    One past its due whose extension was asked for in time is judged when that is decided.

    The cohort of what should have been done (应办结, convention B of §7.2). Voided clocks of returned and
    recalled tasks do not count; a credit or extension counts by the new due date.
    """
    over = or_(Clock.stopped_at.is_not(None), Clock.due_at <= at)
    return Cohort(
        Clock.id, Clock.ticket_id, Clock.unit_id, Clock.due_at,
        (Clock.code.in_([str(c) for c in codes]), ~Clock.void, over,
         or_(Clock.held_since.is_(None), Clock.stopped_at <= Clock.due_at)),
        case((Clock.stopped_at <= Clock.due_at, 1), else_=0),
    )


def _tasks(hit: ColumnElement[bool], anchor: ColumnElement[datetime]) -> Cohort:
    """Of the lead tasks received (or replied to) in the period, those something happened to."""
    return Cohort(Assignment.id, Assignment.ticket_id, Assignment.unit_id, anchor,
                  (Assignment.role == str(AssignmentRole.LEAD),), case((hit, 1), else_=0))


def _returned(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Application.assignment_id == Assignment.id, Application.kind == str(ApplicationKind.RETURN), *more
    )


def _redone() -> ColumnElement[bool]:
    sent_back = exists().where(Reply.assignment_id == Assignment.id, Reply.decision == "SENT_BACK")
    return or_(Assignment.round > 1, sent_back)


COHORTS: dict[Figure, Callable[[datetime], Cohort]] = {
    Figure.RESPONSE: partial(_callbacks, Rate.RESPONSE),
    Figure.SOLVED: partial(_callbacks, Rate.SOLVED),
    Figure.SATISFIED: partial(_callbacks, Rate.SATISFIED),
    Figure.ON_TIME: partial(_clocks, (ClockCode.HANDLING, ClockCode.REWORK)),
    Figure.SIGN_ON_TIME: partial(_clocks, (ClockCode.SIGN,)),
    Figure.CONTACT_ON_TIME: partial(_clocks, (ClockCode.CONTACT,)),
    Figure.RETURN: lambda _at: _tasks(_returned(), Assignment.dispatched_at),
    Figure.IMPROPER_RETURN: lambda _at: _tasks(
        _returned(Application.state == str(ApplicationState.REFUSED)), Assignment.dispatched_at
    ),
    Figure.REWORK: lambda _at: _tasks(_redone(), Assignment.replied_at),
    Figure.SUSPENSION: lambda _at: _tasks(Assignment.suspension_count > 0, Assignment.dispatched_at),
    Figure.WITHDRAWAL: lambda _at: _tasks(
        exists().where(Withdrawal.assignment_id == Assignment.id), Assignment.dispatched_at
    ),
    # of the withdrawals whose callers were asked in the period, those somebody had asked for
    Figure.PRESSED: lambda _at: Cohort(Withdrawal.id, Withdrawal.ticket_id, Withdrawal.unit_id, Withdrawal.checked_at,
                                       (Withdrawal.pressed.is_not(None),), case((Withdrawal.pressed, 1), else_=0)),
}


@dataclass(frozen=True)
class UnitFigures:
    """A unit's line, or with no unit the total's. `received` and `closed` are plain counts; `handling` is how
    many working days answers took.
    """

    unit_id: int | None
    name: str
    kind: str
    received: int = 0
    closed: int = 0
    handling: Duration = field(default_factory=Duration)
    ratios: dict[Figure, Ratio] = field(default_factory=dict)


def figures(actor: Actor, first: date, last: date) -> list[UnitFigures]:
    """Every figure for every unit that had anything counted, by kind and name, the total first.

    Raises Invalid for a period that runs backwards or is longer than three years.
    """
    period = Period(first, last)
    at = now()
    counted = {figure: _count(cohort(at), period, actor) for figure, cohort in COHORTS.items()}
    received = {unit: ratio.denominator for unit, ratio in counted[Figure.RETURN].items()}
    closed, spent = _closed(period, actor), handling_time(actor, period.start, period.end)
    units = reference().units
    seen = {u for part in (*counted.values(), closed) for u in part if u in units}
    lines = [
        UnitFigures(u, units[u].name, units[u].kind, received.get(u, 0), closed.get(u, 0), spent.get(u, Duration()),
                    {f: part.get(u, Ratio(Fraction(0), 0)) for f, part in counted.items()})
        for u in seen
    ]
    return [_total(lines), *sorted(lines, key=lambda line: (line.kind, line.name))]


def _count(cohort: Cohort, period: Period, actor: Actor) -> dict[int | None, Ratio]:
    rows = cohort.rows(period, actor).subquery()
    counted = db.session.execute(select(rows.c.unit_id, func.count(), func.sum(rows.c.hit)).group_by(rows.c.unit_id))
    return {unit_id: Ratio(Fraction(hits), n) for unit_id, n, hits in counted}


def _closed(period: Period, actor: Actor) -> dict[int | None, int]:
    counted = db.session.execute(
        select(Ticket.lead_unit_id, func.count())
        .where(Ticket.close_type.is_not(None), period.holds(Ticket.closed_at), counted_for(actor, Ticket.lead_unit_id))
        .group_by(Ticket.lead_unit_id)
    )
    return {unit_id: n for unit_id, n in counted}  # noqa: C416  rows are pairs, not a mapping


def _total(lines: Iterable[UnitFigures]) -> UnitFigures:
    lines = list(lines)
    ratios = {
        figure: Ratio(sum((line.ratios[figure].numerator for line in lines), Fraction(0)),
                      sum(line.ratios[figure].denominator for line in lines))
        for figure in COHORTS
    }
    spent = sum((line.handling for line in lines), Duration())
    return UnitFigures(None, "", "", sum(line.received for line in lines), sum(line.closed for line in lines), spent,
                       ratios)


class Part(StrEnum):
    """Which tickets behind a ratio: all that count, those that add to the numerator, those that do not."""

    DENOMINATOR = "DENOMINATOR"
    NUMERATOR = "NUMERATOR"
    REST = "REST"


@dataclass(frozen=True)
class Counted:
    """A row behind a number."""

    key: int
    no: str
    title: str
    kind: str
    state: str
    unit_id: int | None
    at: datetime
    hit: Fraction
    unit_name: str = ""


def tickets_behind(
    actor: Actor,
    figure: Figure,
    part: Part,
    first: date,
    last: date,
    *,
    unit_id: int | None = None,
    after: int = 0,
    size: int = PAGE,
) -> list[Counted]:
    """The tickets behind a number, in the order of the rows counted, from the one after `after`.

    A ticket counted twice (two rounds) stands twice. Without `unit_id`, those behind the total.
    """
    cohort = COHORTS[figure](now())
    rows = cohort.rows(Period(first, last), actor)
    rows = rows.where(cohort.unit_id.in_(reference().units) if unit_id is None else cohort.unit_id == unit_id)
    rows = rows.where(cohort.key > after)
    wanted = {Part.NUMERATOR: cohort.hit > 0, Part.REST: cohort.hit == 0}.get(part)
    rows = (rows if wanted is None else rows.where(wanted)).order_by(cohort.key).limit(size).subquery()
    found = db.session.execute(
        select(rows.c.key, Ticket.no, Ticket.title, Ticket.kind, Ticket.state, rows.c.unit_id, rows.c.at, rows.c.hit)
        .join(Ticket, Ticket.id == rows.c.ticket_id)
        .where(visible_to(actor))
        .order_by(rows.c.key)
    )
    ref = reference()
    return [Counted(*row[:-1], Fraction(row.hit), ref.unit_name(row.unit_id)) for row in found]


def this_month() -> tuple[date, date]:
    """From the first of the month to today, by the database's clock."""
    today = now().astimezone(ZONE).date()
    return today.replace(day=1), today
