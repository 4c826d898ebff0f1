"""What New York's and Boston's requests come to, counted by hand: from the files, in whole days, without the product.

Nothing here is the product's: not its code, its database, its calendar or its readers. What days are worked is taken
from the State Council's notices (`chinese_calendar`), of which the product has its own copy.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import chinese_calendar

NEW_YORK, BOSTON = "nycomplaints_341299.csv.gz", "qsv_boston311-100.csv"
#: New York's file names no due: what the product grants whoever asks for help, and what we had it grant two matters.
WORKING_DAYS, LONGER = 5, {"Housing and Buildings": 15, "Transportation": 10}
#: Minutes of a working day, and how many of them are left at 17:00, when answers are given.
DAY_MINUTES, LEFT_MINUTES = 420, 30
AGES = {1: "UP_TO_1", 3: "UP_TO_3", 5: "UP_TO_5", 10: "UP_TO_10"}
OLDER = "OVER_10"
#: Figures of a due, of a request dispatched; each is (how many of it, of how many).
OF_DUE = ("ON_TIME", "OVERDUE", "CLOSED_OF_DUE")
OF_DISPATCHED = ("CLOSED_OF_DISPATCHED", "ON_TIME_OF_DISPATCHED")

WORKED = [day for n in range(4_383) if chinese_calendar.is_workday(day := date(2014, 1, 1) + timedelta(days=n))]


def worked_through(day: date) -> int:
    """How many days have been worked when the day is over."""
    return bisect_right(WORKED, day)


def open_file(path: Path) -> IO[str]:
    """A file of the folder, packed or not."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


@dataclass(frozen=True)
class Case:
    """A request of New York as it stood when a day was over."""

    key: str
    office: str
    opened: date
    due: date
    closed: date | None

    @property
    def in_time(self) -> bool:
        """Whether it was closed on the day it was due, or before."""
        return self.closed is not None and self.closed <= self.due


def new_york(folder: Path, until: date, every: int = 1) -> Iterator[Case]:
    """Every so many-th request of the file, those opened by a day; what was closed later was open then."""
    with open_file(folder / NEW_YORK) as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if number % every or (opened := date.fromisoformat(row["opendate"])) > until:
                continue
            closed = date.fromisoformat(row["closedate"]) if row["closedate"] else None
            days = LONGER.get(row["complaint_type"], WORKING_DAYS)
            # the day it came is not counted
            due = WORKED[worked_through(opened) + days - 1]
            yield Case(row["unique_key"], row["account"], opened, due, closed if closed and closed <= until else None)


Line = tuple[str, str, date, int]


def overdue_lines(cases: Iterable[Case], until: date) -> Counter[Line]:
    """What is overdue when a day is over: (request, office, due, days worked since)."""
    return Counter(
        (case.key, case.office, case.due, worked_through(until) - worked_through(case.due))
        for case in cases if case.closed is None and case.due <= until
    )


def ages(lines: Counter[Line]) -> Counter[tuple[str, str]]:
    """The same by office and by how long."""
    found: Counter[tuple[str, str]] = Counter()
    for (_, office, _, days), n in lines.items():
        found[office, next((name for most, name in AGES.items() if days <= most), OLDER)] += n
    return found


#: (month, office, figure) → (how many, of how many); the office "" is all of them. MINUTES are those worked from
#: dispatch to answer, of so many answers.
Figures = dict[tuple[str, str, str], tuple[int, int]]


def figures(cases: Iterable[Case], until: date) -> Figures:
    """The figures of every month and office, as far as anything was counted."""
    found: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for case in cases:
        for day, figure, hit, counted in _counted(case, until):
            for office in (case.office, "") if counted else ():
                sums = found[f"{day:%Y-%m}", office, figure]
                sums[0] += hit
                sums[1] += 1
    return {of: (hits, counted) for of, (hits, counted) in found.items()}


def _counted(case: Case, until: date) -> Iterator[tuple[date, str, int, bool]]:
    """Day it counts on, figure, what it adds to it, whether it counts at all."""
    closed = case.closed is not None
    yield case.opened, "RECEIVED", 1, True
    yield case.closed or until, "CLOSED", 1, closed
    for figure, hit in zip(OF_DUE, (case.in_time, not case.in_time, closed), strict=True):
        yield case.due, figure, hit, closed or case.due <= until
    for figure, hit in zip(OF_DISPATCHED, (closed, case.in_time), strict=True):
        yield case.opened, figure, hit, True
    if case.closed:
        days = worked_through(case.closed) - worked_through(case.opened - timedelta(days=1))
        left = LEFT_MINUTES if chinese_calendar.is_workday(case.closed) else 0
        yield case.due, "MINUTES", days * DAY_MINUTES - left, True


ON_TIME, OVERDUE = "ONTIME", "OVERDUE"


@dataclass(frozen=True)
class Flagged:
    """A case of Boston: its times as they are written, and the city's own verdict."""

    key: str
    target: str
    closed: str
    status: str
    flag: str

    def by_its_times(self, until: str) -> str:
        """The verdict its times give: overdue is what passed its target unclosed; without a target nothing is."""
        return OVERDUE if self.target and (self.closed or until) > self.target else ON_TIME

    def cause(self, until: str) -> str:
        """Why somebody might judge it otherwise than the flag does."""
        if self.by_its_times(until) != self.flag:
            return "flag_contradicts_its_times"
        if bool(self.closed) != (self.status == "Closed"):
            return "status_contradicts_its_times"
        if not self.target:
            return "no_target"
        if self.closed == self.target:
            return "closed_the_second_it_was_due"
        return "clock_change" if self._between_clocks(until) else "unexplained"

    def _between_clocks(self, until: str) -> bool:
        """Whether the clocks were changed between target and end so that the order is another in Boston's own zone."""
        zone = ZoneInfo("America/New_York")
        target, end = (datetime.fromisoformat(at).replace(tzinfo=zone).timestamp()
                       for at in (self.target, self.closed or until))
        return (end > target) != ((self.closed or until) > self.target)


def boston(folder: Path, every: int = 1) -> list[Flagged]:
    """Every so many-th case of the file."""
    with open_file(folder / BOSTON) as lines:
        return [
            Flagged(row["case_enquiry_id"], row["target_dt"], row["closed_dt"], row["case_status"], row["ontime"])
            for number, row in enumerate(csv.DictReader(lines)) if not number % every
        ]


def seen_until(cases: Iterable[Flagged]) -> date:
    """The last day the file knows of: its last case closed, or the last target it calls overdue."""
    known = (at for case in cases for at in (case.closed, case.target if case.flag == OVERDUE else "") if at)
    return datetime.fromisoformat(max(known)).date()
