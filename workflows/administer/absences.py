"""Absences: somebody is away from a day to a day, and notices reach the delegate too. They end by themselves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy import select

from workflows.administer.books import SETTERS, Complaints, administering, changing, created, fetch
from workflows.engine import Work
from workflows.errors import NotAllowed
from workflows.model.base import db
from workflows.model.directory import Absence, User
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingAction, SettingSubject

SUBJECT = SettingSubject.ABSENCE
#: Longer than this nobody is away; the account's unit or roles have changed then.
LONGEST_DAYS = 366


def set_absence(
    actor: Actor, *, user_id: int, delegate_account: str, first_day: date | None, last_day: date
) -> Absence:
    """Somebody will be away; by themselves or an administrator.

    The delegate is of the same unit or one above it, so that what the notices are about is theirs to see.
    """
    with _concerning(actor, user_id) as doing:
        person = db.session.get(User, user_id)
        delegate = db.session.scalar(select(User).where(User.account == delegate_account, User.active))
        first = first_day or doing.today
        wrong = Complaints()
        wrong.unless(delegate is not None and _may_stand_in(doing, delegate, person), "delegate", "delegate_wrong")
        wrong.unless(first >= doing.today, "first_day", "day_past")
        wrong.unless(0 <= (last_day - first).days < LONGEST_DAYS, "last_day", "days_wrong")
        wrong.unless(not _overlapping(user_id, first, last_day), "first_day", "absent_already")
        wrong.settle()
        row = Absence(user_id=user_id, delegate_id=delegate.id, first_day=first, last_day=last_day, ended=False,
                      version=1)
        created(doing, SUBJECT, row)
        return row


def end_absence(absence_id: int, actor: Actor, *, user_id: int, version: int) -> Absence:
    """Back before time, or never gone."""
    with _concerning(actor, user_id) as doing:
        row = fetch(Absence, absence_id, version)
        if row.user_id != user_id:
            raise NotAllowed("role_may_not_administer")
        with changing(doing, SUBJECT, row, SettingAction.ENDED):
            row.ended = True
        return row


def _concerning(actor: Actor, user_id: int) -> AbstractContextManager[Work]:
    """Everybody decides about themselves, administrators about all."""
    return administering(actor, frozenset(actor.roles) if actor.user_id == user_id else SETTERS)


def _may_stand_in(doing: Work, delegate: User, person: User | None) -> bool:
    if person is None or delegate.id == person.id:
        return False
    return doing.ref.units[person.unit_id].path.startswith(doing.ref.units[delegate.unit_id].path)


def _overlapping(user_id: int, first: date, last: date) -> bool:
    found = select(Absence.id).where(
        Absence.user_id == user_id, ~Absence.ended, Absence.first_day <= last, Absence.last_day >= first
    )
    return db.session.scalar(found.limit(1)) is not None
