"""What callers see without an account: the way in, the progress of one ticket, and the link to rate it."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.citizens import schemas, service
from hotline.city import reference
from hotline.forms import Typed, keeps, load, sent_once
from hotline.limiting import ACTS, QUERIES, SENT_FROM_ADDRESS, SENT_UNDER_NUMBER, limiter
from workflows.errors import NotAllowed, Unknown
from workflows.inquire import by_link, caller_of, prove
from workflows.model.idempotency import AlreadyDone
from workflows.read.citizens import for_citizen
from workflows.read.kept import kept
from workflows.read.open_month import open_month, open_months
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.vocabulary import CallbackChannel

bp = Blueprint("citizens", __name__)


def ask_page(typed: Typed | None = None) -> str:
    """Number and query code."""
    return render_template("citizens/ask.html", typed=typed or Typed())


@bp.get("/citizen/")
def page() -> ResponseReturnValue:
    """The way in of callers."""
    return ask_page()


@bp.post("/citizen/")
@limiter.limit(QUERIES)
@keeps(ask_page, also=frozenset({"query_wrong"}))
def ask() -> ResponseReturnValue:
    """Look for a ticket; every wrong answer is the same."""
    form = load(schemas.Ask)
    service.open_look(prove(form["no"], form["code"]))
    return redirect(url_for("citizens.progress"), code=303)


@bp.get("/citizen/months/")
@bp.get("/citizen/months/<month>")
@limiter.limit(QUERIES)
def months(month: str = "") -> ResponseReturnValue:
    """What everybody may read of a month that is over (公开数据): the latest where none is named."""
    first = service.month_named(month) or open_months()[0]
    told = kept(("open month", first), lambda: open_month(first))
    return render_template("citizens/month.html", told=told, months=open_months(), formula=FORMULA_VERSION,
                           switches=reference().policies.stretches(told.first, told.last))


def send_page(typed: Typed | None = None) -> str:
    """What is wanted, about what and where, and who wants it."""
    ref = reference()
    return render_template("citizens/send.html", typed=typed or Typed(),
                           matters=service.choices(ref.categories, ref.category_name),
                           areas=service.choices(ref.areas, ref.area_name))


@bp.get("/citizen/new")
def new() -> ResponseReturnValue:
    """A request of one's own."""
    return send_page()


def _taken(response: Response) -> bool:
    return response.status_code == 303


@bp.post("/citizen/new")
@limiter.limit(SENT_FROM_ADDRESS, deduct_when=_taken)
@limiter.limit(SENT_UNDER_NUMBER, key_func=service.sender, deduct_when=_taken)
@keeps(send_page, also=frozenset({"number_blocked"}))
def send() -> ResponseReturnValue:
    """Take it down. The number is told here and nowhere else: nothing is sent to a number nobody has checked."""
    receipt = service.send(load(schemas.Send))
    service.open_look(caller_of(receipt.no))
    told = {"no": receipt.no, "code": receipt.query_code}
    flash(gettext("已提交。工单编号 %(no)s，查询码 %(code)s，请记下，凭此查询进度。", **told), "good")
    return redirect(url_for("citizens.progress"), code=303)


def progress_page(act: str = "", typed: Typed | None = None) -> str:
    """How far it is, and what its caller can do. `act`: the form that came back with `typed`."""
    actor = service.caller()
    return render_template("citizens/progress.html", ticket=for_citizen(actor.ticket_no, actor), act=act,
                           typed=typed or Typed())


@bp.get("/citizen/ticket")
def progress() -> ResponseReturnValue:
    """The ticket this browser has shown to be its own; the way in where it has shown none."""
    try:
        return progress_page()
    except NotAllowed:
        return redirect(url_for("citizens.page"), code=303)


@bp.post("/citizen/ticket/<act>")
@limiter.limit(ACTS)
@keeps(progress_page)
def act(act: str) -> ResponseReturnValue:
    """Add, urge, withdraw, rate."""
    if act not in service.ACTS:
        raise Unknown("move_unknown")
    actor = service.caller()
    form, use_case, said = service.ACTS[act]
    given = load(form)
    with suppress(AlreadyDone), sent_once(actor):
        use_case(actor, **given)
    flash(str(said), "good")
    return redirect(url_for("citizens.progress"), code=303)


@bp.post("/citizen/leave")
def leave() -> ResponseReturnValue:
    """Done looking: on a shared machine nobody else goes on."""
    service.close_look()
    return redirect(url_for("citizens.page"), code=303)


def rating_page(token: str, typed: Typed | None = None) -> str:
    """The questions, and the number they are about; never what the request says."""
    return render_template("citizens/rating.html", token=token, no=by_link(token).ticket_no, typed=typed or Typed())


@bp.get("/rate/<token>")
@limiter.limit(QUERIES)
def rating(token: str) -> ResponseReturnValue:
    """A link out of a text message."""
    return rating_page(token)


@bp.post("/rate/<token>")
@limiter.limit(QUERIES)
@keeps(rating_page)
def rate(token: str) -> ResponseReturnValue:
    """What they think; the link is used up by it."""
    given = load(schemas.Rate)
    service.rate(by_link(token), CallbackChannel.SMS, **given)
    flash(gettext("谢谢您的评价。"), "good")
    return redirect(url_for("citizens.page"), code=303)
