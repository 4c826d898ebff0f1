"""话务员报表: a line for everybody who takes requests; an agent's own alone."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.figures.schemas import PeriodFilter
from hotline.figures.views import period, quick_periods, said_beside
from hotline.forms import query
from hotline.reports.base import book_of
from hotline.reports.sheets import of_agents
from workflows.errors import Invalid
from workflows.read.agents import MOST, SEES_ALL, AgentLine, agents
from workflows.read.kept import kept

bp = Blueprint("agents", __name__, url_prefix="/agents")


def _lines(first: date, last: date) -> list[AgentLine]:
    actor = current_actor()
    whose = None if actor.has(SEES_ALL) and not actor.recused_from else actor.user_id
    return kept(("agents", whose, first, last), lambda: agents(actor, first, last))


@bp.get("/")
def table() -> ResponseReturnValue:
    """The lines of a period."""
    found, typed = query(PeriodFilter)
    first, last = period(found)
    try:
        lines = _lines(first, last)
    except Invalid as refusal:
        lines, typed = [], said_beside(typed, refusal)
    return render_template("agents/table.html", lines=lines, typed=typed, first=first, last=last, most=MOST,
                           quick=quick_periods(), all_lines=current_actor().has(SEES_ALL))


@bp.get("/agents.xlsx")
def file() -> ResponseReturnValue:
    """The same as a workbook."""
    found, _typed = query(PeriodFilter)
    first, last = period(found)
    return book_of(gettext("话务员报表"), first, last, of_agents(_lines(first, last)))
