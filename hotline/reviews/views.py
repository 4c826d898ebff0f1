"""The review desk: its queue, the screen for one reply, the decision, and the next one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import POLL_HEADER, current_actor
from hotline.forms import Typed, keeps, load
from hotline.labels import label
from hotline.moves import perform
from hotline.pages import fragment, size_asked
from hotline.reviews.noticed import noticed
from hotline.reviews.schemas import Decision, Verdict
from hotline.tickets.eyes import seen
from workflows.read import queues
from workflows.read.tickets import ticket_page
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.roles import Actor

bp = Blueprint("reviews", __name__, url_prefix="/reviews")

#: How far into the queue "the one after this" is looked for.
AHEAD = 50


def rows() -> dict[str, Any]:
    """What the queue and its refresh show."""
    actor = current_actor()
    page = queues.review_queue(actor, after=request.args.get("page"), size=size_asked())
    may_decide = actor.has(TICKET_MOVES["grant_return"].roles)
    return {"page": page, "counts": queues.desk_counts(actor), "may_decide_returns": may_decide}


@bp.get("/")
def queue() -> ResponseReturnValue:
    """Replies that wait for review, what is due first on top; the rows alone where the page refreshes itself."""
    if POLL_HEADER in request.headers:
        return fragment(render_template("reviews/rows.html", **rows()))
    return render_template("reviews/queue.html", **rows())


def following(actor: Actor, no: str) -> str | None:
    """The number of the reply to review after this one: the next in the queue, or its first. None when all are done."""
    waiting = [row.no for row in queues.review_queue(actor, size=AHEAD).items]
    after = waiting[waiting.index(no) + 1 :] if no in waiting else waiting
    return next((other for other in [*after, *waiting] if other != no), None)


@bp.get("/next")
def next_one() -> ResponseReturnValue:
    """On to the next reply; back to the queue when there is none."""
    no = following(current_actor(), request.args.get("after", ""))
    if no is None:
        flash(gettext("没有其他待审核的回复了。"), "info")
        return redirect(url_for("reviews.queue"), code=303)
    return redirect(url_for("reviews.review", no=no), code=303)


def show(no: str, typed: Typed | None = None) -> str:
    """Request and reply side by side; `typed` is what came with a decision that was refused."""
    actor = current_actor()
    page = ticket_page(no, actor)
    reply = next((one for one in page.replies if one.decision is None), None)
    return render_template(
        "reviews/review.html", page=page, ticket=page.ticket, reply=reply, typed=typed or Typed(),
        noticed=noticed(page, reply) if reply else {}, waiting=queues.desk_counts(actor)["review"],
        revealed=None, reveal=Typed(), **seen(page, actor),
    )


@bp.get("/<no>")
def review(no: str) -> ResponseReturnValue:
    """One reply to review."""
    return show(no)


@bp.post("/<no>")
@keeps(show)
def decide(no: str) -> ResponseReturnValue:
    """Accept the reply or send it back, and on to the next one."""
    form = load(Decision)
    said = {"version": form["version"], "opinion": form["opinion"]}
    if form["verdict"] is Verdict.SEND_BACK:
        said |= {"defects": form["defects"], "items": form["items"]}
    perform(form["verdict"], no, current_actor(), said)
    flash(gettext("工单 %(no)s：“%(move)s”已完成。", no=no, move=label(str(form["verdict"]), "Move")), "good")
    return redirect(url_for("reviews.next_one"), code=303)
