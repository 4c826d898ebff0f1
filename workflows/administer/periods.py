"""账期锁定: somebody asks for a period of figures to be locked, somebody else or the director agrees.

What was agreed to is frozen by a job (`freezing`), which in a large city counts for a minute.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflows.administer.books import administering, changing, created, fetch
from workflows.engine import Work
from workflows.errors import Invalid, NotNow, Outdated
from workflows.model.base import db
from workflows.model.period import PeriodLock
from workflows.model.reference import ZONE
from workflows.rules.publishing import LOCKERS, decides_alone, problems
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import LockState, SettingSubject


def ask_lock(actor: Actor, *, first: date, last: date, note: str = "") -> PeriodLock:
    """Ask for days to be locked, both included; a director's word is enough. `note` is printed with the figures.

    Raises Invalid for days that are not over, run backwards, are too many, or are another period's too.
    """
    with administering(actor, LOCKERS) as doing:
        wrong = problems(first, last, doing.at.astimezone(ZONE).date())
        if not wrong and _taken(first, last):
            wrong = {"first": ["period_overlaps"]}
        if wrong:
            raise Invalid(fields=wrong)
        lock = PeriodLock(first_day=first, last_day=last, state=str(LockState.ASKED), note=note, asked_at=doing.at,
                          asked_by_id=actor.user_id, asked_by=actor.name)
        if decides_alone(actor):
            _decided(doing, lock, LockState.GRANTED)
        created(doing, SettingSubject.PERIOD, lock)
        return lock


def _taken(first: date, last: date) -> bool:
    others = select(PeriodLock.id).where(PeriodLock.state != str(LockState.REFUSED), PeriodLock.first_day <= last,
                                         PeriodLock.last_day >= first)
    return db.session.scalars(others.limit(1)).first() is not None


def grant_lock(key: int, actor: Actor, *, version: int) -> PeriodLock:
    """Agree to a period's being locked. Raises NotNow for who asked for it and is no director."""
    with administering(actor, LOCKERS) as doing:
        lock = _asked(key, version)
        if actor.user_id == lock.asked_by_id and not decides_alone(actor):
            raise NotNow("two_persons")
        with changing(doing, SettingSubject.PERIOD, lock):
            _decided(doing, lock, LockState.GRANTED)
        return lock


def refuse_lock(key: int, actor: Actor, *, version: int, opinion: str) -> PeriodLock:
    """Refuse to lock a period, or take the request back, saying why. Its days may be asked for again."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with administering(actor, LOCKERS) as doing:
        lock = _asked(key, version)
        with changing(doing, SettingSubject.PERIOD, lock):
            _decided(doing, lock, LockState.REFUSED)
            lock.opinion = opinion
        return lock


def _asked(key: int, version: int) -> PeriodLock:
    lock = fetch(PeriodLock, key, version)
    if lock.state != LockState.ASKED:
        raise Outdated("outdated")
    return lock


def _decided(doing: Work, lock: PeriodLock, state: LockState) -> None:
    lock.state, lock.by_director = str(state), decides_alone(doing.actor)
    lock.decided_at, lock.decided_by_id, lock.decided_by = doing.at, doing.actor.user_id, doing.actor.name
