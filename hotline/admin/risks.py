"""The lexicon of dangers."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, saved
from hotline.forms import Typed, keeps, load
from hotline.pages import Key, paginate
from workflows import administer
from workflows.model.base import db
from workflows.model.risk import RiskRuleRow
from workflows.model.settings import SettingEvent
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject


def risks_page(key: int | None = None, typed: Typed | None = None) -> str:
    """Every kind with its words and receivers; `key` is the one whose form came back."""
    for_administrators()
    events = paginate(settings.changes(subject=SettingSubject.RISK), [Key(SettingEvent.id, descending=True)],
                      cursor="", size=20)
    rows = db.session.scalars(select(RiskRuleRow).order_by(RiskRuleRow.id)).all()
    return render_template("admin/risks.html", rows=rows, events=events.items, sent=key, typed=typed or Typed(),
                           Typed=Typed)


@bp.get("/risks")
def risks() -> ResponseReturnValue:
    """The lexicon."""
    return risks_page()


@bp.post("/risks/<int:key>")
@keeps(risks_page)
def change_risk(key: int) -> ResponseReturnValue:
    """Say what holds for a kind."""
    form = load(schemas.RiskForm)
    administer.change_risk(key, current_actor(), **form | {"words": form["words"].split()})
    return saved("admin.risks", gettext("已保存。"))
