"""The dispatch catalogue and the time limits: lines with a legal basis and a validity; a change is a new line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, history_of, on_record, one, saved
from hotline.choices import named, typed_name
from hotline.forms import Typed, keeps, load, query
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer import LimitPlan
from workflows.model.base import now
from workflows.model.reference import reference, today
from workflows.model.settings import CatalogueRule, LimitRule
from workflows.read import settings
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import SettingSubject

#: What stands in the form of a line.
LINE = ("category_id", "area_id", "kind", "enterprise", "unit_id", "selector", "co_unit_ids", "grassroots_allowed",
        "basis", "note")
LIMIT = ("code", "amount", "basis", "kind", "category_id", "urgency", "unit_id", "enterprise", "stage", "stage_name",
         "source")
#: Clocks an administrator may limit; the total has no limit.
CODES = [code for code in ClockCode if code is not ClockCode.TOTAL]


def _names(typed: Typed) -> dict[str, str]:
    """The words of what was chosen by type-ahead."""
    return {
        "category": typed_name(typed, "category_id", "categories"), "area": typed_name(typed, "area_id", "areas"),
        "unit": typed_name(typed, "unit_id", "units"),
    }


def _units() -> list[tuple[int, str]]:
    """The units that may help, by code."""
    ref = reference()
    return [(key, ref.units[key].name) for key in
            sorted(ref.handling_units(today()), key=lambda key: ref.units[key].code)]


def _standing(row: Any, fields: tuple[str, ...]) -> Typed:
    data = on_record(row, *fields)
    return Typed({name: int(value) if isinstance(value, bool) else value for name, value in data.items()})


def _line(form: dict[str, Any], kind: type) -> Any:
    given = {name: value for name, value in form.items() if name not in {"version", "valid_from"} and value is not None}
    if "enterprise" in given:
        given["enterprise"] = bool(given["enterprise"])
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


# --- the catalogue


@bp.get("/catalogue")
def catalogue() -> ResponseReturnValue:
    """The lines in force today (or all there ever were), and where a request would go."""
    found, typed = query(schemas.CatalogueSearch)
    listed = settings.catalogue(found.get("q") or "", category_id=found.get("category_id"),
                                unit_id=found.get("unit_id"), on=None if found.get("every") else today())
    page = paginate(listed, [Key(CatalogueRule.id)])
    return render_template("admin/catalogue.html", page=page, typed=typed, names=_names(typed), **_try_out())


def _try_out() -> dict[str, Any]:
    """Where a request would go today, and why; nothing until one is described."""
    if "try" not in request.args:
        return {"tried": Typed(), "answer": None, "tried_names": _names(Typed())}
    found, tried = query(schemas.TryOut)
    answer = None
    if "category_id" in found and "kind" in found:
        answer = reference().route(found["category_id"], found.get("area_id"), found["kind"],
                                   enterprise=bool(found.get("enterprise")), on=today())
    return {"tried": tried, "answer": answer, "tried_names": _names(tried)}


def new_line_page(typed: Typed | None = None) -> str:
    """The form of a new line."""
    typed = typed or Typed()
    return render_template("admin/catalogue_line.html", row=None, typed=typed, names=_names(typed), events=[],
                           units=_units())


@bp.get("/catalogue/new")
def new_line() -> ResponseReturnValue:
    """The form of a new line."""
    return new_line_page()


@bp.post("/catalogue/new")
@keeps(new_line_page)
def create_line() -> ResponseReturnValue:
    """Add a line."""
    form = load(schemas.CatalogueForm)
    line = _line(form, administer.CatalogueLine)
    row = administer.create_catalogue_rule(current_actor(), line=line, valid_from=form.get("valid_from"))
    return saved("admin.line", gettext("目录条目已建立。"), key=row.id)


def line_page(key: int, typed: Typed | None = None) -> str:
    """A line, its change, its end, its history."""
    row = one(CatalogueRule, key)
    typed = typed or _standing(row, LINE)
    return render_template("admin/catalogue_line.html", row=row, typed=typed, names=_names(typed), units=_units(),
                           **history_of(SettingSubject.CATALOGUE, key))


@bp.get("/catalogue/<int:key>")
def line(key: int) -> ResponseReturnValue:
    """A line."""
    return line_page(key)


@bp.post("/catalogue/<int:key>")
@keeps(line_page)
def change_line(key: int) -> ResponseReturnValue:
    """End a line and begin its new version."""
    form = load(schemas.CatalogueForm)
    row = administer.replace_catalogue_rule(key, current_actor(), version=form.get("version") or 0,
                                            line=_line(form, administer.CatalogueLine),
                                            valid_from=form.get("valid_from"))
    return saved("admin.line", gettext("新版本已建立，旧版本已终止。"), key=row.id)


@bp.post("/catalogue/<int:key>/end")
@keeps(line_page)
def end_line(key: int) -> ResponseReturnValue:
    """Take a line out of the catalogue."""
    form = load(schemas.Ended)
    administer.end_catalogue_rule(key, current_actor(), version=form["version"], last_day=form.get("last_day"))
    return saved("admin.line", gettext("已终止。"), key=key)


# --- the limits


@bp.get("/limits")
def limits() -> ResponseReturnValue:
    """The limits in force today (or all there ever were), by clock."""
    found, typed = query(schemas.LimitSearch)
    listed = settings.limits(code=found.get("code"), unit_id=found.get("unit_id"),
                             on=None if found.get("every") else today())
    page = paginate(listed, [Key(LimitRule.code), Key(LimitRule.id)], size=100)
    return render_template("admin/limits.html", page=page, typed=typed, codes=CODES,
                           unit=named("units", found.get("unit_id")))


def _example(row: LimitRule) -> Any:
    """When it would be due if it began now."""
    days = reference().calendar_of(row.unit_id)[1]
    return calendar.due(days, now(), Basis(row.basis), row.amount)


def new_limit_page(typed: Typed | None = None, plan: LimitPlan | None = None) -> str:
    """The form of a new limit; with a plan, what saving it would change."""
    typed = typed or Typed()
    return render_template("admin/limit.html", row=None, typed=typed, names=_names(typed), codes=CODES, example=None,
                           events=[], plan=plan)


@bp.get("/limits/new")
def new_limit() -> ResponseReturnValue:
    """The form of a new limit."""
    return new_limit_page()


@bp.post("/limits/new/plan")
@keeps(new_limit_page)
def plan_new_limit() -> ResponseReturnValue:
    """What a new limit would change; nothing is written."""
    form = load(schemas.LimitForm)
    plan = administer.plan_edit(_line(form, administer.LimitLine), valid_from=form.get("valid_from"))
    return new_limit_page(Typed(request.form, sent=True), plan)


@bp.post("/limits/new")
@keeps(new_limit_page)
def create_limit() -> ResponseReturnValue:
    """Add a limit."""
    form = load(schemas.LimitForm)
    row = administer.create_limit(current_actor(), line=_line(form, administer.LimitLine),
                                  valid_from=form.get("valid_from"))
    return saved("admin.limit", gettext("时限规则已建立。"), key=row.id)


def limit_page(key: int, typed: Typed | None = None, plan: LimitPlan | None = None) -> str:
    """A limit, its change, its end, its history; with a plan, what the change or the end would do."""
    row = one(LimitRule, key)
    typed = typed or _standing(row, LIMIT)
    return render_template("admin/limit.html", row=row, typed=typed, names=_names(typed), codes=CODES, plan=plan,
                           example=_example(row), **history_of(SettingSubject.LIMIT, key))


@bp.get("/limits/<int:key>")
def limit(key: int) -> ResponseReturnValue:
    """A limit."""
    return limit_page(key)


@bp.post("/limits/<int:key>/plan")
@keeps(limit_page)
def plan_limit(key: int) -> ResponseReturnValue:
    """What changing a limit would do; nothing is written."""
    form = load(schemas.LimitForm)
    plan = administer.plan_edit(_line(form, administer.LimitLine), key, form.get("valid_from"))
    return limit_page(key, Typed(request.form, sent=True), plan)


@bp.post("/limits/<int:key>")
@keeps(limit_page)
def change_limit(key: int) -> ResponseReturnValue:
    """End a limit and begin its new version; running clocks keep the one they were started by."""
    form = load(schemas.LimitForm)
    row = administer.replace_limit(key, current_actor(), version=form.get("version") or 0,
                                   line=_line(form, administer.LimitLine), valid_from=form.get("valid_from"))
    return saved("admin.limit", gettext("新版本已建立，旧版本已终止；已起算的时限不变。"), key=row.id)


@bp.post("/limits/<int:key>/end/plan")
@keeps(limit_page)
def plan_end(key: int) -> ResponseReturnValue:
    """What ending a limit would do; nothing is written."""
    last_day = load(schemas.Ended).get("last_day")
    plan = administer.plan_edit(None, key, last_day and last_day + timedelta(days=1))
    return limit_page(key, Typed(_standing(one(LimitRule, key), LIMIT).data | {"last_day": last_day or ""}), plan)


@bp.post("/limits/<int:key>/end")
@keeps(limit_page)
def end_limit(key: int) -> ResponseReturnValue:
    """Take a limit out of force."""
    form = load(schemas.Ended)
    administer.end_limit(key, current_actor(), version=form["version"], last_day=form.get("last_day"))
    return saved("admin.limit", gettext("已终止。"), key=key)
