"""Locked periods as they were published: the table, the rows behind each number, what was corrected since.

Nothing here is counted anew: the tickets may go on as they will. `differences` adds the rows up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from sqlalchemy import Select, func, select

from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.period import (
    PeriodCorrection,
    PeriodLock,
    PublishedFigure,
    PublishedPeriod,
    PublishedRow,
    PublishedUnit,
)
from workflows.read.durations import Duration
from workflows.read.figures import PAGE, Counted, Part, UnitFigures, figures, shown, with_total
from workflows.read.ranking import ranked
from workflows.rules.indicators import Figure
from workflows.rules.publishing import fingerprint
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.satisfaction import NOTHING, Ratio
from workflows.scope import counted_for

Number = tuple[str, int, Decimal, int]


def period_of(key: int) -> PublishedPeriod:
    """A locked period. Raises Unknown."""
    found = db.session.get(PublishedPeriod, key)
    if found is None:
        raise Unknown("not_found")
    return found


def locked_as(first: date, last: date) -> int | None:
    """The locked period of exactly these days, if there is one."""
    found = select(PublishedPeriod.period_id).where(PublishedPeriod.first_day == first,
                                                    PublishedPeriod.last_day == last)
    return db.session.scalar(found)


def locks() -> Select[tuple[PeriodLock]]:
    """What is locked or was asked to be, to be paged."""
    return select(PeriodLock)


def periods() -> Select[tuple[PublishedPeriod]]:
    """The locked periods, to be paged."""
    return select(PublishedPeriod)


def numbers(key: int) -> list[Number]:
    """The numbers of a period: (figure, unit, numerator, denominator)."""
    kept = PublishedFigure
    rows = select(kept.figure, kept.unit_id, kept.numerator, kept.denominator).where(kept.period_id == key)
    return [tuple(row) for row in db.session.execute(rows)]


def units(actor: Actor, key: int) -> Sequence[PublishedUnit]:
    """The units of a period for these eyes, by kind, the ranked first by place, then the others by name."""
    kept = PublishedUnit
    found = select(kept).where(kept.period_id == key, counted_for(actor, kept.unit_id))
    return db.session.scalars(found.order_by(kept.kind, kept.place.asc().nulls_last(), kept.name)).all()


def standings(actor: Actor, key: int) -> list[tuple[str, list[PublishedUnit]]]:
    """The published ranking, kind by kind."""
    listed = [unit for unit in units(actor, key) if unit.standing is not None]
    return [(kind, list(found)) for kind, found in groupby(listed, key=lambda unit: unit.kind)]


def with_ratios(lines: Iterable[UnitFigures], key: int, of: Iterable[Figure] = tuple(Figure)) -> list[UnitFigures]:
    """The lines with the ratios of a period's table."""
    asked = tuple(of)
    ratios = {(figure, unit): Ratio(Fraction(n), d) for figure, unit, n, d in numbers(key)}
    return [replace(line, ratios={f: ratios.get((f, line.unit_id), NOTHING) for f in asked}) for line in lines]


def table(actor: Actor, key: int, of: Iterable[Figure] = tuple(Figure)) -> list[UnitFigures]:
    """The published table as `figures` would have shown it on the day."""
    asked = tuple(of)
    lines = [
        UnitFigures(u.unit_id, u.name, u.kind, u.received, u.closed, Duration(u.handling_days, u.answers))
        for u in units(actor, key)
    ]
    return with_total([line for line in with_ratios(lines, key, asked) if _counted(line)], asked)


def _counted(line: UnitFigures) -> bool:
    """Whether a unit had anything to be shown a line for."""
    ratios = (ratio.denominator for ratio in line.ratios.values())
    return any((line.received, line.closed, line.handling.answers, *ratios))


def tickets_behind(
    actor: Actor, key: int, figure: Figure, part: Part, *, unit_id: int | None = None, after: int = 0, size: int = PAGE
) -> list[Counted]:
    """The tickets behind a published number, as they were counted then; see `figures.tickets_behind`."""
    kept = PublishedRow
    rows = select(kept.key, kept.ticket_id, kept.unit_id, kept.at, kept.hit).where(
        kept.period_id == key, kept.figure == str(figure), kept.key > after, counted_for(actor, kept.unit_id)
    )
    if unit_id is not None:
        rows = rows.where(kept.unit_id == unit_id)
    wanted = {Part.NUMERATOR: kept.hit > 0, Part.REST: kept.hit == 0}.get(part)
    return shown(rows if wanted is None else rows.where(wanted), actor, size)


# --- what became of a period afterwards


@dataclass(frozen=True)
class Change:
    """A number that is no longer what was said of it last."""

    figure: str
    unit_id: int
    was_numerator: Decimal
    was_denominator: int
    numerator: Decimal
    denominator: int


def corrections(actor: Actor, key: int) -> Select[tuple[PeriodCorrection]]:
    """What was corrected with a period, to be paged."""
    return select(PeriodCorrection).where(PeriodCorrection.period_id == key,
                                          counted_for(actor, PeriodCorrection.unit_id))


def changes(period: PublishedPeriod) -> list[Change]:
    """Where the numbers of a period differ from what was published of them last, by it or by a correction."""
    nothing = (Decimal(0), 0)
    stood, stands = _stood(period), _stands(period)
    return [
        Change(figure, unit_id, *stood.get((figure, unit_id), nothing), *stands.get((figure, unit_id), nothing))
        for figure, unit_id in sorted({*stood, *stands})
        if stood.get((figure, unit_id), nothing) != stands.get((figure, unit_id), nothing)
    ]


def _stood(period: PublishedPeriod) -> dict[tuple[str, int], tuple[Decimal, int]]:
    found = {(figure, unit): (n, d) for figure, unit, n, d in numbers(period.period_id)}
    later = select(PeriodCorrection).join(PublishedPeriod, PublishedPeriod.period_id == PeriodCorrection.period_id)
    later = later.where(PeriodCorrection.of_period_id == period.period_id).order_by(PublishedPeriod.published_at)
    for one in db.session.scalars(later):
        found[one.figure, one.unit_id] = one.numerator, one.denominator
    return found


def _stands(period: PublishedPeriod) -> dict[tuple[str, int], tuple[Decimal, int]]:
    return {
        (str(figure), line.unit_id): (Decimal(ratio.numerator.numerator) / ratio.numerator.denominator,
                                      ratio.denominator)
        for line in figures(SYSTEM, period.first_day, period.last_day, exact=True) if line.unit_id is not None
        for figure, ratio in line.ratios.items() if ratio.denominator
    }


# --- whether it is whole


def differences() -> list[str]:
    """Every locked period made anew from its rows: numbers, digest, ranking. What differs; there must be nothing."""
    found = []
    for period in db.session.scalars(select(PublishedPeriod).order_by(PublishedPeriod.first_day)).all():
        said = f"{period.first_day} to {period.last_day}"
        found += [f"{said}: {what}" for what in _wrong_with(period)]
    return found


def _wrong_with(period: PublishedPeriod) -> list[str]:
    key, kept = period.period_id, PublishedRow
    again = select(kept.figure, kept.unit_id, func.sum(kept.hit), func.count()).where(
        kept.period_id == key).group_by(kept.figure, kept.unit_id)
    added, said = set(map(tuple, db.session.execute(again))), set(numbers(key))
    wrong = [f"{figure} of unit {unit}" for figure, unit, *_ in sorted(added ^ said)]
    if fingerprint(said) != period.digest:
        wrong.append("digest")
    listed = [u for u in units(SYSTEM, key) if u.standing is not None]
    lines = [UnitFigures(u.unit_id, u.name, u.kind, u.received) for u in listed]
    placed = {(u.unit_id, str(u.standing), u.place, u.total)
              for group in ranked(with_ratios(lines, key), period.last_day) for u in group.units}
    stood = {(u.unit_id, u.standing, u.place, u.total) for u in listed}
    return wrong + [f"place of unit {unit}" for unit in sorted({line[0] for line in placed ^ stood})]

