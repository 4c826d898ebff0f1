"""Counts over all open work, which take longer the more of it there is, kept a while for everybody of one scope.

A count that took long is kept fifty times as long as it took, ten seconds at most: counting then never takes more
than a fiftieth of a process's time, however many look. A count that took no time worth mentioning is never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from workflows.model.base import db

T = TypeVar("T")

#: Seconds a count may take without being kept, how many times as long as it took it is kept, and the most seconds.
CHEAP, TIMES, MOST = 0.02, 50, 10.0
#: Counts kept at most, before all are forgotten.
ROOM = 500
_held: WeakKeyDictionary[Engine, dict[Hashable, tuple[float, Any]]] = WeakKeyDictionary()


def kept(key: Hashable, count: Callable[[], T]) -> T:
    """The answer of `count`, or the one given for this key a moment ago; nobody may change it.

    `key` names the question and whose eyes it is asked for.
    """
    answers = _held.setdefault(db.engine, {})
    begun = monotonic()
    until, answer = answers.get(key, (begun, None))
    if begun < until:
        return answer
    answer = count()
    taken = monotonic() - begun
    if taken >= CHEAP:
        if len(answers) >= ROOM:
            answers.clear()
        answers[key] = (begun + min(taken * TIMES, MOST), answer)
    return answer
