"""How often one account may ask: a bucket per account and process, in memory.

It keeps one mad client from starving the others; it is not a quota. Nothing is asked of Redis, so the limit costs
nothing and never fails a request.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from workflows.rules.roles import Actor

#: Requests a second that may go on for ever, and how many may come at once.
PER_SECOND = 500
AT_ONCE = 1_000
_MOST_ACCOUNTS = 10_000


class Buckets:
    """Token buckets by key, refilled by the passing of time. Seconds are those of a monotonic clock."""

    def __init__(self, per_second: float = PER_SECOND, at_once: int = AT_ONCE) -> None:
        self.per_second, self.at_once = per_second, at_once
        self._left: dict[object, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, key: object, at: float) -> bool:
        """Whether one more request fits."""
        with self._lock:
            if len(self._left) > _MOST_ACCOUNTS:
                self._left.clear()
            left, since = self._left.get(key, (self.at_once, at))
            left = min(self.at_once, left + (at - since) * self.per_second)
            allowed = left >= 1
            self._left[key] = (left - allowed, at)
            return allowed


_buckets = Buckets()


def within_limit(actor: Actor) -> bool:
    """Whether this account may ask once more now."""
    return _buckets.take(actor.user_id, monotonic())
