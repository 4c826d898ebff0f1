"""What the tickets themselves say of a period, added up: one statement for all that is counted of the same rows.

Each statement yields (day, line, unit_id, denominator, numerator), of a unit or of nobody; whoever asks says of which
units, and whether day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Numeric,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from workflows.model.base import now
from workflows.model.reference import reference
from workflows.model.ticket import Assignment, Ticket
from workflows.read.cohorts import Cohort, cohorts
from workflows.read.durations import handling
from workflows.read.periods import Period, day_of
from workflows.rules.indicators import Figure
from workflows.rules.states import AssignmentRole
from workflows.rules.tallying import Line, Plain

#: Which of the rows, by the unit that answers for them.
Scope = Callable[[ColumnElement[int | None]], ColumnElement[bool]]
Tally = Select[Any] | CompoundSelect[Any]


def stretches(figures: Iterable[Figure], period: Period) -> list[tuple[Period, list[Cohort]]]:
    """The period by the switches that hold on its days, each with the cohorts of the indicators."""
    at, asked = now(), tuple(figures)
    return [
        (Period(start, end), cohorts(asked, policy, at))
        for start, end, policy in reference().policies.stretches(period.first, period.last)
    ]


def tallies(
    lines: Iterable[Line], period: Period, scope: Scope, *, by_day: bool = False,
    among: Select[tuple[int]] | None = None,
) -> Iterator[Tally]:
    """The statements that count lines of a period; of indicators also among some tickets only, by their keys."""
    asked = tuple(lines)
    for part, together in stretches([line for line in asked if isinstance(line, Figure)], period):
        for cohort in together:
            only = () if among is None else (cohort.ticket_id.in_(among),)
            yield _added_up(
                cohort.hits, cohort.unit_id, cohort.anchor,
                (part.holds(cohort.anchor), *cohort.conditions, scope(cohort.unit_id), *only), by_day=by_day,
            )
    if Plain.RECEIVED in asked:
        yield _plainly(Plain.RECEIVED, Assignment.unit_id, Assignment.dispatched_at, (
            period.holds(Assignment.dispatched_at), Assignment.role == str(AssignmentRole.LEAD),
            scope(Assignment.unit_id)), by_day=by_day)
    if Plain.CLOSED in asked:
        yield _plainly(Plain.CLOSED, Ticket.lead_unit_id, Ticket.closed_at, (
            period.holds(Ticket.closed_at), Ticket.close_type.is_not(None), scope(Ticket.lead_unit_id)), by_day=by_day)
    if Plain.HANDLING in asked:
        spent = handling(period, scope)
        if spent is not None:
            yield _added_up({Plain.HANDLING: spent.days}, spent.unit_id, spent.anchor, spent.conditions,
                            by_day=by_day, beside=spent.calendar)


def _plainly(
    line: Plain, unit_id: ColumnElement[Any], anchor: ColumnElement[Any], conditions: Iterable[ColumnElement[bool]],
    *, by_day: bool,
) -> Tally:
    return _added_up({line: literal(1)}, unit_id, anchor, conditions, by_day=by_day)


def _added_up(
    hits: Mapping[Line, ColumnElement[Any]], unit_id: ColumnElement[Any], anchor: ColumnElement[Any],
    conditions: Iterable[ColumnElement[bool]], *, by_day: bool, beside: Any = None,
) -> Tally:
    day = day_of(anchor) if by_day else cast(null(), Date)
    chosen = select(day.label("day"), unit_id.label("unit_id"), *(hit.label(line) for line, hit in hits.items()))
    if beside is not None:
        chosen = chosen.join_from(anchor.table, beside, literal(True))
    rows = chosen.where(*conditions).subquery()
    sums = (func.sum(rows.c[line]).label(line) for line in hits)
    added = select(rows.c.day, rows.c.unit_id, func.count().label("n"), *sums).where(
        rows.c.unit_id.is_not(None)).group_by(rows.c.day, rows.c.unit_id).cte()
    return union_all(*(
        select(added.c.day, literal(str(line), String).label("line"), added.c.unit_id, added.c.n.label("denominator"),
               cast(added.c[line], Numeric).label("numerator"))
        for line in hits
    ))
