"""The indicators counted for units and periods, and the tickets behind every number.

What is counted is said once, by `rules.indicators`; the SQL of it is `read.cohorts`. The number and the tickets behind
it are two questions to the same rows. Every day is counted by the switches that held on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Numeric,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from workflows.errors import Invalid
from workflows.model.base import db, now
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Assignment, Ticket
from workflows.read.cohorts import Cohort, cohorts
from workflows.read.durations import Duration, handling_time
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.satisfaction import NOTHING, Ratio
from workflows.rules.states import AssignmentRole
from workflows.scope import counted_for, visible_to

#: The longest period one question may ask for.
LONGEST = timedelta(days=1100)
PAGE = 100


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

    @classmethod
    def within(cls, first: date, last: date, longest: timedelta) -> Period:
        """A period of so long at most. Raises Invalid."""
        period = cls(first, last)
        if last - first >= longest:
            raise Invalid(fields={"to": ["period_too_long"]})
        return period

    def holds(self, moment: ColumnElement[datetime | None]) -> ColumnElement[bool]:
        """Whether a moment lies in the period."""
        return and_(moment >= self.start, moment < self.end)


def _stretches(figures: Iterable[Figure], period: Period) -> list[tuple[Period, list[Cohort]]]:
    """The period by the switches that hold on its days, each with the cohorts of the indicators."""
    at, asked = now(), tuple(figures)
    return [
        (Period(start, end), cohorts(asked, policy, at))
        for start, end, policy in reference().policies.stretches(period.first, period.last)
    ]


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


def figures(
    actor: Actor, first: date, last: date, of: Iterable[Figure] = tuple(Figure), *, timed: bool = True
) -> list[UnitFigures]:
    """The indicators asked for, for every unit that had anything counted, by kind and name, the total first.

    Without `timed` nobody asks how long answers took, which is dear to count. Raises Invalid for a period that runs
    backwards or is longer than three years.
    """
    period, asked = Period(first, last), tuple(of)
    ratios = _count(asked, period, actor)
    received, closed, spent = (_received(period, actor), _closed(period, actor),
                               handling_time(actor, period.start, period.end) if timed else {})
    units = reference().units
    lines = [
        UnitFigures(u, units[u].name, units[u].kind, received.get(u, 0), closed.get(u, 0), spent.get(u, Duration()),
                    {figure: ratios.get((u, figure), NOTHING) for figure in asked})
        for u in {u for u, _ in ratios} | received.keys() | closed.keys() | spent.keys() if u in units
    ]
    return with_total(lines, asked)


def ratios(
    actor: Actor, first: date, last: date, of: Iterable[Figure], among: Select[tuple[int]] | None = None
) -> dict[Figure, Ratio]:
    """The indicators asked for of all units together, and nothing beside them; among some tickets where keys are given.
    """
    asked = tuple(of)
    found = dict.fromkeys(asked, NOTHING)
    for (unit_id, figure), ratio in _count(asked, Period(first, last), actor, among).items():
        if unit_id in reference().units:  # as the total of the table has it
            found[figure] += ratio
    return found


def _count(
    asked: tuple[Figure, ...], period: Period, actor: Actor, among: Select[tuple[int]] | None = None
) -> dict[tuple[int | None, Figure], Ratio]:
    found: dict[tuple[int | None, Figure], Ratio] = {}
    for part, together in _stretches(asked, period):
        for cohort in together:
            for unit_id, n, *hits in db.session.execute(_counting(cohort, part, actor, among)):
                for figure, hit in zip(cohort.hits, hits, strict=True):
                    found[unit_id, figure] = found.get((unit_id, figure), NOTHING) + Ratio(Fraction(hit), n)
    return found


def _counting(cohort: Cohort, period: Period, actor: Actor, among: Select[tuple[int]] | None) -> Select:
    only = () if among is None else (cohort.ticket_id.in_(among),)
    rows = select(cohort.unit_id.label("unit_id"), *(hit.label(figure) for figure, hit in cohort.hits.items())).where(
        period.holds(cohort.anchor), *cohort.conditions, counted_for(actor, cohort.unit_id), *only
    ).subquery()
    sums = (func.sum(rows.c[figure]) for figure in cohort.hits)
    return select(rows.c.unit_id, func.count(), *sums).group_by(rows.c.unit_id)


def _received(period: Period, actor: Actor) -> dict[int | None, int]:
    return _plain_count(actor, Assignment.unit_id, period.holds(Assignment.dispatched_at),
                        Assignment.role == str(AssignmentRole.LEAD))


def _closed(period: Period, actor: Actor) -> dict[int | None, int]:
    return _plain_count(actor, Ticket.lead_unit_id, period.holds(Ticket.closed_at), Ticket.close_type.is_not(None))


def _plain_count(actor: Actor, unit_id: Any, *where: ColumnElement[bool]) -> dict[int | None, int]:
    counted = db.session.execute(
        select(unit_id, func.count()).where(*where, counted_for(actor, unit_id)).group_by(unit_id)
    )
    return {unit: n for unit, n in counted}  # noqa: C416  rows are pairs, not a mapping


def with_total(lines: list[UnitFigures], asked: tuple[Figure, ...]) -> list[UnitFigures]:
    """The lines by kind and name, their total first."""
    return [_total(lines, asked), *sorted(lines, key=lambda line: (line.kind, line.name))]


def _total(lines: list[UnitFigures], asked: tuple[Figure, ...]) -> UnitFigures:
    ratios = {figure: sum((line.ratios[figure] for line in lines), NOTHING) for figure in asked}
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
    parts = [_behind(cohort, held, figure, part, actor, unit_id, after)
             for held, (cohort,) in _stretches([figure], Period(first, last))]
    return shown(union_all(*parts), actor, size)


def shown(counted: Select | CompoundSelect, actor: Actor, size: int) -> list[Counted]:
    """The first of some rows (key, ticket_id, unit_id, at, hit), by key, with their tickets, for these eyes."""
    rows = counted.subquery()
    rows = select(rows).order_by(rows.c.key).limit(size).subquery()
    found = db.session.execute(
        select(rows.c.key, Ticket.no, Ticket.title, Ticket.kind, Ticket.state, rows.c.unit_id, rows.c.at, rows.c.hit)
        .join(Ticket, Ticket.id == rows.c.ticket_id)
        .where(visible_to(actor))
        .order_by(rows.c.key)
    )
    ref = reference()
    return [Counted(*row[:-1], Fraction(row.hit), ref.unit_name(row.unit_id)) for row in found]


def _behind(
    cohort: Cohort, period: Period, figure: Figure, part: Part, actor: Actor, unit_id: int | None, after: int
) -> Select:
    """The rows of a number in a stretch of its period, as the page asks for them."""
    hit = cohort.hits[figure]
    rows = select(
        cohort.key.label("key"), cohort.ticket_id.label("ticket_id"), cohort.unit_id.label("unit_id"),
        cohort.anchor.label("at"), cast(hit, Numeric).label("hit"),
    ).where(
        period.holds(cohort.anchor), *cohort.conditions, counted_for(actor, cohort.unit_id), cohort.key > after,
        cohort.unit_id.in_(reference().units) if unit_id is None else cohort.unit_id == unit_id,
    )
    wanted = {Part.NUMERATOR: hit > 0, Part.REST: hit == 0}.get(part)
    return rows if wanted is None else rows.where(wanted)


def every_row(first: date, last: date) -> CompoundSelect:
    """Whatever any indicator counts in a period: (key, ticket_id, unit_id, at, hit, figure). One statement, so that
    all of it is seen at one moment.
    """
    period = Period(first, last)
    return union_all(*(
        _behind(cohort, held, figure, Part.DENOMINATOR, SYSTEM, None, 0).add_columns(
            literal(str(figure), String).label("figure"))
        for figure in Figure for held, (cohort,) in _stretches([figure], period)
    ))


def this_month() -> tuple[date, date]:
    """From the first of the month to today, by the database's clock."""
    today = now().astimezone(ZONE).date()
    return today.replace(day=1), today
