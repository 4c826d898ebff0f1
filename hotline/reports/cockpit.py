"""领导驾驶舱: the leader's one page, and its numbers as a workbook."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.figures.views import counted_by
from hotline.navigation import WATCHING
from hotline.reports.base import book_of, bp
from hotline.reports.charts import bars, lines
from hotline.reports.sheets import of_cockpit
from workflows.read import cockpit as read


@bp.get("/cockpit")
def leaders() -> ResponseReturnValue:
    """How things stand, each number opening to its tickets."""
    actor = current_actor()
    told = read.cockpit(actor)
    charts = {
        "days": lines(told.days.days, "%m-%d"), "topics": bars(told.topics),
        "ages": {"kind": "bar", "names": [labels.label(bucket) for bucket in reversed(told.overdue)],
                 "series": [{"name": gettext("已超期"), "values": list(reversed(told.overdue.values()))}]},
    }
    return render_template("reports/cockpit.html", told=told, mine=read.mine(actor), charts=charts,
                           watching=actor.has(set(WATCHING)), **counted_by(told.day.replace(day=1), told.day))


@bp.get("/cockpit.xlsx")
def leaders_file() -> ResponseReturnValue:
    """Its numbers as a workbook."""
    actor = current_actor()
    told = read.cockpit(actor)
    return book_of(gettext("领导驾驶舱"), told.first, told.day, of_cockpit(told, read.mine(actor)))
