"""Dead letters and messages that are tried again, by channel; sending them again, giving them up."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hotline.access import current_actor
from hotline.forms import Typed, keeps, load, query
from hotline.letters.schemas import LetterFilter, OneChannel
from hotline.pages import Key, paginate
from workflows import administer
from workflows.model.outbox import Outbox
from workflows.model.settings import SettingEvent
from workflows.read import letters as read
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject

bp = Blueprint("letters", __name__, url_prefix="/letters")

TABS = {"dead": read.dead, "retried": read.retried}
#: Lines of the history shown below the list.
RECENT = 20


def list_page(message_id: int | None = None, typed: Typed | None = None) -> str:
    """The list; after a refusal with the reason above it."""
    tab = request.args.get("tab", "dead")
    tab = tab if tab in TABS else "dead"
    found, asked = query(LetterFilter)
    page = paginate(TABS[tab](found.get("carrier")), [Key(Outbox.id, descending=True)])
    events = paginate(settings.changes(subject=SettingSubject.MESSAGE), [Key(SettingEvent.id, descending=True)],
                      cursor="", size=RECENT)
    return render_template("letters/list.html", tab=tab, page=page, asked=asked, post=read.post(),
                           typed=typed or Typed(), events=events.items)


@bp.get("")
def index() -> ResponseReturnValue:
    """Messages that did not arrive."""
    return list_page()


def _back() -> ResponseReturnValue:
    return redirect(url_for("letters.index"), code=303)


@bp.post("/<int:message_id>/replay")
@keeps(list_page)
def replay(message_id: int) -> ResponseReturnValue:
    """Send one again."""
    administer.replay(message_id, current_actor())
    flash(gettext("已放回发送队列。"), "good")
    return _back()


@bp.post("/<int:message_id>/give-up")
@keeps(list_page)
def give_up(message_id: int) -> ResponseReturnValue:
    """Let one rest."""
    administer.give_up(message_id, current_actor())
    flash(gettext("已放弃发送，页面内的消息不受影响。"), "good")
    return _back()


@bp.post("/replay")
@keeps(list_page)
def replay_all() -> ResponseReturnValue:
    """Send all of a channel again."""
    many = administer.replay_all(load(OneChannel)["carrier"], current_actor())
    flash(ngettext("%(num)d 条消息已放回发送队列。", "%(num)d 条消息已放回发送队列。", many), "good")
    return _back()
