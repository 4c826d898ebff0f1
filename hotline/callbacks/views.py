"""The queue of callers to ring, the screen of one call, and the dissatisfied who wait for a decision."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.callbacks import calls, claims, schemas
from hotline.forms import Typed, keeps, load, query, sent_once
from hotline.moves import choices, perform
from hotline.pages import fragment
from workflows import conceal
from workflows.model.idempotency import AlreadyDone
from workflows.model.phone import as_dialled
from workflows.read.queues import callback_queue, desk_counts
from workflows.read.tickets import ticket_page
from workflows.rules.closing import LEAST_TRIES

bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")


def _queue() -> dict[str, object]:
    """What the queue shows, by the address."""
    actor = current_actor()
    asked, _ = query(schemas.QueueQuery)
    tab = asked.get("tab") or schemas.CallbackTab.TO_RING
    page = callback_queue(actor, tab, asked.get("page") or None)
    ringing = claims.held([row.no for row in page.items], actor)
    return {"tab": tab, "page": page, "counts": desk_counts(actor), "ringing": ringing,
            "most_attempts": LEAST_TRIES}


@bp.get("/")
def queue() -> ResponseReturnValue:
    """Whom to ring: those whose time has come first."""
    return render_template("callbacks/queue.html", **_queue())


@bp.get("/rows")
def rows() -> ResponseReturnValue:
    """The queue again, for its refresh."""
    return fragment(render_template("callbacks/rows.html", **_queue()))


@bp.get("/next")
def next_call() -> ResponseReturnValue:
    """The first caller this person may ring whom nobody else is ringing."""
    no = calls.first_free(current_actor(), but=request.args.get("but", ""))
    if no is None:
        flash(gettext("现在没有需要您回访的诉求人。"), "info")
        return redirect(url_for("callbacks.queue"), code=303)
    return redirect(url_for("callbacks.call", no=no), code=303)


def call_page(no: str, typed: Typed | None = None, identity: conceal.Identity | None = None) -> str:
    """The screen of one call. `identity`: the caller in full, once, after it was asked for with a reason."""
    actor = current_actor()
    page = ticket_page(no, actor)
    barred = calls.barred(page, actor) or ("" if typed else calls.silent())
    return render_template(
        "callbacks/call.html", page=page, ticket=page.ticket, barred=barred, identity=identity,
        typed=typed or Typed(), answer=calls.answer_of(page), this_round=calls.attempts_of_round(page),
        ringing="" if barred or calls.decided_on(page) else claims.claim(no, actor), judging=calls.judging(page),
        close_types=choices.close_types(page), blank=Typed(), as_dialled=as_dialled,
    )


@bp.get("/tickets/<no>")
def call(no: str) -> ResponseReturnValue:
    """What was asked, what was answered, and the questions for the caller."""
    return call_page(no)


@bp.post("/tickets/<no>")
@keeps(call_page)
def record(no: str) -> ResponseReturnValue:
    """What came of the call; then on to the next one."""
    actor = current_actor()
    with suppress(AlreadyDone), sent_once(actor):
        perform("record_callback", no, actor)
    claims.release(no, actor)
    flash(calls.outcome_in_words(no, actor), "good")
    return redirect(url_for("callbacks.next_call", but=no), code=303)


def request_page(no: str, typed: Typed | None = None) -> str:
    """What the caller asks for anew: the form of a call, without who calls."""
    actor = current_actor()
    page = ticket_page(no, actor)
    return render_template("callbacks/request.html", page=page, ticket=page.ticket, barred=calls.barred(page, actor),
                           typed=typed or Typed())


@bp.get("/tickets/<no>/request")
def new_request(no: str) -> ResponseReturnValue:
    """新诉求: a form of its own, linked to the ticket the caller is rung about."""
    return request_page(no)


@bp.post("/tickets/<no>/request")
@keeps(request_page)
def log_request(no: str) -> ResponseReturnValue:
    """It becomes a ticket, and the call goes on; the caller is told its number."""
    actor = current_actor()
    receipt = calls.log_request(no, actor, schemas.said_anew(load(schemas.NewRequest), no, actor))
    told = {"no": receipt.no, "code": receipt.query_code}
    flash(gettext("新诉求已登记，工单编号 %(no)s，查询码 %(code)s，请告知诉求人。", **told), "good")
    return redirect(url_for("callbacks.call", no=no), code=303)


@bp.post("/tickets/<no>/number")
def number(no: str) -> ResponseReturnValue:
    """The caller's number, for the reason given; who saw it and why is on record."""
    identity = conceal.reveal(no, current_actor(), reason=load(schemas.RevealForm)["purpose"])
    if "HX-Request" in request.headers:
        return render_template("callbacks/number.html", identity=identity, as_dialled=as_dialled)
    return call_page(no, identity=identity)
