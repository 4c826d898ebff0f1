"""The demonstration city, written once into an empty database: city, staff, and five weeks of its life."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hotline.seed import city, history, people
from workflows.administer.books import picture, record
from workflows.engine import work
from workflows.model.base import db
from workflows.model.directory import Area, Category, Unit, User
from workflows.model.settings import CatalogueRule, LimitRule, WorkCalendar
from workflows.rules.roles import SYSTEM
from workflows.rules.vocabulary import SettingAction, SettingSubject

_SETTINGS = {
    SettingSubject.UNIT: Unit,
    SettingSubject.AREA: Area,
    SettingSubject.CATEGORY: Category,
    SettingSubject.WORK_CALENDAR: WorkCalendar,
    SettingSubject.LIMIT: LimitRule,
    SettingSubject.CATALOGUE: CatalogueRule,
    SettingSubject.USER: User,
}
#: The staff were there before the first ticket of the history.
_HIRED_BEFORE = timedelta(days=60)


def seed(var: Path) -> list[people.Account]:
    """Build the demonstration city and play its history; where there is a city already, do nothing.

    The accounts are written to `accounts.tsv` in `var` (mode 0600) before they are committed, and returned; there
    are none where nothing was done. Needs an application context and an installed identity box. Workers start
    afterwards: their sweep would fire the clocks of the history at the wrong time.
    """
    if db.session.scalar(select(select(Unit.id).exists())):
        return []
    accounts = _found(var)
    history.play()
    return accounts


def _found(var: Path) -> list[people.Account]:
    with work(SYSTEM) as doing:
        made = city.build()
        accounts = people.hire(made, doing.at - _HIRED_BEFORE)
        db.session.flush()  # gives everything its key, which names it in the history
        for subject, kind in _SETTINGS.items():
            for row in db.session.scalars(select(kind).order_by(kind.id)).unique():
                record(doing, subject, row.id, SettingAction.CREATED, after=picture(row), note="示范数据")
        people.write_down(var, accounts)
    return accounts
