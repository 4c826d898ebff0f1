"""How units are scored, and the switches of the figures: what holds now, each change a new version."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, history_of, on_record, one, saved
from hotline.admin.written import parts_as_written
from hotline.forms import Typed, keeps, load
from workflows import administer
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.read import settings
from workflows.rules.indicators import Figure, FigureGroup, of_group
from workflows.rules.vocabulary import SettingSubject

POLICY = ("solved_kinds", "rated_kinds", "count_anonymous", "merged_once", "by_first_due", "callback_percent", "source")
PLAN = ("model", "least_sample", "ranked", "interval", "source")
#: What a unit can be scored by.
SCORABLE = [figure for figure in Figure if figure not in of_group(FigureGroup.HOTLINE)]


@bp.get("/scoring")
def scoring() -> ResponseReturnValue:
    """Everything there is: the present versions, and those that will hold."""
    policies, plans = settings.latest(RatePolicy), settings.latest(ScoringPlan)
    return render_template("admin/scoring.html", policies=policies, plans=plans)


def _form(form: dict[str, Any]) -> dict[str, Any]:
    """A form without what its use case is given apart."""
    return {name: tuple(value) if isinstance(value, list) else value
            for name, value in form.items() if name not in {"version", "valid_from"}}


def policy_page(key: int, typed: Typed | None = None) -> str:
    """The switches, their change, their history."""
    row = one(RatePolicy, key)
    standing = on_record(row, *POLICY) | {"partly": int(row.partly * 100)}
    return render_template("admin/policy.html", row=row, typed=typed or Typed(standing),
                           **history_of(SettingSubject.RATE_POLICY, key))


@bp.get("/scoring/policy/<int:key>")
def policy(key: int) -> ResponseReturnValue:
    """The switches."""
    return policy_page(key)


@bp.post("/scoring/policy/<int:key>")
@keeps(policy_page)
def change_policy(key: int) -> ResponseReturnValue:
    """Let other switches hold from a day on."""
    form = load(schemas.PolicyForm)
    row = administer.replace_policy(key, current_actor(), version=form["version"],
                                    line=administer.PolicyLine(**_form(form)), valid_from=form.get("valid_from"))
    return saved("admin.policy", gettext("新版本已建立，旧版本已终止。"), key=row.id)


def plan_page(key: int, typed: Typed | None = None) -> str:
    """How a kind of unit is scored, its change, its history."""
    row = one(ScoringPlan, key)
    standing = on_record(row, *PLAN) | {"parts": parts_as_written(row.parts)}
    return render_template("admin/scoring_plan.html", row=row, typed=typed or Typed(standing), scorable=SCORABLE,
                           **history_of(SettingSubject.SCORING, key))


@bp.get("/scoring/<int:key>")
def plan(key: int) -> ResponseReturnValue:
    """How a kind of unit is scored."""
    return plan_page(key)


@bp.post("/scoring/<int:key>")
@keeps(plan_page)
def change_plan(key: int) -> ResponseReturnValue:
    """Score it otherwise from a day on."""
    form = load(schemas.ScoringForm)
    row = administer.replace_plan(key, current_actor(), version=form["version"],
                                  line=administer.ScoringLine(**_form(form)), valid_from=form.get("valid_from"))
    return saved("admin.plan", gettext("新版本已建立，旧版本已终止。"), key=row.id)
