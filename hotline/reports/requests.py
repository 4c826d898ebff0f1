"""The requests behind a number of the reports: of a period, a place, a matter, an agent, by what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hotline.access import current_actor
from hotline.figures.views import period, said_beside
from hotline.forms import query
from hotline.pages import size_asked
from hotline.reports.base import bp
from hotline.reports.schemas import RequestFilter
from workflows.errors import Invalid
from workflows.read.agents import SEES_ALL
from workflows.read.fates import Fate
from workflows.read.lists import TicketFilter, all_tickets
from workflows.read.paging import Page
from workflows.read.periods import Period


@bp.get("/requests")
def listed() -> ResponseReturnValue:
    """The tickets, newest first."""
    found, typed = query(RequestFilter)
    first, last = period(found)
    actor = current_actor()
    if not actor.has(SEES_ALL):
        found["by_id"] = None
    try:
        page = all_tickets(actor, _filter(found, first, last), request.args.get("page"), size_asked())
    except Invalid as refusal:
        page, typed = Page(), said_beside(typed, refusal)
    return render_template("reports/requests.html", page=page, typed=typed, first=first, last=last,
                           in_danger=found.get("in_danger"), by_id=found.get("by_id"), risk=found.get("risk"),
                           fates=list(Fate))


def _filter(found: dict[str, Any], first: date, last: date) -> TicketFilter:
    """What is asked for. A danger that waits has no period: it is open now; one of the period was reported in it."""
    days = Period(first, last)
    asked = {name: found.get(name) for name in ("category_id", "area_id", "by_id", "fate", "risk")}
    if found.get("in_danger"):
        return TicketFilter(**asked | {"risk": None}, in_danger=True, counted=True)
    if asked["risk"]:
        return TicketFilter(**asked, raised_from=days.start, raised_to=days.end, counted=True)
    return TicketFilter(**asked, created_from=days.start, created_to=days.end, counted=True)
