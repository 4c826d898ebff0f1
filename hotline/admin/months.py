"""A year as twelve small months, to be looked at."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from workflows.model.settings import CalendarDay
from workflows.rules.calendar import DayKind

SATURDAY = 5


class Look(StrEnum):
    """How a day is told apart from others."""

    WORK = "work"
    REST = "rest"
    """An ordinary weekend."""
    HOLIDAY = "holiday"
    """A day off that is a holiday or falls on Monday to Friday."""
    MAKEUP = "makeup"
    """A Saturday or Sunday that is worked."""


@dataclass(frozen=True)
class Cell:
    """A day of a month."""

    date: date
    kind: DayKind
    look: Look
    name: str


@dataclass(frozen=True)
class Span:
    """Days beside one another that have the same to say."""

    first: date
    last: date
    look: Look
    name: str


@dataclass(frozen=True)
class Month:
    """A month: weeks from Monday, None outside it; and what is special in it, in words."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    special: Sequence[Span]


def months_of(year: int, rows: Iterable[CalendarDay]) -> list[Month]:
    """The months of a year by what is known of its days; days nothing is known of are Monday to Friday."""
    known = {row.date: row for row in rows}
    return [_month(year, number, known) for number in range(1, 13)]


def _month(year: int, number: int, known: Mapping[date, CalendarDay]) -> Month:
    weeks = [
        [_cell(day, known.get(day)) if day.month == number else None for day in week]
        for week in Weeks().monthdatescalendar(year, number)
    ]
    return Month(date(year, number, 1), weeks, _spans([cell for week in weeks for cell in week if cell]))


def _cell(day: date, row: CalendarDay | None) -> Cell:
    weekend = day.weekday() >= SATURDAY
    kind = DayKind(row.kind) if row else (DayKind.OFFDAY if weekend else DayKind.WORKDAY)
    name = row.name if row else ""
    if kind is DayKind.WORKDAY:
        return Cell(day, kind, Look.MAKEUP if weekend else Look.WORK, name)
    return Cell(day, kind, Look.REST if weekend and not name else Look.HOLIDAY, name)


def _spans(cells: Iterable[Cell]) -> list[Span]:
    runs = [list(run) for _, run in groupby(cells, key=lambda cell: (cell.look, cell.name))]
    return [
        Span(run[0].date, run[-1].date, run[0].look, run[0].name)
        for run in runs
        if run[0].name or run[0].look in {Look.HOLIDAY, Look.MAKEUP}
    ]
