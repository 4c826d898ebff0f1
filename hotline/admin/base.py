"""The blueprint of the administrator's seat, and what its pages share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.admin.written import parts_as_written
from hotline.choices import named
from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db
from workflows.read import settings
from workflows.rules.roles import Role
from workflows.rules.vocabulary import SettingSubject

bp = Blueprint("admin", __name__, url_prefix="/admin")


def for_administrators() -> None:
    """Raise NotAllowed for a hotline director, who sets rules but neither people nor trees."""
    if not current_actor().has({Role.ADMIN}):
        raise NotAllowed("role_may_not_enter")


def one(kind: type, key: int) -> Any:
    """A row by its key. Raises Unknown."""
    row = db.session.get(kind, key)
    if row is None:
        raise Unknown("setting_unknown")
    return row


def on_record(row: Any, *names: str) -> dict[str, Any]:
    """What stands in an edit form before anything is typed."""
    return {name: getattr(row, name) for name in names}


#: Fields of settings whose values are codes of a vocabulary, tried in this order.
_VOCABULARIES = {
    "role": ("Role",), "roles": ("Role",), "carriers": ("Carrier",), "signs_replies": ("SignsReplies",),
    "urgency": ("Urgency",), "selector": ("Selector",), "basis": ("Basis",), "code": ("ClockCode",),
    "level": ("Level",), "addressees": ("Addressee",),
    "kind": ("Kind", "UnitKind", "AreaKind", "DayKind", "Notice", "RiskKind"),
    "solved_kinds": ("Kind",), "rated_kinds": ("Kind",), "model": ("ScoreModel",),
}
_NAMES = {"unit_id": "units", "co_unit_ids": "units", "successor_id": "units", "area_id": "areas",
          "category_id": "categories"}


@bp.app_template_filter("setting")
def setting(value: Any, name: str) -> str:
    """A value of a setting's history in words: names for keys, labels for codes."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if value in (None, ""):
        return "—"
    if name == "parts":
        return "；".join(parts_as_written(value).splitlines())
    if isinstance(value, list):
        return "、".join("–".join(each) if isinstance(each, list) else setting(each, name) for each in value)
    if name in _NAMES:
        return named(_NAMES[name], value) or str(value)
    found = (labels.find(value, vocabulary) for vocabulary in _VOCABULARIES.get(name, ()))
    return next((labels.words_of(label) for label in found if label), str(value))


def history_of(subject: SettingSubject, key: object) -> Mapping[str, Any]:
    """For templates/admin/history_panel.html."""
    return {"events": settings.history(subject, key)}


def saved(endpoint: str, words: str, **where: Any) -> ResponseReturnValue:
    """Say that it is done and show it."""
    flash(words, "good")
    return redirect(url_for(endpoint, **where), code=303)
