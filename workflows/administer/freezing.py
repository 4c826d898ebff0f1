"""Freezes periods: the rows behind every number, the numbers added up from them, the ranking, and what has changed in
the periods locked before.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, func, insert, literal, select

from workflows.administer.books import changing
from workflows.engine import work
from workflows.model.base import db
from workflows.model.period import (
    PeriodCorrection,
    PeriodLock,
    PublishedFigure,
    PublishedPeriod,
    PublishedRow,
    PublishedUnit,
)
from workflows.model.reference import reference
from workflows.read import published
from workflows.read.figures import UnitFigures, every_row, figures
from workflows.read.ranking import blank, ranked
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.publishing import CORRECTED_FOR, fingerprint
from workflows.rules.roles import SYSTEM
from workflows.rules.vocabulary import LockState, SettingSubject

_ROW = ("key", "ticket_id", "unit_id", "at", "hit", "figure")


def freeze_granted() -> int:
    """Freeze every period that may be, the earliest first; how many were. Two that run at once freeze none twice."""
    n = 0
    while _freeze_next():
        n += 1
    return n


def _freeze_next() -> bool:
    with work(SYSTEM) as doing:
        waiting = select(PeriodLock).where(PeriodLock.state == str(LockState.GRANTED))
        lock = db.session.scalars(waiting.order_by(PeriodLock.first_day).limit(1).with_for_update()).first()
        if lock is None:
            return False
        _freeze(lock, doing.at)
        with changing(doing, SettingSubject.PERIOD, lock):
            lock.state = str(LockState.LOCKED)
        return True


def _freeze(lock: PeriodLock, at: datetime) -> None:
    _rows(lock)
    _sums(lock)
    _units(lock)
    db.session.add(PublishedPeriod(
        period_id=lock.id, first_day=lock.first_day, last_day=lock.last_day, formula=FORMULA_VERSION, note=lock.note,
        asked_by=lock.asked_by, granted_by=lock.decided_by, published_at=at,
        digest=fingerprint(published.numbers(lock.id)),
    ))
    _corrections(lock)


def _rows(lock: PeriodLock) -> None:
    rows = every_row(lock.first_day, lock.last_day).subquery()
    chosen = select(literal(lock.id, BigInteger), *(rows.c[name] for name in _ROW))
    db.session.execute(insert(PublishedRow).from_select(["period_id", *_ROW], chosen))


def _sums(lock: PeriodLock) -> None:
    kept = PublishedRow
    added = select(kept.period_id, kept.figure, kept.unit_id, func.sum(kept.hit), func.count()).where(
        kept.period_id == lock.id).group_by(kept.period_id, kept.figure, kept.unit_id)
    names = ["period_id", "figure", "unit_id", "numerator", "denominator"]
    db.session.execute(insert(PublishedFigure).from_select(names, added))


def _units(lock: PeriodLock) -> None:
    """Every unit there was or that had something counted, with its place where its kind is ranked."""
    counts = {line.unit_id: line for line in figures(SYSTEM, lock.first_day, lock.last_day, of=(), exact=True)}
    there = reference().handling_units(lock.last_day)
    every = there | (counts.keys() - {None}) | {unit_id for _, unit_id, *_ in published.numbers(lock.id)}
    lines = published.with_ratios((counts.get(unit_id) or blank(unit_id) for unit_id in sorted(every)), lock.id)
    groups = ranked([line for line in lines if line.unit_id in there], lock.last_day)
    placed = {unit.unit_id: unit for group in groups for unit in group.units}
    db.session.execute(insert(PublishedUnit), [_unit(lock, line, placed.get(line.unit_id)) for line in lines])


def _unit(lock: PeriodLock, line: UnitFigures, placed: object) -> dict[str, object]:
    stands = {name: getattr(placed, name, None) for name in ("standing", "place", "total")}
    return stands | {
        "period_id": lock.id, "unit_id": line.unit_id, "name": line.name, "kind": line.kind,
        "received": line.received, "closed": line.closed, "handling_days": line.handling.days,
        "answers": line.handling.answers,
    }


def _corrections(lock: PeriodLock) -> None:
    """What the periods before this one have become since they, or the last corrections of them, were published."""
    earlier = select(PublishedPeriod).where(
        PublishedPeriod.last_day < lock.first_day, PublishedPeriod.last_day >= lock.first_day - CORRECTED_FOR
    ).order_by(PublishedPeriod.first_day)
    changed = [
        {"period_id": lock.id, "of_period_id": old.period_id, **vars(change)}
        for old in db.session.scalars(earlier).all() for change in published.changes(old)
    ]
    if changed:
        db.session.execute(insert(PeriodCorrection), changed)
