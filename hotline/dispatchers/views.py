"""The dispatch desk: tickets that wait for a unit, with candidates and reasons; returns, extensions and refusals that
wait for a decision; conferences that go on.

The moves themselves are made on the ticket page's address (hotline/tickets); this is where they are offered.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.dispatchers.schemas import MergeForm
from hotline.forms import Typed, keeps, load
from hotline.navigation import DISPATCHING
from hotline.pages import fragment
from workflows import merge
from workflows.read import queues
from workflows.read.admission import admission_queue, details_queue
from workflows.read.conferences import conference_queue
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.roles import Role

bp = Blueprint("dispatchers", __name__, url_prefix="/dispatch")

#: Tab → what it lists.
TABS = {
    "dispatch": queues.dispatch_queue, "returns": queues.return_queue, "extensions": queues.extension_queue,
    "conferences": conference_queue, "admission": admission_queue, "details": details_queue,
}
#: Those of them for whoever does not dispatch.
OTHERS = frozenset({"admission", "details"})


def _parts() -> dict[str, Any]:
    """What the desk and its refresh show."""
    actor = current_actor()
    tab = request.args.get("tab", "")
    dispatching = actor.has(frozenset(DISPATCHING))
    tab = tab if tab in (TABS if dispatching else OTHERS) else "dispatch" if dispatching else "details"
    kept = {name: value for name, value in request.args.items() if name in {"tab", "page"}}
    return {
        "tab": tab, "counts": queues.desk_counts(actor), "page": TABS[tab](actor, after=request.args.get("page")),
        "kept": kept, "desk_url": url_for("dispatchers.desk", **kept),
        "may_merge": actor.has(TICKET_MOVES["merge"].roles), "may_dispatch": actor.has(TICKET_MOVES["dispatch"].roles),
        "at_dispatch": dispatching,
        "may_admit": actor.has(TICKET_MOVES["admit"].roles), "may_refuse": actor.has(TICKET_MOVES["refuse"].roles),
        "may_decide": actor.has(TICKET_MOVES["grant_return"].roles),
        "may_extend": actor.has(TICKET_MOVES["grant_extension"].roles), "director": actor.has({Role.HOTLINE_DIR}),
        "senior": actor.has({Role.SUPERVISOR, Role.HOTLINE_DIR}),
    }


@bp.get("/")
def desk() -> ResponseReturnValue:
    """The desk."""
    return desk_page()


def desk_page(typed: Typed | None = None) -> str:
    """The desk, with what was wrong with a choice of tickets to merge."""
    return render_template("dispatchers/desk.html", typed=typed or Typed(), **_parts())


@bp.post("/merge")
@keeps(desk_page)
def gather() -> ResponseReturnValue:
    """并单: the tickets chosen follow one of them, or another of the same matter."""
    form = load(MergeForm)
    master = merge.gather(form["no"], current_actor(), master=form["master"] or min(form["no"], default=""))
    flash(gettext("已并入工单 %(no)s，共 %(n)d 人反映同一事项。", no=master.no, n=master.supporters + 1), "good")
    return redirect(url_for("dispatchers.desk"), code=303)


@bp.get("/rows")
def rows() -> ResponseReturnValue:
    """The desk's inside, for its refresh."""
    return fragment(render_template("dispatchers/rows.html", typed=Typed(), **_parts()))
