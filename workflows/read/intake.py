"""What came in over a period, counted by everything at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, tuple_

from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.read import facts
from workflows.read.fates import FATE, Fate
from workflows.read.periods import Period, day_of
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState
from workflows.rules.tallying import By
from workflows.scope import counted_for


@dataclass(frozen=True)
class Intake:
    """What came in: all, by channel, kind, day (each of the period) and matter, and what was done with it at once."""

    total: int
    channels: Mapping[str, int]
    kinds: Mapping[str, int]
    days: Mapping[date, int]
    direct: int
    refused: int
    merged: int
    dispatched: int
    #: How many requests there were of each matter, by its key.
    matters: Mapping[int, int]

    @property
    def by_phone(self) -> int:
        """Calls; the rest came another way."""
        return self.channels.get(str(Channel.PHONE), 0)


def intake_of(actor: Actor, first: date, last: date, *where: ColumnElement[bool]) -> Intake:
    """What came in over a period, of it what `where` says; of the last minutes perhaps not all (`read.facts.as_of`)."""
    period = Period(first, last)
    kept, open_days = _kept_of(period, where)
    found: dict[By, Counter[str]] = {by: Counter() for by in By}
    days: Counter[date] = Counter(dict(map(tuple, facts.arrivals_by_day(kept.days, actor))))
    for by, value, n in facts.arrivals(kept.days, actor):
        found[By(by)][value] += n
    for part in open_days:
        _count(arrivals(part, counted_for(actor, Ticket.lead_unit_id), *where), found, days)
    channels, fates = found[By.CHANNEL], found[By.FATE]
    matters = {int(key): n for key, n in found[By.MATTER].items()}
    return Intake(
        sum(channels.values()), channels, found[By.KIND], {day: days[day] for day in period.days}, fates[Fate.DIRECT],
        fates[Fate.REFUSED], fates[Fate.MERGED], fates[Fate.DISPATCHED], matters,
    )


def matters_by_day(actor: Actor, period: Period, *where: ColumnElement[bool]) -> Iterator[tuple[int, date, int]]:
    """How many requests there were of each matter on each day, of what `where` says."""
    kept, open_days = _kept_of(period, where)
    for day, key, n in facts.matters_by_day(kept.days, actor):
        yield int(key), day, n
    for part in open_days:
        came = arrivals(part, counted_for(actor, Ticket.lead_unit_id), *where).subquery("came")
        columns = came.c.day, came.c[str(By.MATTER)]
        for day, key, n in db.session.execute(select(*columns, func.count()).group_by(*columns)):
            yield int(key), day, n


def _kept_of(period: Period, where: tuple[ColumnElement[bool], ...]) -> tuple[facts.Kept, list[Period]]:
    """The days of a period that are kept, and the others: all of them where only some requests are asked about."""
    return (facts.Kept(), [period]) if where else facts.kept_of(period, whole_months=False)


def _count(asked: Select[Any], found: dict[By, Counter[str]], days: Counter[date]) -> None:
    came = asked.subquery("came")
    by = [came.c[str(one)] for one in By]
    sets = func.grouping_sets(*(tuple_(column) for column in (*by, came.c.day)))
    which = func.grouping(*by, came.c.day)
    alone = {_alone(place, len(by) + 1): one for place, one in enumerate(By)}
    for part, *values, day, n in db.session.execute(select(which, *by, came.c.day, func.count()).group_by(sets)):
        if part in alone:
            found[alone[part]][next((value for value in values if value is not None), None)] += n
        else:
            days[day] += n


def arrivals(period: Period, *where: ColumnElement[bool]) -> Select[Any]:
    """The requests of a period: day, unit, and what they are counted by."""
    columns = {By.CHANNEL: Ticket.channel, By.KIND: Ticket.kind, By.FATE: FATE,
               By.MATTER: cast(Ticket.category_id, String)}
    return select(
        day_of(Ticket.created_at).label("day"), func.coalesce(Ticket.lead_unit_id, 0).label("unit_id"),
        *(column.label(by) for by, column in columns.items()),
    ).where(period.holds(Ticket.created_at), Ticket.state != str(TicketState.DRAFT), *where)


def _alone(place: int, of: int) -> int:
    """What `grouping` says of a set of the one column at this place: a bit for each column that is not in it."""
    return (1 << of) - 1 - (1 << (of - 1 - place))
