"""Rules with a validity: never edited and never deleted. One ends, and the next version begins the day after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import inspect

from workflows.administer.books import differing, fetch, picture, record
from workflows.engine import Work
from workflows.errors import Invalid, Outdated
from workflows.model.base import db
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.model.settings import CatalogueRule, LadderStep, LimitRule
from workflows.rules.vocabulary import SettingAction, SettingSubject

Rule = CatalogueRule | LadderStep | LimitRule | RatePolicy | ScoringPlan

ONE_DAY = timedelta(days=1)


def first_day(doing: Work, valid_from: date | None) -> date:
    """The day a rule begins to hold: today unless said. Raises Invalid for a day gone by."""
    return not_past(doing.today, valid_from)


def not_past(present: date, valid_from: date | None) -> date:
    """The day given, or the present one. Raises Invalid for a day gone by."""
    if valid_from is not None and valid_from < present:
        raise Invalid(fields={"valid_from": ["day_past"]})
    return valid_from or present


def fetch_rule(kind: type[Rule], key: int, version: int) -> Any:
    """A rule that has no end yet. Raises Unknown; Outdated where it was changed or ended meanwhile."""
    row = fetch(kind, key, version)
    if row.valid_to is not None:
        raise Outdated("outdated")
    return row


def end_row(doing: Work, subject: SettingSubject, row: Any, last_day: date, **after: Any) -> None:
    """Let a rule hold for the last time on a day; one that has not begun by then never holds."""
    row.valid_to = max(last_day, row.valid_from - ONE_DAY)
    record(doing, subject, row.id, SettingAction.ENDED, before={"valid_to": None},
           after={"valid_to": row.valid_to.isoformat()} | after)


def replace_row(doing: Work, subject: SettingSubject, row: Any, changes: dict[str, Any], start: date) -> Any:
    """End a rule the day before `start` and let its next version begin.

    Raises Invalid where the next version would begin before this one.
    """
    if start < row.valid_from:
        raise Invalid(fields={"valid_from": ["day_before_rule"]})
    kept = {a.key: getattr(row, a.key) for a in inspect(type(row)).column_attrs if a.key != "id"}
    new = type(row)(**kept | changes | {"valid_from": start, "valid_to": None, "version": row.version + 1})
    db.session.add(new)
    db.session.flush()  # gives the new rule its key, which both histories name
    before, after = picture(row), picture(new)
    names = differing(before, after)
    end_row(doing, subject, row, start - ONE_DAY, replaced_by=new.id)
    record(doing, subject, new.id, SettingAction.CHANGED, before={n: before[n] for n in names},
           after={n: after[n] for n in names} | {"replaces": row.id})
    return new


def end_rule(doing: Work, subject: SettingSubject, row: Any, last_day: date | None) -> None:
    """End a rule; without a last day it holds no more from today on. Raises Invalid for a day gone by."""
    yesterday = doing.today - ONE_DAY
    if last_day is not None and last_day < yesterday:
        raise Invalid(fields={"last_day": ["day_past"]})
    end_row(doing, subject, row, last_day if last_day is not None else yesterday)
