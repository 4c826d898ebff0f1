"""Is it more than usual? The baseline a matter's count is held against (热点预警, domain §9.2 and §9.3 W3).

What is usual on a day are the counts of the same weekday in the eight weeks before. A period's baseline adds up those
of its days: their means, and their spreads as those of independent days. A matter is hot when it is asked about more
than three spreads above the mean, and often enough to mean something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import mean, variance

#: Weeks looked back, and how many of them must be known at least: a young installation knows nothing usual yet.
WEEKS, LEAST_WEEKS = 8, 4
#: Spreads above the mean, and the least count.
SPREADS, LEAST = 3, 10
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often a matter is usually asked about in such a period, and by how much that varies (standard deviation)."""

    mean: float
    spread: float

    def exceeded_by(self, count: int) -> bool:
        """Whether so many are out of the ordinary."""
        return count >= LEAST and count > self.mean + SPREADS * self.spread


def weeks_known(oldest: date | None, first: date) -> int:
    """How many of the weeks before a day are known whole, when counting began on the day `oldest`."""
    return 0 if oldest is None else max(0, min(WEEKS, (first - oldest).days // 7))


def baseline(daily: Mapping[date, int], first: date, last: date, weeks: int) -> Baseline | None:
    """What is usual for a period, from the counts of each day of so many weeks before it; None for too few weeks.

    A day that is not among the counts had none.
    """
    if weeks < LEAST_WEEKS:
        return None
    usual: list[tuple[float, float]] = []
    for place in range(7):
        same = [daily.get(first + timedelta(days=place) - _WEEK * back, 0) for back in range(1, weeks + 1)]
        usual.append((mean(same), variance(same)))
    days = [usual[place % 7] for place in range((last - first).days + 1)]
    return Baseline(sum(middle for middle, _ in days), sqrt(sum(varied for _, varied in days)))
