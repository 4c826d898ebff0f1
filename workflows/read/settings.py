"""What administrators look through: lists as selects, to be paged by whoever shows them; and the history.

Every list is ordered and cut by its page (`hotline.pages.paginate`), so none of these is ever read as a whole.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select, true

from workflows.model.base import db
from workflows.model.directory import Area, Category, Unit, User, UserRole
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.model.settings import CalendarDay, CatalogueRule, LadderStep, LimitRule, SettingEvent, WorkCalendar
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.vocabulary import SettingSubject

LONGEST_HISTORY = 200


def units(search: str = "", *, closed: bool = False) -> Select[tuple[Unit]]:
    """Units by name, short name or code; the closed ones only when asked for."""
    found = select(Unit).where(_holds(search, Unit.name, Unit.short_name, Unit.code))
    return found if closed else found.where(Unit.active_to.is_(None))


def areas(search: str = "", *, parent_id: int | None = None, inactive: bool = False) -> Select[tuple[Area]]:
    """Places by name, initials or code; below one place where given."""
    found = select(Area).where(_holds(search, Area.name, Area.code, Area.initials))
    if parent_id is not None:
        found = found.where(Area.parent_id == parent_id)
    return found if inactive else found.where(Area.active)


def categories(search: str = "", *, parent_id: int | None = None, inactive: bool = False) -> Select[tuple[Category]]:
    """Matters by name, initials or code; below one matter where given."""
    found = select(Category).where(_holds(search, Category.name, Category.code, Category.initials))
    if parent_id is not None:
        found = found.where(Category.parent_id == parent_id)
    return found if inactive else found.where(Category.active)


def users(
    search: str = "", *, unit_id: int | None = None, role: Role | None = None, disabled: bool = False
) -> Select[tuple[User]]:
    """People by account or name, of one unit, in one role; the disabled ones only when asked for."""
    found = select(User).where(_holds(search, User.account, User.name))
    if unit_id is not None:
        found = found.where(User.unit_id == unit_id)
    if role is not None:
        found = found.where(User.roles.any(UserRole.role == str(role)))
    return found if disabled else found.where(User.active)


def catalogue(
    search: str = "",
    *,
    category_id: int | None = None,
    unit_id: int | None = None,
    on: date | None = None,
) -> Select[tuple[CatalogueRule]]:
    """Lines of the catalogue by matter or unit name, of one matter (and all below it), of one unit.

    With `on` only those that hold on the day; without, the past and the future ones too.
    """
    found = (
        select(CatalogueRule)
        .outerjoin(Category, Category.id == CatalogueRule.category_id)
        .outerjoin(Unit, Unit.id == CatalogueRule.unit_id)
        .where(_holds(search, Category.name, Category.code, Category.initials, Unit.name))
    )
    if category_id is not None:
        path = select(Category.path).where(Category.id == category_id).scalar_subquery()
        found = found.where(Category.path.startswith(path))
    if unit_id is not None:
        found = found.where(CatalogueRule.unit_id == unit_id)
    return found if on is None else found.where(in_force(CatalogueRule, on))


def limits(
    *, code: ClockCode | None = None, unit_id: int | None = None, on: date | None = None
) -> Select[tuple[LimitRule]]:
    """Limits of one clock, of one unit; with `on` only those that hold on the day."""
    found = select(LimitRule)
    if code is not None:
        found = found.where(LimitRule.code == str(code))
    if unit_id is not None:
        found = found.where(LimitRule.unit_id == unit_id)
    return found if on is None else found.where(in_force(LimitRule, on))


def ladder(
    *, code: ClockCode | None = None, unit_id: int | None = None, on: date | None = None
) -> Select[tuple[LadderStep]]:
    """Steps of the ladder of one clock, of one unit; with `on` only those that hold on the day."""
    found = select(LadderStep)
    if code is not None:
        found = found.where(LadderStep.code == str(code))
    if unit_id is not None:
        found = found.where(LadderStep.unit_id == unit_id)
    return found if on is None else found.where(in_force(LadderStep, on))


def latest(kind: type[RatePolicy] | type[ScoringPlan]) -> list[Any]:
    """Of rules that are only ever replaced, those without an end, in the order they were first made."""
    lasting = select(kind).where(kind.valid_to.is_(None)).order_by(kind.id)
    return list(db.session.scalars(lasting.limit(LONGEST_HISTORY)))


def in_force(kind: type[CatalogueRule] | type[LadderStep] | type[LimitRule], on: date) -> ColumnElement[bool]:
    """Whether a rule holds on a day; both its days are inclusive."""
    return and_(kind.valid_from <= on, or_(kind.valid_to.is_(None), kind.valid_to >= on))


def calendars() -> list[WorkCalendar]:
    """The working calendars, the default first."""
    ordered = select(WorkCalendar).order_by(WorkCalendar.is_default.desc(), WorkCalendar.name)
    return list(db.session.scalars(ordered.limit(LONGEST_HISTORY)))


def units_by_calendar() -> dict[int, int]:
    """How many open units name each calendar as theirs; the others work by the default one."""
    counted = select(Unit.calendar_id, func.count()).where(Unit.calendar_id.is_not(None), Unit.active_to.is_(None))
    return {int(key): number for key, number in db.session.execute(counted.group_by(Unit.calendar_id))}


def days(year: int) -> list[CalendarDay]:
    """The days known of a year, in order; at most 366."""
    return list(
        db.session.scalars(
            select(CalendarDay)
            .where(CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31)))
            .order_by(CalendarDay.date)
        )
    )


def years() -> list[tuple[int, bool]]:
    """The years there are days of, and whether each is still provisional."""
    year = extract("year", CalendarDay.date)
    rows = db.session.execute(select(year, CalendarDay.provisional).distinct().order_by(year))
    known: dict[int, bool] = {}
    for number, provisional in rows:
        known[int(number)] = known.get(int(number), False) or provisional
    return list(known.items())


def changes(
    *, subject: SettingSubject | None = None, actor_id: int | None = None, since: datetime | None = None
) -> Select[tuple[SettingEvent]]:
    """Everything administrators did, of one kind, by one person, from a moment on."""
    found = select(SettingEvent)
    if subject is not None:
        found = found.where(SettingEvent.subject == str(subject))
    if actor_id is not None:
        found = found.where(SettingEvent.actor_id == actor_id)
    return found if since is None else found.where(SettingEvent.at >= since)


def history(subject: SettingSubject, key: object) -> list[SettingEvent]:
    """What was done to one setting, newest first; of a rule, its earlier versions too. At most LONGEST_HISTORY."""
    keys, events = [str(key)], []
    while keys and len(events) < LONGEST_HISTORY:
        found = db.session.scalars(
            select(SettingEvent)
            .where(SettingEvent.subject == str(subject), SettingEvent.subject_id == keys.pop())
            .order_by(SettingEvent.id.desc())
            .limit(LONGEST_HISTORY - len(events))
        ).all()
        events += found
        keys += [str(event.after["replaces"]) for event in found if event.after and "replaces" in event.after]
    return events


def history_of_year(year: int) -> list[SettingEvent]:
    """What was done to the days of a year, newest first: imports of it and single days. At most LONGEST_HISTORY."""
    key = SettingEvent.subject_id
    of_year = or_(key == str(year), key.startswith(f"{year}-"))
    found = (
        select(SettingEvent)
        .where(SettingEvent.subject == str(SettingSubject.CALENDAR_DAY), of_year)
        .order_by(SettingEvent.id.desc())
    )
    return list(db.session.scalars(found.limit(LONGEST_HISTORY)))


def _holds(search: str, *columns: Any) -> ColumnElement[bool]:
    """Whether any of the columns contains the text, in whatever case; nothing searched is everything found."""
    return or_(*(column.icontains(search, autoescape=True) for column in columns)) if search else true()
