"""Working time the slow and obvious way: every minute of fourteen months, looked at one by one.

Written apart from `workflows.rules.calendar` and sharing no code with it. A minute is the hour and minute the
wall clock shows; when the clock is set back, the wall is held at the latest time already shown until it
passes it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST = datetime(2025, 12, 1, tzinfo=UTC)
COUNT = 426 * 1440  # to the end of January 2027


@cache
def walls(zone: str) -> tuple[list[date], list[int]]:
    """For every minute from FIRST the local date and the minute of the day."""
    info, latest = ZoneInfo(zone), datetime(1, 1, 1)  # noqa: DTZ001 — a wall clock
    dates, minutes = [], []
    for n in range(COUNT):
        local = (FIRST + timedelta(minutes=n)).astimezone(info).replace(tzinfo=None)
        latest = max(latest, local)
        day = latest.date()
        dates.append(dates[-1] if dates and dates[-1] == day else day)  # one object a day saves memory
        minutes.append(latest.hour * 60 + latest.minute)
    return dates, minutes


def index(at: datetime) -> int:
    """The minute that begins at this moment."""
    seconds = (at - FIRST).total_seconds()
    assert seconds % 60 == 0
    return int(seconds // 60)


class Minutes:
    """The same questions as to a Calendar, in minutes from FIRST."""

    def __init__(self, zone, blocks, off_days, work_days, all_days):
        self.dates, self.minutes = walls(zone)
        self.blocks, self.off_days, self.work_days, self.all_days = blocks, off_days, work_days, all_days
        ends = [self._minute(end) or 1440 for _, end in blocks]
        self.close = ends[-1]
        self._known: dict[date, bool] = {}
        self.open_minutes = {
            minute for (start, _), end in zip(blocks, ends, strict=True) for minute in range(self._minute(start), end)
        }

    @staticmethod
    def _minute(at: time) -> int:
        return at.hour * 60 + at.minute

    def works(self, day: date) -> bool:
        if day not in self._known:
            self._known[day] = self._works(day)
        return self._known[day]

    def _works(self, day: date) -> bool:
        if self.all_days:
            return True
        if day in self.off_days:
            return False
        return day in self.work_days or day.strftime("%a") not in ("Sat", "Sun")

    def is_open(self, n: int) -> bool:
        return self.minutes[n] in self.open_minutes and self.works(self.dates[n])

    def count(self, a: int, b: int) -> int:
        return sum(self.is_open(n) for n in range(a, b))

    def add(self, n: int, minutes: int) -> int:
        while minutes:
            minutes -= self.is_open(n)
            n += 1
        return n

    def take(self, n: int, minutes: int) -> int:
        """The first moment from which exactly so many open minutes lead to n."""
        while minutes:
            n -= 1
            minutes -= self.is_open(n)
        while not self.is_open(n - 1):
            n -= 1
        return n

    def next_open(self, n: int) -> int:
        while not self.is_open(n):
            n += 1
        return n

    def closing(self, n: int) -> int:
        """Close of business of the day of minute n, when that is still to come or just now."""
        day = self.dates[n]
        while self.dates[n] == day and self.minutes[n] < self.close:
            n += 1
        return n

    def next_day(self, n: int) -> int:
        day = self.dates[n]
        while self.dates[n] == day:
            n += 1
        return n

    def due_working_days(self, n: int, days: int) -> int:
        while days:
            n = self.next_day(n)
            days -= self.works(self.dates[n])
        return self.closing(n)

    def due_calendar_days(self, n: int, days: int, roll: bool) -> int:
        for _ in range(days):
            n = self.next_day(n)
        while roll and not self.works(self.dates[n]):
            n = self.next_day(n)
        return self.next_day(n)

    def eve(self, due: int) -> int:
        """Close of the working day before the due's working day, for the yellow card."""
        n, seen = due - 1, set()
        while len(seen) < 2:
            if self.works(self.dates[n]):
                seen.add(self.dates[n])
            n -= 1
        day = self.dates[n + 1]
        while self.dates[n] == day:
            n -= 1
        return self.closing(n + 1)
