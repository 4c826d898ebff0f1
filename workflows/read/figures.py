"""The indicators counted for units and periods, and the tickets behind every number.

What is counted is said once, by `rules.indicators`; the SQL of it is `read.cohorts`. The number and the tickets behind
it are two questions to the same rows. Every day is counted by the switches that held on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import (
    CompoundSelect,
    Numeric,
    Select,
    String,
    cast,
    literal,
    select,
    union_all,
)

from workflows.model.base import db, now
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Ticket
from workflows.read import facts
from workflows.read.cohorts import Cohort
from workflows.read.durations import Duration
from workflows.read.periods import Period
from workflows.read.tallies import stretches, tallies
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.satisfaction import NOTHING, Ratio
from workflows.rules.tallying import LINES, Line, Plain
from workflows.scope import counted_for, visible_to

PAGE = 100
_LINE = {str(line): line for line in LINES}


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
    actor: Actor, first: date, last: date, of: Iterable[Figure] = tuple(Figure), *, timed: bool = True,
    exact: bool = False,
) -> list[UnitFigures]:
    """The indicators asked for, for every unit that had anything counted, by kind and name, the total first.

    What changed in the last minutes may not be in them yet (`read.facts.as_of`), unless they are to be `exact`.
    Without `timed` nobody asks how long answers took, which is dear to count. Raises Invalid for a period that runs
    backwards or is longer than three years.
    """
    period, asked = Period(first, last), tuple(of)
    beside = tuple(line for line in Plain if timed or line is not Plain.HANDLING)
    counted = _count((*asked, *beside), period, actor, exact=exact)
    units = reference().units
    lines = [
        UnitFigures(u, units[u].name, units[u].kind, counted.get((u, Plain.RECEIVED), NOTHING).denominator,
                    counted.get((u, Plain.CLOSED), NOTHING).denominator,
                    _duration(counted.get((u, Plain.HANDLING), NOTHING)),
                    {figure: counted.get((u, figure), NOTHING) for figure in asked})
        for u in {u for u, _ in counted} if u in units
    ]
    return with_total(lines, asked)


def ratios(
    actor: Actor, first: date, last: date, of: Iterable[Figure], among: Select[tuple[int]] | None = None
) -> dict[Figure, Ratio]:
    """The indicators asked for of all units together, and nothing beside them; among some tickets where keys are given.
    """
    asked = tuple(of)
    found = dict.fromkeys(asked, NOTHING)
    for (unit_id, figure), ratio in _count(asked, Period(first, last), actor, among=among).items():
        if unit_id in reference().units:  # as the total of the table has it
            found[figure] += ratio
    return found


def _count(
    asked: tuple[Line, ...], period: Period, actor: Actor, *, exact: bool = False,
    among: Select[tuple[int]] | None = None,
) -> dict[tuple[int, Line], Ratio]:
    """What is kept of the period, and of its other days, or among some tickets, what the tickets say."""
    kept, open_days = facts.kept_of(period, exact=exact) if among is None else (facts.Kept(), [period])
    found = {(unit_id, _LINE[line]): Ratio(Fraction(hits), n)
             for line, unit_id, n, hits in facts.sums(kept, asked, actor)}
    for part in open_days:
        for statement in tallies(asked, part, lambda unit_id: counted_for(actor, unit_id), among=among):
            for _, line, unit_id, n, hits in db.session.execute(statement):
                key = unit_id, _LINE[line]
                found[key] = found.get(key, NOTHING) + Ratio(Fraction(hits), n)
    return found


def _duration(spent: Ratio) -> Duration:
    return Duration(float(spent.numerator), spent.denominator)


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
             for held, (cohort,) in stretches([figure], Period(first, last))]
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
        for figure in Figure for held, (cohort,) in stretches([figure], period)
    ))


def this_month() -> tuple[date, date]:
    """From the first of the month to today, by the database's clock."""
    today = now().astimezone(ZONE).date()
    return today.replace(day=1), today
