"""Wall-clock days of a time zone as exact instants, summer time included.

Instants and wall times are whole microseconds (`ordinal * DAY + microseconds of the day`), so that sums are
exact. A wall time that the clock skips stands for the moment of the jump; one that it shows twice stands for
the first showing. With that every wall time has one instant, in the same order, and every day a start and an
end.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400_000_000
"""Microseconds of an ordinary day."""

_MICROSECOND = timedelta(microseconds=1)
_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)  # ordinal 1, hence the DAY added below
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # jumps of the clock outside these years are not looked for


def to_instant(at: datetime) -> int:
    """The instant of an aware datetime. A naive one has no instant and raises ValueError."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"a time without a zone is refused: {at!r}")
    return (at - _ORIGIN) // _MICROSECOND + DAY


def to_datetime(instant: int) -> datetime:
    """The instant as an aware UTC datetime."""
    return _ORIGIN + timedelta(microseconds=instant - DAY)


class Zone:
    """A time zone, asked for the day of an instant and the instant of a wall time."""

    def __init__(self, name: str) -> None:
        self.info = ZoneInfo(name)
        jumps = list(_jumps(self.info))
        self._jumps = [instant for instant, _, _ in jumps]
        self.shift_days = frozenset(
            ordinal
            for instant, before, after in jumps
            for ordinal in range((instant + min(before, after)) // DAY, (instant + max(before, after)) // DAY + 1)
        )
        """Ordinals of the days on which the clock jumps; every other day has one offset from start to end."""

    def instant(self, ordinal: int, wall: int = 0) -> int:
        """The instant at which the clock first shows `wall` microseconds of the day; DAY is 24:00."""
        ordinal, wall = ordinal + wall // DAY, wall % DAY
        local = datetime.fromordinal(ordinal) + timedelta(microseconds=wall)
        instant = ordinal * DAY + wall - _offset(local.replace(tzinfo=self.info))
        if ordinal not in self.shift_days:
            return instant
        if to_datetime(instant).astimezone(self.info).replace(tzinfo=None) == local:
            return instant
        return self._jumps[bisect_left(self._jumps, instant + 1) - 1]

    def day(self, instant: int) -> int:
        """The ordinal of the day the instant lies in. A clock set back past midnight reopens no day."""
        ordinal = to_datetime(instant).astimezone(self.info).toordinal()
        if ordinal in self.shift_days and instant >= self.instant(ordinal + 1):
            return ordinal + 1
        return ordinal


@lru_cache(maxsize=64)
def zone_named(name: str) -> Zone:
    """The zone of this IANA name, made once. Raises ZoneInfoNotFoundError (a KeyError) when unknown."""
    return Zone(name)


def _offset(at: datetime) -> int:
    return at.utcoffset() // _MICROSECOND


def _jumps(info: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """(instant, offset before, offset after) of each jump, found week by week and then by halving."""
    step = 7 * DAY
    low = to_instant(datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC))
    end = to_instant(datetime(_LAST_YEAR, 1, 1, tzinfo=UTC))
    before = _offset(to_datetime(low).astimezone(info))
    while low < end:
        high = low + step
        after = _offset(to_datetime(high).astimezone(info))
        if after != before:
            yield _halve(info, low, high, before), before, after
        low, before = high, after


def _halve(info: ZoneInfo, low: int, high: int, before: int) -> int:
    second = 1_000_000
    while high - low > second:
        middle = (low + high) // 2 // second * second
        if _offset(to_datetime(middle).astimezone(info)) == before:
            low = middle
        else:
            high = middle
    return high
