"""The agent's one screen: who calls, what they want, where it goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.access import current_actor
from hotline.desk import receipts, schemas
from hotline.desk.additions import check_words
from hotline.forms import Typed, keeps, load, sent_once
from workflows import collect, feedback, withdraw
from workflows.errors import KeyReused, Unknown
from workflows.model.idempotency import AlreadyDone
from workflows.model.reference import reference
from workflows.read import callers, desk, queues, search
from workflows.read.blocks import block_of
from workflows.rules.risk import signs
from workflows.rules.vocabulary import ReopenReason, WithdrawReason

bp = Blueprint("desk", __name__, url_prefix="/desk")


def desk_page(typed: Typed | None = None, no: str = "", reason: str = "") -> str:
    """The form of a call, beside it what came of the last one. `no`, `reason`: of the ticket a refused form was for."""
    actor, typed = current_actor(), _with_a_good_key(typed or Typed())
    return render_template(
        "desk/desk.html", typed=typed, channels=schemas.CHANNELS,
        told=receipts.told(actor, request.args.get("receipt", "")[:64]), in_groups=receipts.in_groups,
        recent=queues.desk_recent(actor), today=desk.today_of(actor), spoken=receipts.spoken, shown=_shown(typed),
    )


def _with_a_good_key(typed: Typed) -> Typed:
    """A form sent again with other contents (the browser's Back) is another call: it gets a key of its own."""
    if not isinstance(typed.refusal, KeyReused):
        return typed
    kept = MultiDict((name, value) for name, value in typed.data.items(multi=True) if name != "idempotency_key")
    return Typed(kept, typed.refusal, sent=True)


def _shown(typed: Typed) -> dict[str, str]:
    """The words of the matter and the place that stand in the form."""
    ref, chosen = reference(), {}
    for field, name_of in (("category_id", ref.category_name), ("area_id", ref.area_name),
                           ("respondent_unit_id", ref.unit_name)):
        value = str(typed.value(field))
        chosen[field] = name_of(int(value)) if value.isascii() and value.isdigit() and len(value) < 19 else ""
    return chosen


def _done(use_case: Callable[[], object]) -> ResponseReturnValue:
    """Do it once, however often the form comes, and go on to a fresh form that says what came of it."""
    with suppress(AlreadyDone), sent_once(current_actor()):
        use_case()
    return redirect(url_for("desk.page", receipt=request.form.get("idempotency_key")), code=303)


@bp.get("/")
def page() -> ResponseReturnValue:
    """A fresh form."""
    return desk_page()


@bp.post("/submit")
@keeps(desk_page)
def submit() -> ResponseReturnValue:
    """提交派单: the call becomes a ticket and goes to its unit, or to the dispatch desk."""
    wanted = schemas.request_of(load(schemas.TicketForm))
    return _done(lambda: collect.submit(wanted, current_actor()))


@bp.post("/answer")
@keeps(desk_page)
def answer() -> ResponseReturnValue:
    """直接解答: answered on the line."""
    form = load(schemas.AnswerForm)
    wanted = schemas.request_of(form)
    given = collect.Answer(form["answer"], form["answer_source"], form["answer_ref"])
    return _done(lambda: collect.answer(wanted, current_actor(), given))


@bp.post("/refuse")
@keeps(desk_page)
def refuse() -> ResponseReturnValue:
    """不予受理: the caller was told why, and which way is open; a shift lead decides."""
    form = load(schemas.RefusalForm)
    wanted = schemas.request_of(form)
    return _done(lambda: collect.ask_refusal(wanted, current_actor(), form["reason"], form["route"]))


@bp.post("/transfer")
@keeps(desk_page)
def transfer() -> ResponseReturnValue:
    """转紧急专线: passed to another line; the ticket is ours until that line has it."""
    form = load(schemas.TransferForm)
    wanted, passing = schemas.request_of(form), schemas.passing_of(form)
    return _done(lambda: collect.hand_on(wanted, current_actor(), passing))


@bp.post("/tickets/<no>/urge")
@keeps(desk_page)
def urge(no: str) -> ResponseReturnValue:
    """作为催单: no new ticket; what was typed goes along as the reminder."""
    form, actor = load(schemas.CallForm), current_actor()
    check_words(no, actor, form)
    return _done(lambda: collect.urge(no, actor, note=form["content"]))


@bp.post("/tickets/<no>/add")
@keeps(desk_page)
def add(no: str) -> ResponseReturnValue:
    """作为补充: no new ticket; what was typed is added to the open one."""
    form, actor = load(schemas.AdditionForm), current_actor()
    check_words(no, actor, form)
    return _done(lambda: collect.add(no, actor, text=form["content"], items=form["items"]))


@bp.post("/tickets/<no>/withdraw/<reason>")
@keeps(desk_page)
def withdraw_ticket(no: str, reason: str) -> ResponseReturnValue:
    """撤单: the caller takes it back, from a number of theirs; what was typed are their words."""
    if reason not in set(map(str, WithdrawReason)):
        raise Unknown("not_found")
    form, actor = load(schemas.AdditionForm), current_actor()
    check_words(no, actor, form)
    given = {"reason": WithdrawReason(reason), "note": form["content"], "phone": form["phone"]}
    return _done(lambda: withdraw.withdraw(no, actor, **given))


@bp.post("/tickets/<no>/reopen/<reason>")
@keeps(desk_page)
def reopen_ticket(no: str, reason: str) -> ResponseReturnValue:
    """重开: what is back, or newly known, of a ticket closed lately; what was typed is what is new."""
    if reason not in set(map(str, ReopenReason)):
        raise Unknown("not_found")
    form, actor = load(schemas.AdditionForm), current_actor()
    check_words(no, actor, form)
    return _done(lambda: feedback.reopen(no, actor, reason=ReopenReason(reason), note=form["content"]))


@bp.post("/tickets/<no>/again")
@keeps(desk_page)
def submit_again(no: str) -> ResponseReturnValue:
    """新立并关联: too late to reopen it, the matter is a new ticket that says which one it repeats."""
    wanted = schemas.request_of(load(schemas.TicketForm))
    return _done(lambda: collect.submit(wanted, current_actor(), reopens=no))


@bp.post("/tickets/<no>/told")
@keeps(desk_page)
def tell_again(no: str) -> ResponseReturnValue:
    """已告知: nothing new; the caller was told the result."""
    form, actor = load(schemas.AdditionForm), current_actor()
    check_words(no, actor, form)
    return _done(lambda: collect.tell_again(no, actor, note=form["content"]))


@bp.post("/tickets/<no>/join")
@keeps(desk_page)
def join(no: str) -> ResponseReturnValue:
    """并入: one more caller of a known matter; their ticket follows that one."""
    said = schemas.joining(load(schemas.CallForm))
    return _done(lambda: collect.join(said, current_actor(), master=no))


@bp.post("/clear")
def clear() -> ResponseReturnValue:
    """A call that comes to nothing: a fresh form, and its draft forgotten with this answer (hotline/drafts)."""
    return redirect(url_for("desk.page"), code=303)


@bp.post("/caller")
def caller() -> ResponseReturnValue:
    """Who calls: their earlier tickets, open ones first."""
    phone = load(schemas.CallerQuery)["phone"]
    return render_template("desk/caller.html", history=callers.history(current_actor(), phone), phone=phone,
                           withdrawable=True, block=block_of(phone))


@bp.post("/similar")
def similar() -> ResponseReturnValue:
    """Open tickets that resemble what is being typed, each with the reason it is shown; and signs of danger in it."""
    typed = load(schemas.SimilarQuery)
    found = signs(reference().risk_rules, (typed["title"], typed["content"]))
    return render_template("desk/similar.html", found=search.similar(current_actor(), **typed), signs=found,
                           line_first=any(reference().risk_rules[sign.kind].needs_line for sign in found))
