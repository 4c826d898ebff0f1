"""重复来电人: how many there are is a page; who they are is shown masked, once, for a reason, and goes on record."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.figures.views import period, quick_periods, said_beside
from hotline.forms import Typed, keeps, load, query
from hotline.repeats.schemas import LookForm, RepeatFilter
from hotline.reports.base import book_of
from hotline.reports.sheets import of_repeats
from workflows import conceal
from workflows.errors import Invalid
from workflows.read.repeats import LEAST, MOST, MOST_TICKETS, RepeatCaller, repeats

bp = Blueprint("repeats", __name__, url_prefix="/repeats")


def _asked() -> tuple[date, date, int, Typed]:
    found, typed = query(RepeatFilter)
    return *period(found), found.get("least") or LEAST, typed


def _page(first: date, last: date, least: int, *, callers: list[RepeatCaller] | None = None, typed: Typed,
          look: Typed) -> str:
    found: list[Any] = []
    try:
        found = list(callers or repeats(current_actor(), first, last, least))
    except Invalid as refusal:
        typed = said_beside(typed, refusal)
    return render_template("repeats/page.html", found=found, callers=callers, first=first, last=last, least=least,
                           typed=typed, look=look, most=MOST, most_tickets=MOST_TICKETS, quick=quick_periods())


def _again(typed: Typed) -> str:
    """The page without callers, with what was wrong with the look."""
    first, last, least, asked = _asked()
    return _page(first, last, least, typed=asked, look=typed)


@bp.get("/")
def page() -> ResponseReturnValue:
    """How many callers asked how often; nobody is named."""
    return _again(Typed())


@bp.post("/")
@keeps(_again)
def look() -> ResponseReturnValue:
    """The same callers masked, with their tickets."""
    form = load(LookForm)
    asked = form["first"], form["last"], form["least"]
    callers = conceal.look_up_repeats(current_actor(), *asked, reason=form["reason"])
    return _page(*asked, callers=callers, typed=Typed(), look=Typed())


@bp.get("/repeats.xlsx")
def file() -> ResponseReturnValue:
    """How many and how often as a workbook, without anybody in it."""
    first, last, least, _typed = _asked()
    return book_of(gettext("重复来电人"), first, last, of_repeats(repeats(current_actor(), first, last, least)))
