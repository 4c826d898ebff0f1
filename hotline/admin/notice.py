"""The State Council's notice of a year's holidays as it is published, line by line made into days.

"元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。" → 2026-01-01~2026-01-03,OFFDAY,元旦 and
2026-01-04,WORKDAY,元旦调休上班. Nothing is guessed: a sentence that is neither of days off nor of days worked,
a weekday that is not that day's, or a number of days that does not fit is a complaint with its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from hotline.forms import Problem
from workflows.errors import Invalid
from workflows.rules.calendar import DayKind

#: So many complaints are named.
MOST_COMPLAINTS = 5
SAMPLE = "国庆节：10月1日（周四）至7日（周三）放假调休，共7天。10月10日（周六）上班。"
_ENTRY = re.compile(r"(?:[一二三四五六七八九十]+、|[0-9]{1,2}[.、])?\s*([^:、0-9][^:0-9]*):(.+)")
_DAY = r"(?:[0-9]{4}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:\([^)]*\))?"
_ONE_DAY = re.compile(r"(?:([0-9]{4})年)?(?:([0-9]{1,2})月)?([0-9]{1,2})日(?:\(([^)]*)\))?")
_OFF = re.compile(rf"({_DAY})(?:至({_DAY}))?放假(?:调休)?,?(?:共?([0-9]{{1,2}})天)?(?:,(?:不调休|与周末连休))?")
_WORKED = re.compile(rf"({_DAY}(?:、{_DAY})*)(?:\(?均?\)?)上班")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


class _Wrong(Exception):  # noqa: N818  carries a complaint
    """A complaint about a sentence."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params


def as_lines(text: str, year: int) -> str:
    """The text with the lines of a notice made into lines of days; other lines as they are. Raises Invalid."""
    lines: list[str] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", line))
        if "放假" not in plain and "上班" not in plain.partition(":")[2]:
            lines.append(line)
            continue
        try:
            lines += _entry(plain, year)
        except _Wrong as said:
            wrong.append(Problem(said.code, line=number, **said.params))
    if wrong:
        raise Invalid(fields={"rows": wrong[:MOST_COMPLAINTS]})
    return "\n".join(lines)


def _entry(line: str, year: int) -> Iterator[str]:
    """The days of one holiday."""
    found = _ENTRY.fullmatch(line)
    if found is None:
        raise _Wrong("notice_sentence", text=line[:40])
    name, sentences = found.groups()
    month: int | None = None
    for sentence in filter(None, re.split("[。;]", sentences)):
        if off := _OFF.fullmatch(sentence):
            first, month = _day(off[1], year, month)
            last, month = _day(off[2], first.year, month) if off[2] else (first, month)
            _check_count(first, last, off[3])
            yield f"{first}~{last},{DayKind.OFFDAY},{name}"
        elif worked := _WORKED.fullmatch(sentence):
            for written in re.findall(_DAY, worked[1]):
                day, month = _day(written, year, month)
                yield f"{day},{DayKind.WORKDAY},{name}调休上班"
        else:
            raise _Wrong("notice_sentence", text=sentence[:40])


def _day(written: str, year: int, month: int | None) -> tuple[date, int]:
    """A day and its month; a day without a month is of the month named before it."""
    said_year, said_month, said_day, said_in_brackets = _ONE_DAY.fullmatch(written).groups()
    try:
        day = date(int(said_year or year), int(said_month or month or 0), int(said_day))
    except ValueError as error:
        raise _Wrong("notice_no_day", day=written) from error
    weekday = _WEEKDAY.search(said_in_brackets or "")
    if weekday and _WEEKDAYS[weekday[1]] != day.weekday():
        raise _Wrong("notice_weekday", day=written)
    return day, day.month


def _check_count(first: date, last: date, said: str | None) -> None:
    number = (last - first).days + 1
    if number < 1 or (said and int(said) != number):
        raise _Wrong("notice_count", said=said or "", found=number)


