"""What is usual: how often each matter is asked about in the weeks before a period (`rules.baseline`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from workflows.model.base import db
from workflows.model.reference import ZONE, Reference, reference
from workflows.model.ticket import Ticket
from workflows.read.intake import matters_by_day
from workflows.read.periods import Period
from workflows.rules.baseline import WEEKS, Baseline, baseline, weeks_known
from workflows.rules.roles import Actor

#: A matter is looked at on this level of the tree.
TOPIC_LEVEL = 2


def topic_of(ref: Reference, category_id: int | None) -> int | None:
    """The matter above a matter, or itself, on the level they are looked at; None for an unknown one."""
    known = ref.categories.get(category_id)
    if known is None:
        return None
    above = [int(part) for part in known.path.strip("/").split("/")]
    return above[min(TOPIC_LEVEL, len(above)) - 1]


class Usual:
    """The baselines of a period for these eyes; every matter is known, the one nobody asked about by zero."""

    def __init__(self, first: date, last: date, weeks: int, daily: Mapping[int, Mapping[date, int]]) -> None:
        self._asked = first, last, weeks
        self._daily = daily

    def of(self, category_id: int) -> Baseline | None:
        """What is usual for a matter; None where too few weeks are known."""
        return baseline(self._daily.get(category_id, {}), *self._asked)


def usual(actor: Actor, first: date, last: date, *where: ColumnElement[bool]) -> Usual:
    """What was usual before a period, of what `where` says, by the requests of the eight weeks before it."""
    weeks = weeks_known(_oldest(), first)
    daily: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    if weeks:
        before, ref = Period(first - timedelta(weeks=WEEKS), first - timedelta(days=1)), reference()
        for category_id, on, n in matters_by_day(actor, before, *where):
            topic = topic_of(ref, category_id)
            if topic is not None:
                daily[topic][on] += n
    return Usual(first, last, weeks, daily)


def _oldest() -> date | None:
    """The day the first request came on."""
    first = db.session.scalar(select(func.min(Ticket.created_at)))
    return None if first is None else first.astimezone(ZONE).date()
