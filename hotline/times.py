"""Moments as people read them: local time, how long ago, how much is left.

"Now" is the database's clock, asked once per request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import g, has_request_context
from flask_babel import get_locale, gettext, ngettext

from workflows.model.base import now
from workflows.rules.calendar import Calendar, is_provisional, remaining

ZONE = ZoneInfo("Asia/Shanghai")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """A due date in words. `tone` is good (time left), warn (nearly due), bad (overdue) or muted (stopped)."""

    words: str
    tone: str
    at: datetime
    #: Whether the days until then are not all official yet, so that it may still move.
    provisional: bool = False


def moment() -> datetime:
    """Now, the same for a whole request."""
    if not has_request_context():
        return now()
    if "moment" not in g:
        g.moment = now()
    return g.moment


def local(at: datetime | None, form: str = "short") -> str:
    """A moment in the city's time: "11-23 14:05", with `form` "long" "2026-11-23 14:05:09", "full" with the year."""
    if at is None:
        return ""
    shown = {"short": "%m-%d %H:%M", "full": "%Y-%m-%d %H:%M", "long": "%Y-%m-%d %H:%M:%S", "input": "%Y-%m-%dT%H:%M",
             "time": "%H:%M"}
    return at.astimezone(ZONE).strftime(shown[form])


def local_day(at: datetime | date | None) -> str:
    """The day of a moment in the city, "2026-11-23"."""
    if at is None:
        return ""
    return (at.astimezone(ZONE).date() if isinstance(at, datetime) else at).isoformat()


def ago(at: datetime | None, since: datetime | None = None) -> str:
    """How long ago in one unit: "5 分钟前"."""
    if at is None:
        return ""
    passed = (since or moment()) - at
    if passed < _MINUTE:
        return gettext("刚刚")
    return gettext("%(time)s前", time=_round(passed))


def due_in_words(
    due_at: datetime | None,
    *,
    warn_at: datetime | None = None,
    stopped_at: datetime | None = None,
    calendar: Calendar | None = None,
    at: datetime | None = None,
    minutes: float | None = None,
    held: bool = False,
) -> Due | None:
    """How much is left until a due date, or how far it is past, in working time where a calendar is given.

    `minutes` is what is left by that calendar, where it is known already. A stopped clock says whether it stopped in
    time; one that is `held` back by an undecided extension is not said to be late.
    """
    if due_at is None:
        return None
    if held and (stopped_at or at or moment()) > due_at:
        return Due(gettext("红牌暂缓"), "warn", due_at)
    if stopped_at is not None:
        in_time = stopped_at <= due_at
        return Due(gettext("按时") if in_time else gettext("超期完成"), "muted" if in_time else "bad", due_at)
    at = at or moment()
    if minutes is None and calendar is not None:
        minutes = remaining(calendar, at, due_at)
    span = _span(calendar, abs(minutes or 0), abs(due_at - at))
    if at > due_at:
        return Due(gettext("超期 %(time)s", time=span), "bad", due_at)
    tone = "warn" if warn_at is not None and at >= warn_at else "good"
    guessed = calendar is not None and is_provisional(calendar, at, due_at)
    return Due(gettext("剩 %(time)s", time=span), tone, due_at, guessed)


def _span(calendar: Calendar | None, minutes: float, by_the_clock: timedelta) -> str:
    # With only closed hours between, no working time is left though the due date is ahead: then by the wall clock.
    return _working(minutes, calendar) if calendar is not None and minutes >= 1 else _round(by_the_clock)


def _day_minutes(calendar: Calendar) -> int:
    """Working minutes of a day of this calendar; a block that ends at 00:00 ends the day."""
    lengths = ((end.hour - start.hour) * 60 + end.minute - start.minute for start, end in calendar.blocks)
    return sum(length if length > 0 else length + 24 * 60 for length in lengths)


def _working(minutes: float, calendar: Calendar) -> str:
    """Working minutes as days and hours: "2 工作日 3 小时"."""
    days, rest = divmod(int(minutes), _day_minutes(calendar))
    hours, rest = divmod(rest, 60)
    parts = []
    if days and calendar.all_days:
        parts.append(ngettext("%(num)d 天", "%(num)d 天", days))
    elif days:
        parts.append(ngettext("%(num)d 工作日", "%(num)d 工作日", days))
    if hours and days < 10:
        parts.append(ngettext("%(num)d 小时", "%(num)d 小时", hours))
    if rest and not days:
        parts.append(ngettext("%(num)d 分钟", "%(num)d 分钟", rest))
    return " ".join(parts) or ngettext("%(num)d 分钟", "%(num)d 分钟", 1)


def _round(span: timedelta) -> str:
    """A span of time in its largest unit."""
    minutes = max(1, span // _MINUTE)
    if minutes < 60:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)d 小时", "%(num)d 小时", minutes // 60)
    return ngettext("%(num)d 天", "%(num)d 天", minutes // (24 * 60))


def day_in_words(day: date) -> str:
    """A day with its weekday: "2月14日周六"."""
    return format_skeleton("MMMEd", day, locale=get_locale() or "zh_CN")


def exactly(seconds: float) -> str:
    """A length of time to the second, in hours, minutes and seconds: "9 小时 30 分钟"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d 小时", "%(num)d 小时", hours))
    if minutes:
        parts.append(ngettext("%(num)d 分钟", "%(num)d 分钟", minutes))
    if rest or not parts:
        parts.append(ngettext("%(num)d 秒", "%(num)d 秒", rest))
    return " ".join(parts)


def duration(seconds: float | None) -> str:
    """A length of time in its largest unit, nothing for None."""
    return "" if seconds is None else _round(timedelta(seconds=seconds))

