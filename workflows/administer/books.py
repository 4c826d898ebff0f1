"""What every decision of an administrator has in common: who may, is it still what they saw, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import inspect, text

from workflows.engine import Work, work
from workflows.errors import Invalid, NotAllowed, Outdated, Unknown
from workflows.model.base import Base, db
from workflows.model.directory import Category, User
from workflows.model.reference import reference
from workflows.model.settings import SettingEvent
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import SettingAction, SettingSubject

Row = TypeVar("Row", bound=Base)

SETTERS = frozenset({Role.ADMIN})
#: The dispatch catalogue and the limits are the hotline's own rules: its director sets them too.
RULE_SETTERS = frozenset({Role.ADMIN, Role.HOTLINE_DIR})

#: Not for the history: secrets, what follows from other columns, and what changes without a decision.
_HIDDEN = frozenset(
    {"id", "version", "path", "initials", "password_hash", "failed_count", "failed_at", "locked_until",
     "notices_seen_at", "created_at"}
)
#: The level of a matter follows from its path; that of a step of the ladder is what was decided.
_HIDDEN_OF = {Category: frozenset({"level"})}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('hotline settings'))")


@contextmanager
def administering(actor: Actor, roles: frozenset[Role] = SETTERS) -> Iterator[Work]:
    """The transaction of one decision. Decisions wait for one another, so what a check saw stays true.

    Raises NotAllowed unless the actor holds one of the roles.
    """
    if not actor.has(roles):
        raise NotAllowed("role_may_not_administer")
    with work(actor) as doing:
        db.session.execute(_ONE_AT_A_TIME)
        doing.ref = reference()  # as it is now that the one before has committed
        yield doing


def fetch(kind: type[Row], key: int, version: int) -> Row:
    """The row, if it is still the one the page showed. Raises Unknown or Outdated."""
    row = db.session.get(kind, key, populate_existing=True, with_for_update={"of": kind})
    if row is None:
        raise Unknown("setting_unknown")
    if row.version != version:
        raise Outdated("outdated")
    return row


class Complaints:
    """What is wrong with a form, collected field by field so that people see it all at once."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}

    def unless(self, fine: object, field: str, code: str) -> None:
        """Note a complaint about a field unless it is fine."""
        if not fine:
            self.fields.setdefault(field, []).append(code)

    def settle(self) -> None:
        """Raise Invalid if there was any complaint."""
        if self.fields:
            raise Invalid(fields=self.fields)


def picture(row: Base) -> dict[str, Any]:
    """A row as the history keeps it: plain values, no secrets."""
    hidden = _HIDDEN | _HIDDEN_OF.get(type(row), frozenset())
    kept = {
        attribute.key: _plain(getattr(row, attribute.key))
        for attribute in inspect(type(row)).column_attrs
        if attribute.key not in hidden
    }
    if isinstance(row, User):
        kept["roles"] = sorted(held.role for held in row.roles)
    return kept


def columns_of(line: Any) -> dict[str, Any]:
    """The fields of a form (a dataclass) as columns take them: codes as plain text."""
    return {name: _column(value) for name, value in asdict(line).items()}


def _column(value: Any) -> Any:
    return str(value) if isinstance(value, StrEnum) else list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def record(
    doing: Work,
    subject: SettingSubject,
    key: object,
    action: SettingAction,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Append to the history of a setting."""
    db.session.add(
        SettingEvent(at=doing.at, actor_id=doing.actor.user_id, actor_name=doing.actor.name, subject=str(subject),
                     subject_id=str(key), action=str(action), before=before, after=after, note=note)
    )


def created(doing: Work, subject: SettingSubject, row: Any) -> None:
    """Write a new row and the first line of its history."""
    db.session.add(row)
    db.session.flush()  # gives the row its key, which names it in the history
    record(doing, subject, row.id, SettingAction.CREATED, after=picture(row))


@contextmanager
def changing(
    doing: Work, subject: SettingSubject, row: Any, action: SettingAction = SettingAction.CHANGED, note: str = ""
) -> Iterator[None]:
    """What is changed on the row inside becomes a line of its history; a change of nothing leaves none."""
    before = picture(row)
    yield
    after = picture(row)
    names = differing(before, after)
    if names:
        row.version += 1
        record(doing, subject, row.id, action, before={n: before[n] for n in names},
               after={n: after[n] for n in names}, note=note)


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names whose values are not the same."""
    return [name for name in after if before.get(name) != after[name]]
