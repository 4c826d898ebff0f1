"""Overdue and figures on real requests, each line against a count by hand from the file they came in.

    python bench/us311.py [--tickets 341299]

New York's requests (HOTLINE_SHARED_DATA or ../shared/data) are loaded as they stood on a busy day and again as they
stand at their end, Boston's as they stand at theirs; fewer than all are taken evenly from the whole file. Compared are
every overdue request and the table of ages, the figures of every office and month, and all figures with the product's
own recount. Boston flags its cases as on time or overdue: each flag is compared with our verdict, and each difference
has a cause (`us311_recount.Flagged.cause`). Local times are taken as they stand, as wall times of the hotline's zone.

One line of JSON says how much was compared, and the differences, of which there are to be none.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, town, us311_load, us311_recount
from workflows.model.base import db, now, rehearse
from workflows.model.reference import ZONE
from workflows.read import figures, overdue
from workflows.read.paging import MOST
from workflows.read.recount import recount
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode

TICKETS = 341_299
#: When most of New York's requests were open: the end of that day is looked at too.
BUSY = date(2019, 6, 23)
ASKED = tuple(Figure(name) for name in (*us311_recount.OF_DUE, *us311_recount.OF_DISPATCHED))
#: Days of a recount: less than the longest period there may be.
CHUNK = timedelta(days=1000)
SHOWN = 20


def supervisor() -> Any:
    """Who sees all."""
    return town.actor(f"desk{1 + town.HOTLINE_DESKS.index(town.Role.SUPERVISOR)}")


@contextmanager
def at_the_end_of(day: date) -> Iterator[None]:
    """The block lives in the midnight after a day; a few hours of it would not change what is counted in days."""
    db.session.rollback()
    with rehearse(midnight_after(day) - now()):
        yield
    db.session.rollback()


def midnight_after(day: date) -> datetime:
    """The moment a day is over."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)


def differences(what: str, ours: Counter, theirs: Counter) -> int:
    """How many lines only one of two counts has; the first of them are said."""
    apart = [*(("ours", line) for line in (ours - theirs).elements()),
             *(("by hand", line) for line in (theirs - ours).elements())]
    for whose, line in apart[:SHOWN]:
        sys.stderr.write(f"{what}, only {whose}: {line}\n")
    return len(apart)


# --- overdue


def overdue_lines() -> Counter[us311_recount.Line]:
    """Our list of what is overdue, to its last page."""
    lines, after, who = Counter(), None, supervisor()
    while True:
        page = overdue.overdue(who, code=ClockCode.HANDLING, after=after, size=MOST)
        for row in page.items:
            lines[row.title, row.unit_name, row.due_at.astimezone(ZONE).date(), row.working_days] += 1
        if (after := page.next) is None:
            return lines


def ages() -> Counter[tuple[str, str]]:
    """Our table of ages."""
    table = overdue.ageing(supervisor())
    return Counter({(line.unit_name, str(bucket)): n for line in table for bucket, n in line.counts.items() if n})


def compare_overdue(folder: Path, day: date, every: int) -> dict[str, int]:
    """What was overdue at the end of a day, by our report and by hand."""
    with place.timed(f"overdue of {day}"), at_the_end_of(day):
        ours, our_ages = overdue_lines(), ages()
    by_hand = us311_recount.overdue_lines(us311_recount.new_york(folder, day, every), day)
    apart = differences("overdue", ours, by_hand)
    apart += differences("age", our_ages, us311_recount.ages(by_hand))
    return {"overdue": by_hand.total(), "lines": by_hand.total() + len(our_ages), "differences": apart}


# --- figures


def our_figures(first: date, last: date) -> us311_recount.Figures:
    """The figures of every month and unit, as far as anything was counted."""
    found: us311_recount.Figures = {}
    for begin, end in _months(first, last):
        for line in figures.figures(supervisor(), begin, end, ASKED):
            minutes = round(line.handling.days * us311_recount.DAY_MINUTES)
            counted = {"RECEIVED": (line.received,) * 2, "CLOSED": (line.closed,) * 2,
                       "MINUTES": (minutes, line.handling.answers)}
            counted |= {str(figure): (ratio.numerator, ratio.denominator) for figure, ratio in line.ratios.items()}
            found |= {(f"{begin:%Y-%m}", line.name, name): pair for name, pair in counted.items() if pair[1]}
    return found


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = first.replace(day=1)
    while begin <= last:
        following = (begin + timedelta(days=31)).replace(day=1)
        yield begin, following - timedelta(days=1)
        begin = following


def compare_figures(folder: Path, first: date, last: date, every: int) -> dict[str, int]:
    """The figures of every month and office at the end of the last day, by us and by hand."""
    by_hand = us311_recount.figures(us311_recount.new_york(folder, last, every), last)
    with place.timed("figures"), at_the_end_of(last):
        # some of what is open is due only after the last day
        ours = our_figures(first, last + timedelta(days=31))
    return {"lines": len(by_hand),
            "differences": differences("figures", Counter(ours.items()), Counter(by_hand.items()))}


def recount_differences(first: date, last: date) -> int:
    """What the product's own recount of all its figures finds."""
    found = 0
    with place.timed("recount"), at_the_end_of(last):
        while first <= last:
            apart = recount(first, min(first + CHUNK, last))
            for one in apart[:SHOWN]:
                sys.stderr.write(f"recount: {one}\n")
            found += len(apart)
            first += CHUNK + timedelta(days=1)
    return found


# --- Boston


def verdicts(first: date, last: date) -> dict[str, str]:
    """Our verdict on every case that was due, as the tickets behind the on-time rate say it."""
    found: dict[str, str] = {}
    flags = {figures.Part.NUMERATOR: us311_recount.ON_TIME, figures.Part.REST: us311_recount.OVERDUE}
    for part, flag in flags.items():
        after, who = 0, supervisor()
        while rows := figures.tickets_behind(who, Figure.ON_TIME, part, first, last, after=after):
            found |= {row.title: flag for row in rows}
            after = rows[-1].key
    return found


def compare_flags(cases: list[us311_recount.Flagged], ours: dict[str, str], until: str) -> dict[str, Any]:
    """Our verdicts beside the city's flags; what is open and not late counts as on time, as the city has it."""
    causes: Counter[str] = Counter()
    for case in cases:
        verdict = ours.get(case.key, "" if case.closed else us311_recount.ON_TIME)
        if verdict != case.flag:
            causes[case.cause(until)] += 1
            sys.stderr.write(f"flag: {case}, ours {verdict or 'none'}: {case.cause(until)}\n")
    return {
        "boston_cases": len(cases), "boston_closed": sum(bool(case.closed) for case in cases),
        "boston_agree": len(cases) - causes.total(), "boston_disagree": dict(causes),
        "boston_flags_contradicted": sum(case.by_its_times(until) != case.flag for case in cases),
    }


# --- both cities


def new_york(environ: dict[str, str], folder: Path, every: int = 1, busy: date = BUSY) -> dict[str, int]:
    """Load New York as of a day in the middle and as of its last, and compare."""
    requests = us311_load.new_york(folder, every)
    first, last = min(one.opened for one in requests).date(), us311_load.last_day(requests)
    found: dict[str, int] = {"overdue_lines": 0, "overdue_differences": 0}
    for day in (busy, last):
        # an application of its own, which has counted nothing yet
        with place.opened(environ):
            with place.timed(f"loaded as of {day}"):
                found["tickets"] = us311_load.load(environ[place.ADMIN], requests, midnight_after(day), limited=True)
            compared = compare_overdue(folder, day, every)
            found[f"overdue_{day}"] = compared["overdue"]
            found["overdue_lines"] += compared["lines"]
            found["overdue_differences"] += compared["differences"]
    with place.opened(environ):
        compared = compare_figures(folder, first, last, every)
        found |= {"figure_lines": compared["lines"], "figure_differences": compared["differences"],
                  "recount_differences": recount_differences(first, last)}
    return found


def boston(environ: dict[str, str], folder: Path, every: int = 1) -> dict[str, Any]:
    """Load Boston and compare."""
    requests, cases = us311_load.boston(folder, every), us311_recount.boston(folder, every)
    first, last = min(one.opened for one in requests).date(), us311_recount.seen_until(cases)
    with place.opened(environ):
        us311_load.load(environ[place.ADMIN], requests, midnight_after(last), limited=False)
        with at_the_end_of(last):
            ours = verdicts(first, last)
        found = compare_flags(cases, ours, str(midnight_after(last).replace(tzinfo=None)))
        return found | {"recount_differences": recount_differences(first, last)}


def main() -> None:
    """Load, compare, and say the differences."""
    folder = place.real_data() / "us311"
    asked = place.arguments(__doc__.splitlines()[0], tickets=TICKETS)
    begun = time.perf_counter()
    with place.prepared() as environ:
        found = new_york(environ, folder, max(1, TICKETS // asked.tickets))
        flags = boston(environ, folder)
    flags["recount_differences"] += found["recount_differences"]
    place.finish(found | flags | {"seconds": round(time.perf_counter() - begun)})


if __name__ == "__main__":
    main()
