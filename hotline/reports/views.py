"""The bulletin of a period on screen, on paper and as a workbook; the wallboard that keeps itself up to date."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.figures.schemas import PeriodFilter
from hotline.figures.views import counted_by, period, said_beside
from hotline.forms import query
from hotline.pages import fragment
from hotline.reports import cockpit, profile, requests
from hotline.reports.base import book_of, bp
from hotline.reports.charts import bars, lines
from hotline.reports.sheets import of_bulletin
from workflows.errors import Invalid
from workflows.model.reference import today
from workflows.read import wall
from workflows.read.bulletin import SHOWN, Bulletin, bulletin
from workflows.read.kept import kept
from workflows.scope import scope_key

#: The pages of other modules on the same blueprint, there once they are imported.
PARTS = cockpit, profile, requests


def _told(first: date, last: date) -> Bulletin:
    actor = current_actor()
    return kept(("bulletin", scope_key(actor), first, last), lambda: bulletin(actor, first, last))


def quick_periods() -> list[tuple[str, date, date]]:
    """Periods there are bulletins of: days, weeks from Monday, months."""
    day = today()
    monday, month = day - timedelta(days=day.weekday()), day.replace(day=1)
    before = month - timedelta(days=1)
    return [
        (gettext("今日"), day, day), (gettext("昨日"), day - timedelta(days=1), day - timedelta(days=1)),
        (gettext("本周"), monday, day), (gettext("上周"), monday - timedelta(days=7), monday - timedelta(days=1)),
        (gettext("本月"), month, day), (gettext("上月"), before.replace(day=1), before),
    ]


@bp.get("/")
def page() -> ResponseReturnValue:
    """The bulletin of a period."""
    found, typed = query(PeriodFilter)
    first, last = period(found)
    try:
        told = _told(first, last)
    except Invalid as refusal:
        return render_template("reports/bulletin.html", told=None, typed=said_beside(typed, refusal), first=first,
                               last=last, quick=quick_periods())
    return render_template(
        "reports/bulletin.html", told=told, typed=typed, first=first, last=last, quick=quick_periods(), shown=SHOWN,
        charts=_charts(told), **counted_by(first, last),
    )


def _charts(told: Bulletin) -> dict[str, Any]:
    """What js/charts.js draws: requests by day, and the matters asked about most."""
    return {
        "days": lines(told.intake.days, "%m-%d"),
        "topics": bars(told.topics),
        "kinds": {"kind": "pie", "names": [labels.label(kind, "Kind") for kind in told.intake.kinds],
                  "series": [{"name": gettext("受理"), "values": list(told.intake.kinds.values())}]},
    }


@bp.get("/bulletin.xlsx")
def file() -> ResponseReturnValue:
    """The bulletin as a workbook."""
    found, _typed = query(PeriodFilter)
    first, last = period(found)
    return book_of(gettext("运行通报"), first, last, of_bulletin(_told(first, last)))


@bp.get("/wall")
def board() -> ResponseReturnValue:
    """The wallboard: one screen, without menus."""
    return render_template("reports/wall.html", mapped=bool(_map_file()), **_wall())


@bp.get("/wall/now")
def board_now() -> ResponseReturnValue:
    """Its inside, for its refresh."""
    return fragment(render_template("reports/wall_now.html", **_wall()))


@bp.get("/wall/map.json")
def board_map() -> ResponseReturnValue:
    """The outlines of the areas, as the installation supplies them."""
    given = _map_file()
    if not given:
        abort(404)
    return Response(Path(given).read_bytes(), mimetype="application/geo+json")


def _map_file() -> str:
    return current_app.config.get("AREAS_GEOJSON") or ""


def _wall() -> dict[str, Any]:
    actor = current_actor()
    now = kept(("wall", scope_key(actor)), lambda: wall.now_on(actor))
    return {"now": now, "areas": json.dumps(now.areas, ensure_ascii=False)}
