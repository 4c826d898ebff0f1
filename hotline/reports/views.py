"""The bulletin of a period on screen, on paper and as a workbook; the wallboard that keeps itself up to date."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.figures.schemas import PeriodFilter
from hotline.figures.views import period
from hotline.forms import Typed, query
from hotline.imports.views import XLSX
from hotline.pages import fragment
from hotline.reports.workbook import workbook
from workflows.errors import Invalid
from workflows.model.reference import reference, today
from workflows.read import wall
from workflows.read.bulletin import SHOWN, Bulletin, bulletin
from workflows.read.kept import kept
from workflows.rules.indicators import FORMULA_VERSION
from workflows.scope import scope_key

bp = Blueprint("reports", __name__, url_prefix="/reports")


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
        typed = Typed(typed.data, Invalid(fields={"last": refusal.fields["to"]}), sent=True)
        return render_template("reports/bulletin.html", told=None, typed=typed, first=first, last=last,
                               quick=quick_periods())
    return render_template(
        "reports/bulletin.html", told=told, typed=typed, first=first, last=last, quick=quick_periods(), shown=SHOWN,
        charts=_charts(told), formula=FORMULA_VERSION, switches=reference().policies.stretches(first, last),
    )


def _charts(told: Bulletin) -> dict[str, Any]:
    """What js/charts.js draws: requests by day, and the matters asked about most."""
    topics = list(reversed(told.topics))
    return {
        "days": {"kind": "line", "names": [f"{day:%m-%d}" for day in told.intake.days],
                 "series": [{"name": gettext("受理"), "values": list(told.intake.days.values())}]},
        "topics": {"kind": "bar", "names": [topic.name.rpartition(" › ")[2] for topic in topics],
                   "series": [{"name": gettext("本时段"), "values": [topic.count for topic in topics]},
                              {"name": gettext("上一时段"), "values": [topic.before for topic in topics]}]},
        "kinds": {"kind": "pie", "names": [labels.label(kind, "Kind") for kind in told.intake.kinds],
                  "series": [{"name": gettext("受理"), "values": list(told.intake.kinds.values())}]},
    }


@bp.get("/bulletin.xlsx")
def file() -> ResponseReturnValue:
    """The bulletin as a workbook."""
    found, _typed = query(PeriodFilter)
    first, last = period(found)
    name = f"{gettext('运行通报')} {first} {last}.xlsx"
    switches = reference().policies.stretches(first, last)
    return send_file(workbook(_told(first, last), switches), XLSX, as_attachment=True, download_name=name)


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
