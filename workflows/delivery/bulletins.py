"""What supervisors and leaders find in the morning: the numbers of yesterday, of the week or the month that ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows import outbox
from workflows.model import leaps
from workflows.model.base import transaction
from workflows.model.reference import ZONE, Reference, moment
from workflows.read.bulletin import Bulletin, bulletin
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM, Role
from workflows.rules.vocabulary import UnitKind

KIND = "bulletin"

def tell_bulletins() -> int:
    """Tell them the bulletins that are due today, numbers alone. Once for each period, however often it runs.

    Nothing while a leap of the database's clock waits to be looked at.
    """
    told = 0
    with transaction():
        at, ref = moment()
        if leaps.holds(at):  # the next day asks again; what a clock that leapt says is no bulletin
            return 0
        for first, last in periods(at.astimezone(ZONE).date()):
            data = _numbers(bulletin(SYSTEM, first, last))
            rows = [
                outbox.message(f"{KIND}:{first}:{last}:{role}", outbox.NOTICE, None, at, kind=KIND, unit_id=unit_id,
                               role=str(role), ticket_no="", data=data)
                for role, unit_id in readers(ref)
            ]
            outbox.put_all(rows)
            told += len(rows)
    return told


def readers(ref: Reference) -> list[tuple[Role, int]]:
    """Who is told, each with the unit they are looked for in: the hotline's own, and leaders of the district."""
    of_hotline = [(role, ref.hotline_unit_id) for role in (Role.SUPERVISOR, Role.HOTLINE_DIR)]
    return of_hotline + [(Role.LEADER, unit.id) for unit in ref.units.values() if unit.kind == UnitKind.DISTRICT]


def periods(day: date) -> Iterator[tuple[date, date]]:
    """The periods whose bulletin is told on a day: the day before, and the week or the month that ended with it."""
    last = day - timedelta(days=1)
    yield last, last
    if day.weekday() == 0:
        yield day - timedelta(days=7), last
    if day.day == 1:
        yield last.replace(day=1), last


def _numbers(told: Bulletin) -> dict[str, object]:
    rates = {str(figure): str(percent) if (percent := told.total.ratios[figure].percent) is not None else None
             for figure in (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED, Figure.ON_TIME)}
    return {"first": str(told.first), "last": str(told.last), "total": told.intake.total, "change": told.change,
            "direct": told.intake.direct, "dispatched": told.intake.dispatched, "rates": rates,
            "topics": [topic.name for topic in told.topics[:5]]}
