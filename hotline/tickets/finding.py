"""工单查询: tickets found by number or words, by everybody who may see tickets, and only those they may see."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline import navigation
from hotline.access import current_actor
from hotline.forms import CARRIED, ZONE, Typed, keeps, load, query
from hotline.pages import size_asked
from hotline.tickets.packages import bp
from hotline.tickets.schemas import STATES_ASKED, SearchForm
from workflows.read.lists import TicketFilter
from workflows.read.paging import Page
from workflows.read.search import SIZE, Hit, pieces, search
from workflows.read.texts import SINGLE_DAYS, SINGLE_TICKETS, brief, terms_of
from workflows.rules.numbering import is_mistyped, is_valid, ticket_no_within


def show(asked: dict[str, Any] | None = None, typed: Typed | None = None, page: Page[Hit] | None = None) -> str:
    """The form, and what was found. `typed` is what the form was sent with when it was refused."""
    actor, words = current_actor(), (asked or {}).get("q") or ""
    terms = terms_of(words)
    return render_template(
        "tickets/find.html", typed=typed or Typed(), page=page or Page(), asked=page is not None, actor=actor,
        states=STATES_ASKED, marked=partial(pieces, terms=terms), mistyped=is_mistyped(words),
        newest=SINGLE_TICKETS if brief(terms) else None, days=SINGLE_DAYS.days, callers=navigation.AT_THE_DESK,
    )


@bp.get("/")
def find() -> ResponseReturnValue:
    """What the address asks for; a ticket's number leads to it where this person may see it."""
    asked, typed = query(SearchForm)
    words, filters = asked.get("q") or "", _filters(asked)
    wanted = bool(words) or filters != TicketFilter()
    if not wanted:
        return show(asked, typed)
    page = search(current_actor(), words, filters, after=request.args.get("page"), size=size_asked(SIZE))
    no = ticket_no_within(words)
    if is_valid(no) and page.items:
        return redirect(url_for("tickets.page", no=no))
    return show(asked, typed, page)


@bp.post("/")
@keeps(show)
def look_up() -> ResponseReturnValue:
    """Lead on to what is asked for. Sent, not asked, so that a telephone number typed here stands in no address."""
    load(SearchForm)
    given = {name: value for name, value in request.form.items() if value.strip() and name not in CARRIED}
    return redirect(url_for("tickets.find", **given), code=303)


def _filters(asked: dict[str, Any]) -> TicketFilter:
    last = asked.get("created_to")
    return TicketFilter(
        states=asked.get("state") or frozenset(), unit_id=asked.get("unit_id"), category_id=asked.get("category_id"),
        area_id=asked.get("area_id"), created_from=_morning(asked.get("created_from")),
        created_to=_morning(last + timedelta(days=1) if last else None),
    )


def _morning(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), ZONE) if day else None
