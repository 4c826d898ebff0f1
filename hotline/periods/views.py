"""Periods of figures: asked for and agreed to be locked, then shown as published, each number with its rows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.figures.behind import behind_file, behind_page
from hotline.forms import Typed, keeps, load, query
from hotline.pages import Key, paginate
from hotline.periods import schemas
from workflows import administer
from workflows.errors import Unknown
from workflows.model.period import PeriodCorrection, PeriodLock
from workflows.model.reference import reference
from workflows.read import published
from workflows.read.figures import Part
from workflows.rules.indicators import FigureGroup, of_group
from workflows.rules.publishing import LOCKERS, decides_alone

bp = Blueprint("periods", __name__, url_prefix="/periods")


def list_page(key: int | None = None, typed: Typed | None = None) -> str:
    """The periods; `key` is the one whose form came back, none the form that asks."""
    actor, page = current_actor(), paginate(published.locks(), [Key(PeriodLock.id, descending=True)])
    return render_template(
        "periods/list.html", page=page, sent=key, typed=typed or Typed(), empty_form=Typed(), actor=actor,
        may_lock=actor.has(LOCKERS), alone=decides_alone(actor),
    )


def _done(words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("periods.index"), code=303)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Periods that are locked, or are to be."""
    return list_page()


@bp.post("/")
@keeps(list_page)
def ask() -> ResponseReturnValue:
    """Ask for a period to be locked."""
    form = load(schemas.AskedLock)
    administer.ask_lock(current_actor(), **form)
    return _done(gettext("已提交，同意后即锁定。"))


@bp.post("/<int:key>/grant")
@keeps(list_page)
def grant(key: int) -> ResponseReturnValue:
    """Agree to a period's being locked."""
    administer.grant_lock(key, current_actor(), **load(schemas.Agreed))
    return _done(gettext("已同意，正在锁定。"))


@bp.post("/<int:key>/refuse")
@keeps(list_page)
def refuse(key: int) -> ResponseReturnValue:
    """Refuse to lock a period, or take it back."""
    administer.refuse_lock(key, current_actor(), **load(schemas.Refused))
    return _done(gettext("已驳回。"))


@bp.get("/<int:key>/")
def period(key: int) -> ResponseReturnValue:
    """A locked period as it was published."""
    row, actor = published.period_of(key), current_actor()
    group = query(schemas.PeriodQuery)[0].get("group") or FigureGroup.OUTCOME
    shown = of_group(group)
    heads = [{"text": labels.label(figure), "klass": "num"} for figure in shown]
    return render_template(
        "periods/period.html", row=row, lines=published.table(actor, key, shown), group=group, figures=shown,
        groups=list(FigureGroup), figure_heads=heads, ranked=published.standings(actor, key),
        switches=reference().policies.stretches(row.first_day, row.last_day),
    )


@bp.get("/<int:key>/corrections")
def corrections(key: int) -> ResponseReturnValue:
    """What was corrected with a period."""
    actor, order = current_actor(), [Key(PeriodCorrection.id)]
    return render_template("periods/corrections.html", row=published.period_of(key),
                           page=paginate(published.corrections(actor, key), order), periods=published.period_of)


def _wanted(key: int) -> dict[str, Any]:
    found, _ = query(schemas.BehindQuery)
    if "figure" not in found:
        raise Unknown("not_found")
    published.period_of(key)
    return {"key": key, "figure": found["figure"], "part": found.get("part") or Part.DENOMINATOR,
            "unit_id": found.get("unit_id"), "after": found.get("after") or 0}


@bp.get("/<int:key>/tickets")
def behind(key: int) -> ResponseReturnValue:
    """The tickets behind a published number, as they were counted."""
    row = published.period_of(key)
    return behind_page(
        published.tickets_behind, _wanted(key), first=row.first_day, last=row.last_day, page="periods.behind",
        file="periods.behind_csv", back=url_for("periods.period", key=key), locked=True,
    )


@bp.get("/<int:key>/tickets.csv")
def behind_csv(key: int) -> ResponseReturnValue:
    """The tickets behind a published number as a file."""
    row = published.period_of(key)
    return behind_file(published.tickets_behind, _wanted(key), row.first_day, row.last_day)
