"""Whose ticket a browser has shown to be its own, for how long, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext

from hotline.citizens import schemas
from hotline.forms import Form, sent_once
from workflows import collect, feedback, inquire, withdraw
from workflows.errors import NotAllowed, Unknown
from workflows.model.base import now
from workflows.model.idempotency import AlreadyDone
from workflows.model.secrets import box
from workflows.model.ticket import Ticket
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import CallbackChannel

#: Under which the signed cookie keeps number and end of a look.
KEY = "citizen"
LASTS = timedelta(minutes=20)


def open_look(actor: Actor) -> None:
    """Let this browser see the ticket for a while."""
    session[KEY] = [actor.ticket_no, (now() + LASTS).isoformat()]


def close_look() -> None:
    """Forget it."""
    session.pop(KEY, None)


def caller() -> Actor:
    """The caller behind this browser. Raises NotAllowed where none has shown to be one, or too long ago."""
    no, until = session.get(KEY) or ("", "")
    if not no or datetime.fromisoformat(until) <= now():
        close_look()
        raise NotAllowed("query_first")
    return inquire.caller_of(no)


def rate(actor: Actor, channel: CallbackChannel, **said: Any) -> Ticket:
    """Their opinion, as the call-back desk would write it down."""
    call = feedback.Call(AttemptResult.ANSWERED, channel=channel, **said)
    return feedback.record_callback(actor.ticket_no, actor, call=call)


def send(given: dict[str, Any]) -> collect.Receipt:
    """Take a request down as its caller wrote it. Sent twice it is one request, with one receipt."""
    asked = given | {"anonymity": given["anonymity"] or collect.default_anonymity(given["kind"])}
    actor = inquire.caller_of("")
    try:
        with sent_once(actor):
            return collect.submit(collect.Request(channel=Channel.WEB, title="", **asked), actor)
    except AlreadyDone as done:
        return collect.receipt_again(dict(done.result))


def sender() -> str:
    """Whose count a request sent in goes on: the number's, by its keyed hash; the address's where none is given."""
    key = box().caller_key(request.form.get("phone", "")[:64])
    return key.hex() if key is not None else request.remote_addr or ""


def choices(of: Mapping[int, Any], name: Callable[[int], str]) -> list[tuple[int, str]]:
    """Matters or areas to choose from, in the order of their tree."""
    return [(one.id, name(one.id)) for one in sorted(of.values(), key=lambda one: one.path) if one.active]


#: What a caller does with their ticket: its form, what does it, what they are told.
ACTS: Mapping[str, tuple[type[Form], Callable[..., Any], Any]] = {
    "add": (schemas.Add, lambda actor, **said: collect.add(actor.ticket_no, actor, **said),
            lazy_gettext("已补充，承办单位会看到。")),
    "urge": (schemas.Urge, lambda actor, **said: collect.urge(actor.ticket_no, actor, **said),
             lazy_gettext("已催办，承办单位已收到提醒。")),
    "withdraw": (schemas.Withdraw, lambda actor, **said: withdraw.withdraw(actor.ticket_no, actor, **said),
                 lazy_gettext("已撤回。")),
    "rate": (schemas.Rate, lambda actor, **said: rate(actor, CallbackChannel.WEB, **said),
             lazy_gettext("谢谢您的评价。")),
}


def month_named(written: str) -> date | None:
    """The first day of a month as an address has it, "2026-10"; None for nothing. Raises Unknown for anything else."""
    if not written:
        return None
    try:
        return datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007  a month of the calendar, not a moment
    except ValueError:
        raise Unknown("not_found") from None
