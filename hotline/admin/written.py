"""What administrators write as lines of text: blocks of a working day, days of a year's notice, parts of a score."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from hotline.forms import CleanText, Problem, refuse
from hotline.labels import VOCABULARIES
from workflows.administer import DayRow
from workflows.rules.calendar import DayKind
from workflows.rules.indicators import Figure
from workflows.rules.scoring import Part

Blocks = list[tuple[str, str]]
#: So many bad lines are named; whoever pasted the wrong file need not read them all.
MOST_COMPLAINTS = 5
#: A range of days is a holiday, not a year.
LONGEST_RANGE = timedelta(days=31)
_BLOCK = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*[-~\u2013\u2014]\s*([0-9]{1,2}:[0-9]{2})")
_DATE = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
_BETWEEN = r"[\s,;\uff0c\uff1b]+"
_TO = r"\s*[~\uff5e\u2013\u2014]\s*"
_LINE = re.compile(rf"{_DATE}(?:{_TO}{_DATE})?{_BETWEEN}([^\s,;\uff0c\uff1b]+)(?:{_BETWEEN}(.*))?")


class BlocksField(CleanText):
    """Blocks of a day, one a line: "09:00-12:00" → ("09:00", "12:00"). The end of the day is 24:00."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Blocks:
        lines = super()._deserialize(value, attr, data, **kwargs).splitlines()
        return [_block(line) for line in lines if line.strip()]


def _block(line: str) -> tuple[str, str]:
    # NFKC makes the colons and dashes of Chinese keyboards plain.
    found = _BLOCK.fullmatch(unicodedata.normalize("NFKC", line).strip())
    if found is None:
        raise refuse("blocks_wrong")
    start, end = (written.zfill(5) for written in found.groups())
    if start == "24:00":
        raise refuse("blocks_wrong")
    return start, "24:00" if end == "00:00" else end


def blocks_as_written(blocks: Iterable[Sequence[str]]) -> str:
    """The blocks of a calendar as its form has them."""
    return "\n".join("-".join(block) for block in blocks)


class NoticeField(CleanText):
    """Days of a notice, one or a range a line: "2027-02-06~2027-02-12,OFFDAY,…" → rows of days.

    Dates, kinds (codes or their words) and names stand apart by commas, semicolons or blanks. A first line of
    column names and lines that begin with # are passed over.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[DayRow]:
        lines = super()._deserialize(value, attr, data, **kwargs).splitlines()
        rows: list[DayRow] = []
        wrong: list[Problem] = []
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#") or (number == 1 and line.lower().startswith("date")):
                continue
            found = list(_days(line.strip()))
            rows += found
            if not found:
                wrong.append(Problem("notice_line", line=number))
        if wrong:
            raise ValidationError(wrong[:MOST_COMPLAINTS])
        return rows


def _days(line: str) -> Iterator[DayRow]:
    """The days of a line; none where it cannot be read."""
    found = _LINE.fullmatch(line)
    if found is None:
        return
    parts = found.groups()
    first, kind = _date(parts[:3]), _kind(parts[6])
    last = _date(parts[3:6]) if parts[3] else first
    if first is None or last is None or kind is None or not timedelta(0) <= last - first <= LONGEST_RANGE:
        return
    for n in range((last - first).days + 1):
        yield DayRow(first + timedelta(days=n), kind, (parts[7] or "").strip())


def _date(parts: Sequence[str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _kind(written: str) -> DayKind | None:
    for code, label in VOCABULARIES["DayKind"].items():
        if written.casefold() in {code.casefold(), label.zh, label.en.casefold()}:
            return DayKind(code)
    return None


#: A number of a part of a score: at most four places, so that no score is a matter of rounding.
_NUMBER = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,4})?")
#: What stands behind an indicator, in this order.
_NUMBERS = ("worth", "target", "slope", "least")


class PartsField(CleanText):
    """Parts of a score, one a line: "满意率 25 98 0.5 12.5" → the indicator (its words or its code) and its numbers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Part, ...]:
        lines = super()._deserialize(value, attr, data, **kwargs).splitlines()
        found = [(number, _part(line)) for number, line in enumerate(lines, start=1) if line.strip()]
        wrong = [Problem("part_line", line=number) for number, part in found if part is None]
        if wrong:
            raise ValidationError(wrong[:MOST_COMPLAINTS])
        return tuple(part for _, part in found if part is not None)


def _part(line: str) -> Part | None:
    name, *numbers = re.split(_BETWEEN, line.strip())
    figure = _figure(name)
    if figure is None or not 1 <= len(numbers) <= len(_NUMBERS) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    return Part(figure, **dict(zip(_NUMBERS, map(Decimal, numbers), strict=False)))


def _figure(written: str) -> Figure | None:
    for code, label in VOCABULARIES["Figure"].items():
        if written.casefold() in {code.casefold(), label.zh, label.en.casefold()}:
            return Figure(code)
    return None


def parts_as_written(parts: Iterable[Mapping[str, Any]]) -> str:
    """The parts of a plan as its form has them."""
    return "\n".join(
        " ".join([VOCABULARIES["Figure"][part["figure"]].zh, *(part[name] for name in _NUMBERS if name in part)])
        for part in parts
    )
