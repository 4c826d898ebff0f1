"""What one question to the calendar costs: when is it due, how much has gone by, how much is left, when does it warn.

Asked of offices, of units on duty round the clock and of one that works nights, in every basis, with starts in all
years the calendar knows and a few it does not. Microseconds a call by percentile; `worst_p99` is to stay below 1,000.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter_ns
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place
from tests.rules.official import DUTY, OFFICE, official_rows
from workflows.rules.calendar import Basis, Calendar, due, elapsed, remaining, warn_at

NIGHTS = Calendar.from_days(official_rows(), ((time(0), time(6)), (time(22), time(0))))
#: Mostly offices, as units are.
CALENDARS = (OFFICE, OFFICE, OFFICE, DUTY, NIGHTS)
#: Amounts that occur in limits, by basis; a few of them long.
AMOUNTS = {
    Basis.MIN: (30, 60), Basis.H: (2, 24, 48), Basis.WH: (2, 4, 8), Basis.WD: (1, 3, 5, 15, 60), Basis.CD: (5, 15),
    Basis.CDR: (15, 30),
}
FIRST, SECONDS = datetime(2004, 1, 1, tzinfo=UTC), int(timedelta(days=27 * 365).total_seconds())

Question = Callable[[], object]


def asked(count: int) -> Iterator[dict[str, Question]]:
    """So many limits, each with its four questions."""
    chance = Random(7)
    for _ in range(count):
        days, basis = chance.choice(CALENDARS), chance.choice(list(AMOUNTS))
        amount = chance.choice(AMOUNTS[basis])
        start = FIRST + timedelta(seconds=chance.randrange(SECONDS), microseconds=chance.randrange(10**6))
        end = due(days, start, basis, amount)
        now = start + (end - start) * chance.uniform(0, 1.5)
        yield {
            "due": lambda d=days, s=start, b=basis, a=amount: due(d, s, b, a),
            "elapsed": lambda d=days, s=start, n=now, b=basis: elapsed(d, s, n, b),
            "remaining": lambda d=days, n=now, e=end: remaining(d, n, e),
            "yellow": lambda d=days, s=start, e=end, b=basis: warn_at(d, s, e, b),
        }


def measure(count: int) -> dict[str, Any]:
    """Half of the calls of each question take no longer than `p50`, of a hundred one takes longer than `p99`."""
    taken: dict[str, list[float]] = {}
    for questions in asked(count):
        for name, ask in questions.items():
            begun = perf_counter_ns()
            ask()
            taken.setdefault(name, []).append((perf_counter_ns() - begun) / 1000)
    figures: dict[str, Any] = {"calls": 4 * count}
    for name, times in taken.items():
        cuts = quantiles(times, n=100)
        figures |= {f"{name}_p50": round(cuts[49], 1), f"{name}_p99": round(cuts[98], 1)}
    return figures | {"worst_p99": max(figures[f"{name}_p99"] for name in taken)}


def main() -> None:
    """Measure, and say the figures."""
    place.finish(measure(place.arguments(__doc__, tickets=50_000).tickets))


if __name__ == "__main__":
    main()
