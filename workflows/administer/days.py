"""Which days are worked: one day set by hand, or a whole year by the official notice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from workflows.administer.books import Complaints, administering, record
from workflows.errors import Invalid, Outdated
from workflows.model.base import db
from workflows.model.settings import CalendarDay, WorkCalendar
from workflows.rules.calendar import DayKind
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingAction, SettingSubject

SUBJECT = SettingSubject.CALENDAR_DAY
FIRST_YEAR, LAST_YEAR = 1990, 2199
_LONGEST_NAME = 40


@dataclass(frozen=True)
class DayRow:
    """A day as a notice has it: worked or not, and the holiday's name."""

    date: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class DayChange:
    """What an import makes of a day; `before` is None where nothing was known of it."""

    date: date
    before: DayRow | None
    after: DayRow


@dataclass(frozen=True)
class YearPlan:
    """What an import of a year would do. `seen` proves to `import_year` that the plan was made for what is there."""

    year: int
    seen: str
    changes: tuple[DayChange, ...]
    working_days: int
    was_provisional: bool


def set_day(actor: Actor, *, day: date, kind: DayKind, source: str, name: str = "") -> CalendarDay:
    """Say of one day whether it is worked, and by whose word. Dues already set stay until recomputed.

    A year nothing is known of is imported first: one day alone would pass for a known year.
    """
    with administering(actor) as doing:
        wrong = Complaints()
        wrong.unless(source, "source", "required")
        wrong.unless(_days_of(day.year), "day", "year_without_days")
        wrong.settle()
        before = db.session.get(CalendarDay, day)
        _write([DayRow(day, kind, name)], source)
        record(doing, SUBJECT, day, SettingAction.CHANGED,
               before={"kind": before.kind, "name": before.name, "provisional": before.provisional} if before else None,
               after={"kind": str(kind), "name": name, "provisional": False}, note=source)
        return db.session.get(CalendarDay, day, populate_existing=True)


def plan_year(year: int, rows: Sequence[DayRow]) -> YearPlan:
    """What importing these rows would change, before anything is written.

    `rows` may be the whole year or only its exceptions: other days are Monday to Friday. Raises Invalid for a day
    outside the year or named twice.
    """
    _check(year, rows)
    known = _days_of(year)
    wanted = {row.date: row for row in _whole_year(year, rows)}
    present = {day: DayRow(day, DayKind(row.kind), row.name) for day, row in known.items()}
    return YearPlan(
        year=year,
        seen=_fingerprint(known),
        changes=tuple(DayChange(day, present.get(day), row) for day, row in wanted.items() if present.get(day) != row),
        working_days=sum(row.kind is DayKind.WORKDAY for row in wanted.values()),
        was_provisional=not known or any(row.provisional for row in known.values()),
    )


def import_year(actor: Actor, *, year: int, rows: Sequence[DayRow], source: str, seen: str) -> YearPlan:
    """Write a year by its notice; the year is official from then on.

    `seen` is of the plan that was looked at. Raises Outdated where the year changed since.
    """
    with administering(actor) as doing:
        if not source:
            raise Invalid(fields={"source": ["required"]})
        plan = plan_year(year, rows)
        if plan.seen != seen:
            raise Outdated("outdated")
        _write(_whole_year(year, rows), source)
        changes = [change for change in plan.changes if change.before is None or change.before != change.after]
        record(doing, SUBJECT, year, SettingAction.IMPORTED, note=source,
               before={str(c.date): _words(c.before) for c in changes},
               after={str(c.date): _words(c.after) for c in changes})
        return plan


def _words(row: DayRow | None) -> list[str] | None:
    return [str(row.kind), row.name] if row is not None else None


def _check(year: int, rows: Sequence[DayRow]) -> None:
    wrong = Complaints()
    wrong.unless(FIRST_YEAR <= year <= LAST_YEAR, "year", "year_out_of_range")
    wrong.unless(rows, "rows", "required")
    wrong.unless(all(row.date.year == year for row in rows), "rows", "day_of_other_year")
    wrong.unless(len({row.date for row in rows}) == len(rows), "rows", "day_twice")
    wrong.unless(all(len(row.name) <= _LONGEST_NAME for row in rows), "rows", "too_long")
    wrong.settle()


def _days_of(year: int) -> Mapping[date, CalendarDay]:
    inside = CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31))
    rows = db.session.scalars(select(CalendarDay).where(inside), execution_options={"populate_existing": True})
    return {row.date: row for row in rows}


def _whole_year(year: int, rows: Sequence[DayRow]) -> list[DayRow]:
    given = {row.date: row for row in rows}
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return [given.get(day) or DayRow(day, _by_weekday(day)) for day in days]


def _by_weekday(day: date) -> DayKind:
    return DayKind.OFFDAY if day.weekday() >= 5 else DayKind.WORKDAY


def _fingerprint(known: Mapping[date, CalendarDay]) -> str:
    facts = [(str(day), row.kind, row.name, row.provisional) for day, row in sorted(known.items())]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _write(rows: Sequence[DayRow], source: str) -> None:
    """Write days, and raise the version of the calendars that count by them."""
    written = insert(CalendarDay)
    columns = {name: written.excluded[name] for name in ("kind", "name", "source", "provisional")}
    db.session.execute(
        written.on_conflict_do_update(index_elements=["date"], set_=columns),
        [{"date": r.date, "kind": str(r.kind), "name": r.name, "source": source, "provisional": False} for r in rows],
    )
    for calendar in db.session.scalars(select(WorkCalendar).where(~WorkCalendar.all_days)):
        calendar.version += 1
