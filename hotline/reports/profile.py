"""街镇画像: one place with all below it, on screen, on paper and as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.figures.views import counted_by, quick_periods, said_beside
from hotline.forms import query
from hotline.reports.base import book_of, bp
from hotline.reports.charts import bars, lines
from hotline.reports.schemas import ProfileFilter
from hotline.reports.sheets import of_profile
from workflows.errors import Invalid, Unknown
from workflows.model.reference import reference
from workflows.read import profile as read
from workflows.read.figures import this_month
from workflows.read.kept import kept
from workflows.scope import scope_key


def _told(area_id: int, first: date, last: date) -> read.Profile:
    actor = current_actor()
    mark = scope_key(actor), actor.of_hotline, actor.unit_id, actor.recused_from
    return kept(("profile", mark, area_id, first, last), lambda: read.profile(actor, area_id, first, last))


def _asked(found: dict[str, Any]) -> tuple[int | None, date, date]:
    """The place, or that of the reader's unit; the days, or the month so far."""
    first, last = this_month()
    return (found.get("area_id") or read.home_area(current_actor()), found.get("first") or first,
            found.get("last") or last)


@bp.get("/profile")
def place() -> ResponseReturnValue:
    """The profile of a place; without one, the places to choose from."""
    found, typed = query(ProfileFilter)
    area_id, first, last = _asked(found)
    told, charts = None, {}
    try:
        if area_id is not None:
            told = _told(area_id, first, last)
            charts = {"months": lines(told.months, "%Y-%m"), "topics": bars(told.topics)}
    except Invalid as refusal:
        typed = said_beside(typed, refusal)
    return render_template("reports/profile.html", told=told, typed=typed, area_id=area_id, first=first, last=last,
                           charts=charts, area=reference().area_name(area_id), quick=quick_periods(),
                           streets=read.streets() if area_id is None else [], **counted_by(first, last))


@bp.get("/profile.xlsx")
def place_file() -> ResponseReturnValue:
    """The same as a workbook."""
    found, _typed = query(ProfileFilter)
    area_id, first, last = _asked(found)
    if area_id is None:
        raise Unknown("not_found")
    told = _told(area_id, first, last)
    return book_of(f"{gettext('街镇画像')} {told.name}", first, last, of_profile(told))
