"""The escalation ladder: its steps by clock, those of single units, each change a new version."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, history_of, on_record, one, saved
from hotline.choices import named, typed_name
from hotline.forms import Typed, keeps, load, query
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer.ladder import CLIMBING
from workflows.model.reference import today
from workflows.model.settings import LadderStep
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject

#: What stands in the form of a step.
STEP = ("code", "level", "amount", "addressees", "unit_id", "source")


@bp.get("/ladder")
def ladder() -> ResponseReturnValue:
    """The steps in force today (or all there ever were), by clock and level."""
    found, typed = query(schemas.LimitSearch)
    listed = settings.ladder(code=found.get("code"), unit_id=found.get("unit_id"),
                             on=None if found.get("every") else today())
    page = paginate(listed, [Key(LadderStep.code), Key(LadderStep.id)], size=100)
    return render_template("admin/ladder.html", page=page, typed=typed, codes=CLIMBING,
                           unit=named("units", found.get("unit_id")))


def _page(row: LadderStep | None, typed: Typed, **more: Any) -> str:
    return render_template("admin/step.html", row=row, typed=typed, codes=CLIMBING,
                           unit=typed_name(typed, "unit_id", "units"), **more)


def _line(form: dict[str, Any]) -> administer.StepLine:
    given = {name: form[name] for name in STEP if form.get(name) is not None}
    return administer.StepLine(**given | {"addressees": tuple(form["addressees"])})


def new_step_page(typed: Typed | None = None) -> str:
    """The form of a new step."""
    return _page(None, typed or Typed(), events=[])


@bp.get("/ladder/new")
def new_step() -> ResponseReturnValue:
    """The form of a new step."""
    return new_step_page()


@bp.post("/ladder/new")
@keeps(new_step_page)
def create_step() -> ResponseReturnValue:
    """Add a step."""
    form = load(schemas.StepForm)
    row = administer.create_step(current_actor(), line=_line(form), valid_from=form.get("valid_from"))
    return saved("admin.step", gettext("升级规则已建立。"), key=row.id)


def step_page(key: int, typed: Typed | None = None) -> str:
    """A step, its change, its end, its history."""
    row = one(LadderStep, key)
    return _page(row, typed or Typed(on_record(row, *STEP)), **history_of(SettingSubject.LADDER, key))


@bp.get("/ladder/<int:key>")
def step(key: int) -> ResponseReturnValue:
    """A step."""
    return step_page(key)


@bp.post("/ladder/<int:key>")
@keeps(step_page)
def change_step(key: int) -> ResponseReturnValue:
    """End a step and begin its new version."""
    form = load(schemas.StepForm)
    row = administer.replace_step(key, current_actor(), version=form.get("version") or 0, line=_line(form),
                                  valid_from=form.get("valid_from"))
    return saved("admin.step", gettext("新版本已建立，旧版本已终止。"), key=row.id)


@bp.post("/ladder/<int:key>/end")
@keeps(step_page)
def end_step(key: int) -> ResponseReturnValue:
    """Take a step out of the ladder."""
    form = load(schemas.Ended)
    administer.end_step(key, current_actor(), version=form["version"], last_day=form.get("last_day"))
    return saved("admin.step", gettext("已终止。"), key=key)
