"""The queue of a handling unit, its refresh, and signing for many tickets at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline import times
from hotline.access import POLL_HEADER, current_actor
from hotline.city import reference
from hotline.departments.schemas import MOST_SIGNED, QueueFilter, SignMany
from hotline.departments.signing import Signed, sign_all
from hotline.forms import Typed, keeps, load, query
from hotline.pages import fragment, size_asked
from workflows.read import departments
from workflows.read.approvals import approval_count
from workflows.read.conferences import conference_queue
from workflows.read.departments import Tab, TaskFilter
from workflows.rules.roles import Actor, Role

bp = Blueprint("departments", __name__, url_prefix="/departments")

#: Filters that stay when another tab is opened.
FILTERS = ("unit_id", "category_id", "words")


def rows() -> dict[str, Any]:
    """What the queue and its refresh show: the counts of the tabs, a page of one of them, what came in meanwhile."""
    actor = current_actor()
    asked, typed = query(QueueFilter)
    counts = departments.department_counts(actor)
    tab = asked.get("tab") or (Tab.TO_SIGN if counts[Tab.TO_SIGN] else Tab.WORKING)
    filters = TaskFilter(**{name: asked[name] for name in FILTERS if asked.get(name)})
    since = asked.get("since") or times.moment()
    return {
        "tab": tab, "typed": typed, "counts": counts, "since": since, "several": len(actor.unit_ids) > 1,
        "page": departments.department_queue(
            actor, tab, filters=filters, after=request.args.get("page"), size=size_asked()
        ),
        "arrived": departments.arrived_since(actor, since), "most": MOST_SIGNED,
        "approving": approval_count(actor) if actor.has({Role.UNIT_LEAD}) else None,
        "kept": {name: request.args[name] for name in FILTERS if request.args.get(name)},
    }


def unit_options(actor: Actor) -> list[tuple[int, str]]:
    """The actor's unit and those below it, by code."""
    units = reference().units
    own = sorted((units[key] for key in actor.unit_ids), key=lambda unit: unit.code)
    return [(unit.id, unit.name) for unit in own]


def matter_options() -> list[tuple[int, str]]:
    """The matters of the first level, by code."""
    tops = [one for one in reference().categories.values() if one.level == 1 and one.active]
    return [(one.id, one.name) for one in sorted(tops, key=lambda one: one.code)]


def show(typed: Typed | None = None, results: list[Signed] | None = None) -> str:
    """The whole page; `results` are of tickets just signed for together, `typed` holds why none was."""
    return render_template(
        "departments/queue.html", **rows(), results=results or [], sent=typed or Typed(),
        units=unit_options(current_actor()), matters=matter_options(),
    )


@bp.get("/")
def queue() -> ResponseReturnValue:
    """The queue; its rows alone where the page refreshes itself."""
    if POLL_HEADER in request.headers:
        return fragment(render_template("departments/rows.html", **rows()))
    return show()


@bp.get("/conferences")
def invited() -> ResponseReturnValue:
    """The conferences the actor's unit is invited to."""
    return render_template(
        "departments/conferences.html", page=conference_queue(current_actor(), after=request.args.get("page"))
    )


@bp.post("/")
@keeps(show)
def sign_many() -> ResponseReturnValue:
    """Sign for the tickets ticked, and say what became of each."""
    return show(results=sign_all(load(SignMany)["tickets"], current_actor()))
