"""The board: overdue and soon due clocks, the ageing table, pressing one unit or many, the list as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels, times
from hotline.access import current_actor
from hotline.figures.schemas import PeriodFilter
from hotline.figures.views import period, quick_periods
from hotline.forms import Typed, keeps, load, query, sent_once
from hotline.pages import MOST, csv_response, fragment
from hotline.supervisors import batches
from hotline.supervisors.base import bp
from hotline.supervisors.schemas import BatchForm, BoardFilter, ChaseForm
from workflows.engine.clocks import ACTS
from workflows.errors import Invalid
from workflows.model.idempotency import AlreadyDone
from workflows.model.reference import reference
from workflows.read import dispatching, orders, overdue
from workflows.read.paging import Page
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.supervise import chase as press
from workflows.supervise import chasing

#: The most rows a file of the board holds; beyond that the filters help.
MOST_ROWS = 20_000
TABS = ("overdue", "1", "2", "3", "ageing", "orders", "raised")
#: Those that list clocks, whose tickets can be pressed for together.
CLOCK_TABS = ("overdue", "1", "2", "3")
#: What of the address is kept when the board is shown again.
KEPT = ("tab", "unit_id", "code", "bucket", "page")


def tab_wanted() -> str:
    """The tab in the address, or the first."""
    tab = request.args.get("tab", "")
    return tab if tab in TABS else TABS[0]


def kept_arguments() -> dict[str, str]:
    """The tab, filters and page of the address."""
    return {name: value for name, value in request.args.items() if name in KEPT}


def unit_options(actor: Actor) -> list[tuple[int, str]]:
    """The units whose clocks this person may see, by name."""
    units = reference().units.values()
    seen = [u for u in units if actor.unit_ids >= {u.id} or not actor.of_unit]
    return sorted(((u.id, u.name) for u in seen), key=lambda option: option[1])


def lister(tab: str) -> Callable[..., Page[overdue.LateRow]]:
    """What a tab lists: overdue clocks, or those due within so many working days."""
    if not tab.isdigit():
        return overdue.overdue

    def soon(actor: Actor, *, bucket: Any = None, **more: Any) -> Page[overdue.LateRow]:
        return overdue.due_soon(actor, days=int(tab), **more)

    return soon


def _parts() -> dict[str, Any]:
    """What the board and its refresh show."""
    actor, tab = current_actor(), tab_wanted()
    found, typed = query(BoardFilter)
    ageing = overdue.ageing(actor)
    kept = kept_arguments()
    return {
        "kept": kept, "board_url": url_for("supervisors.board", **kept), "unit_options": unit_options(actor),
        "clock_codes": [code for code in ClockCode if code in ACTS and code is not ClockCode.TOTAL],
        "tab": tab, "typed": typed, "ageing": ageing, "buckets": list(overdue.Bucket),
        "total": sum(line.total for line in ageing), "soon": overdue.due_soon_counts(actor),
        "orders": orders.open_orders(actor, unit_id=found.get("unit_id"), after=request.args.get("page"))
        if tab == "orders" else None,
        "raised": dispatching.raised(actor, after=request.args.get("page")) if tab == "raised" else None,
        "page": Page() if tab in {"orders", "raised"} else lister(tab)(actor, after=request.args.get("page"), **found),
        "may_chase": actor.has(chasing.CHASERS), "many": tab in CLOCK_TABS, "most": MOST,
    }


@bp.get("/")
def board() -> ResponseReturnValue:
    """The whole board."""
    return render_template("supervisors/board.html", **_parts(), wrong=Typed(), wrong_no="", batch=Typed())


@bp.get("/rows")
def rows() -> ResponseReturnValue:
    """The board's inside, for its refresh."""
    return fragment(render_template("supervisors/rows.html", **_parts(), wrong=Typed(), wrong_no="", batch=Typed()))


@bp.get("/dispatching")
def quality() -> ResponseReturnValue:
    """派单质量: right the first time, hops, the matters and the desks it goes wrong at."""
    found, typed = query(PeriodFilter)
    first, last = period(found)
    asked = current_actor(), first, last
    return render_template(
        "supervisors/dispatching.html", typed=typed, first=first, last=last, quick=quick_periods(),
        quality=dispatching.quality(*asked), categories=dispatching.worst_categories(*asked),
        dispatchers=dispatching.by_dispatcher(*asked),
    )


@bp.get("/board.csv")
def board_csv() -> ResponseReturnValue:
    """What is on screen, all pages of it, as a file."""
    found, _ = query(BoardFilter)
    head = [
        gettext("工单编号"), gettext("标题"), gettext("环节"), gettext("责任单位"), gettext("责任岗位"),
        gettext("开始"), gettext("到期"), gettext("超期工作日"), gettext("黄牌时间"), gettext("红牌时间"),
        gettext("催办次数"), gettext("状态"),
    ]
    return csv_response(gettext("超期与将超期"), head, map(_line, _all(current_actor(), found, MOST_ROWS)))


def _all(actor: Actor, found: dict[str, Any], most: int) -> Iterator[overdue.LateRow]:
    """What the present tab lists on all its pages, so many rows at least where there are more."""
    after, seen, listed = None, 0, lister(tab_wanted())
    while seen < most:
        page = listed(actor, after=after, size=MOST, **found)
        yield from page.items
        seen, after = seen + len(page.items), page.next
        if after is None:
            return


def _line(row: overdue.LateRow) -> list[Any]:
    return [row.no, row.title, labels.label(row.code, "ClockCode"), row.unit_name, labels.label(row.role, "Role"),
            times.local(row.started_at, "full"), times.local(row.due_at, "full"), f"{row.working_days:.1f}",
            times.local(row.warned_at, "full"), times.local(row.fired_at, "full"), row.urge_count,
            labels.label(row.state, "TicketState")]


def _board_again(no: str, typed: Typed) -> str:
    """The board, with what was wrong with the words."""
    return render_template("supervisors/board.html", **_parts(), wrong=typed, wrong_no=no, batch=Typed())


def _board_with(typed: Typed) -> str:
    """The board, with what was wrong with a batch."""
    return render_template("supervisors/board.html", **_parts(), wrong=Typed(), wrong_no="", batch=typed)


@bp.post("/chases")
@keeps(_board_with)
def chase_many() -> ResponseReturnValue:
    """Press for everything ticked, or for all that the filters find, as a job."""
    form, actor = load(BatchForm), current_actor()
    wanted = {name: form[name] for name in ("unit_id", "code", "bucket") if form[name] is not None}
    tickets = _found(actor, wanted) if form["everything"] else form["tickets"]
    with suppress(AlreadyDone), sent_once(actor):
        job_id = chasing.order_batch(actor, tickets=tickets, way=form["way"], note=form["note"] or "")
        return batches.begun(job_id)
    return redirect(url_for("supervisors.chases"), code=303)


def _found(actor: Actor, wanted: dict[str, Any]) -> Iterator[str]:
    """The tickets on all pages of the tab, some beyond the most a batch may have. Raises Invalid: no clocks there."""
    if tab_wanted() not in CLOCK_TABS:
        raise Invalid(fields={"tickets": ["required"]})
    # a ticket may have several clocks on the list
    return (row.no for row in _all(actor, wanted, 2 * chasing.MOST + 1))


@bp.post("/tickets/<no>/chase")
@keeps(_board_again)
def chase(no: str) -> ResponseReturnValue:
    """催办: the unit and its leader are told, and it is on record."""
    form = load(ChaseForm)
    with suppress(AlreadyDone), sent_once(current_actor()):
        press(no, current_actor(), note=form.get("note") or "", version=form["version"])
    flash(gettext("工单 %(no)s 已催办。", no=no), "good")
    return redirect(url_for("supervisors.board", **kept_arguments()), code=303)
