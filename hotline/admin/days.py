"""Working hours and the working calendar: which hours and which days count when time is counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.datastructures import MultiDict

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, history_of, one, saved
from hotline.admin.months import months_of
from hotline.admin.notice import SAMPLE, as_lines
from hotline.admin.written import blocks_as_written
from hotline.forms import Typed, keeps, load, query
from hotline.times import ZONE, moment
from workflows import administer
from workflows.administer.days import YearPlan
from workflows.errors import Outdated, Unknown
from workflows.model.settings import CalendarDay, WorkCalendar
from workflows.read import settings
from workflows.rules.calendar import DayKind
from workflows.rules.vocabulary import SettingSubject


def today() -> date:
    """The day in the city."""
    return moment().astimezone(ZONE).date()


# --- working hours


@bp.get("/calendars")
def calendars() -> ResponseReturnValue:
    """Working hours, and the years that are known."""
    for_administrators()
    years, day = dict(settings.years()), today()
    return render_template("admin/calendars.html", calendars=settings.calendars(), used=settings.units_by_calendar(),
                           years=years, this_year=day.year)


def calendar_page(calendar_id: int | None = None, typed: Typed | None = None) -> str:
    """Working hours, new ones or some that are there with their history."""
    for_administrators()
    row = one(WorkCalendar, calendar_id) if calendar_id is not None else None
    if typed is None:
        typed = Typed({"name": row.name, "blocks": blocks_as_written(row.blocks), "all_days": row.all_days}
                      if row else None)
    past: Any = history_of(SettingSubject.WORK_CALENDAR, row.id) if row else {}
    return render_template("admin/calendar.html", calendar=row, typed=typed, **past)


@bp.get("/calendars/new")
def new_calendar() -> ResponseReturnValue:
    """The form of new working hours."""
    return calendar_page()


@bp.post("/calendars/new")
@keeps(calendar_page)
def create_calendar() -> ResponseReturnValue:
    """Add working hours."""
    row = administer.create_calendar(current_actor(), **load(schemas.CalendarForm))
    return saved("admin.calendar", gettext("工作时间已建立，可在单位页面选用。"), calendar_id=row.id)


@bp.get("/calendars/<int:calendar_id>")
def calendar(calendar_id: int) -> ResponseReturnValue:
    """Working hours."""
    return calendar_page(calendar_id)


@bp.post("/calendars/<int:calendar_id>")
@keeps(calendar_page)
def change_calendar(calendar_id: int) -> ResponseReturnValue:
    """Change working hours."""
    administer.change_calendar(calendar_id, current_actor(), **load(schemas.ChangedCalendar))
    return saved("admin.calendar", gettext("已保存，此后起算的时限按新的工作时间计算。"), calendar_id=calendar_id)


@bp.post("/calendars/<int:calendar_id>/default")
@keeps(calendar_page)
def make_default_calendar(calendar_id: int) -> ResponseReturnValue:
    """Let everybody without hours of their own work by these."""
    administer.make_default_calendar(calendar_id, current_actor(), **load(schemas.Versioned))
    return saved("admin.calendar", gettext("已设为默认。"), calendar_id=calendar_id)


# --- days of a year


def year_page(year: int, typed: Typed | None = None) -> str:
    """A year in twelve months, and what may be done about it. `typed` belongs to the form that was sent."""
    for_administrators()
    if not schemas.FIRST_YEAR <= year <= schemas.LAST_YEAR:
        raise Unknown("setting_unknown")
    asked, _ = query(schemas.YearSearch)
    rows = settings.days(year)
    return render_template(
        "admin/year.html", year=year, months=months_of(year, rows), known=bool(rows), today=today(),
        provisional=any(row.provisional for row in rows), workdays=sum(row.kind == DayKind.WORKDAY for row in rows),
        years=dict(settings.years()), heads=_weekdays(), month_name=_month_name,
        events=settings.history_of_year(year),
        **_forms(year, rows, asked, typed),
    )


def _forms(year: int, rows: list[CalendarDay], asked: dict[str, Any], typed: Typed | None) -> dict[str, Any]:
    """What stands in the forms beside the year: of the day that was picked, of the days to count anew."""
    sent = request.endpoint if typed else None
    picked = next((row for row in rows if row.date == asked.get("day")), None)
    span = {"first": asked.get("first") or date(year, 1, 1), "last": asked.get("last") or date(year, 12, 31)}
    return {
        "picked": picked,
        "day_typed": typed if sent == "admin.set_day" else Typed(_on_record(picked)),
        "dues_typed": typed if sent == "admin.order_days" else Typed(span),
    }


def _on_record(picked: CalendarDay | None) -> dict[str, Any]:
    return {"day": picked.date, "kind": picked.kind, "name": picked.name} if picked else {}


def _weekdays() -> list[tuple[str, str]]:
    """The days of the week, short and in full, Monday first."""
    names = get_locale().days["stand-alone"]
    return [(names["narrow"][n], names["wide"][n]) for n in range(7)]


def _month_name(number: int) -> str:
    return get_locale().months["stand-alone"]["abbreviated"][number]


def _weekday_name(day: date) -> str:
    return get_locale().days["format"]["abbreviated"][day.weekday()]


@bp.get("/calendars/years/<int:year>")
def year(year: int) -> ResponseReturnValue:
    """A year in twelve months."""
    return year_page(year)


@bp.post("/calendars/years/<int:year>/day")
@keeps(year_page)
def set_day(year: int) -> ResponseReturnValue:
    """Say of one day whether it is worked."""
    form = load(schemas.DayForm)
    administer.set_day(current_actor(), **form)
    words = gettext("%(day)s 已改。已定的到期时间没有变动，需要调整时请“重算到期时间”。", day=form["day"])
    return saved("admin.year", words, year=form["day"].year, day=form["day"], first=form["day"], last=form["day"])


# --- the notice of a year


def notice_page(year: int, typed: Typed | None = None, plan: YearPlan | None = None) -> str:
    """The form of a year's notice; with a plan, what importing it would change."""
    for_administrators()
    if not schemas.FIRST_YEAR <= year <= schemas.LAST_YEAR:
        raise Unknown("setting_unknown")
    typed = typed or Typed()
    if isinstance(typed.refusal, Outdated):
        plan = administer.plan_year(year, _notice(schemas.ImportForm, year)["rows"])  # as the year is now
    now_worked = sum(row.kind == DayKind.WORKDAY for row in settings.days(year))
    return render_template("admin/year_plan.html", year=year, typed=typed, plan=plan, now_worked=now_worked,
                           weekday_name=_weekday_name, sample=SAMPLE)


def _notice(form: type[schemas.NoticeForm], year: int) -> dict[str, Any]:
    """What was sent, the words of a published notice made into days."""
    return load(form, MultiDict(request.form | {"rows": as_lines(request.form.get("rows", ""), year)}))


@bp.get("/calendars/years/<int:year>/notice")
def notice(year: int) -> ResponseReturnValue:
    """The form of a year's notice."""
    return notice_page(year)


@bp.post("/calendars/years/<int:year>/notice")
@keeps(notice_page)
def plan_notice(year: int) -> ResponseReturnValue:
    """What importing the notice would change; nothing is written."""
    plan = administer.plan_year(year, _notice(schemas.NoticeForm, year)["rows"])
    return notice_page(year, Typed(request.form, sent=True), plan)


@bp.post("/calendars/years/<int:year>/import")
@keeps(notice_page)
def import_notice(year: int) -> ResponseReturnValue:
    """Write the year as it was looked at."""
    plan = administer.import_year(current_actor(), year=year, **_notice(schemas.ImportForm, year))
    words = gettext("%(year)s 年已按通知导入，改动 %(n)s 天。已定的到期时间没有变动，请在本页“重算到期时间”处试算。",
                    year=year, n=len(plan.changes))
    days = [change.date for change in plan.changes] or [date(year, 1, 1)]
    return saved("admin.year", words, year=year, first=min(days), last=max(days))
