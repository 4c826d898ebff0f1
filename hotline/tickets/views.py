"""The ticket page, the moves made from pages, and the caller shown in full for a reason."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.forms import Typed, keeps, load, sent_once
from hotline.labels import label
from hotline.moves import choices, perform
from hotline.sign_in.views import safe_target
from hotline.tickets.eyes import history, seen
from hotline.tickets.panels import groups_for, panels
from hotline.tickets.schemas import RevealForm
from workflows import conceal
from workflows.engine import barred
from workflows.model.idempotency import AlreadyDone
from workflows.read.accounts import clock_account
from workflows.read.petitions import MAY_EXPORT
from workflows.read.tickets import ticket_page

bp = Blueprint("tickets", __name__, url_prefix="/tickets")

#: The ticket is no longer the reader's to move, but still to be seen, and their words with it.
STILL_SEEN = frozenset({"not_your_task", "role_may_not"})


def back_to() -> str:
    """The list somebody came from, or nothing."""
    target = request.args.get("next", "")
    return safe_target(target) if target else ""


def show(no: str, move: str = "", typed: Typed | None = None, revealed: conceal.Identity | None = None,
         files: Typed | None = None) -> str:
    """The ticket as this person may see it; `typed` is what came with the `move` that was refused."""
    actor, back = current_actor(), back_to()
    page = ticket_page(no, actor)
    return render_template(
        "tickets/ticket.html", page=page, ticket=page.ticket, back=back, revealed=revealed,
        panels=panels(page, actor, back, move, typed), reveal=typed if typed is not None and not move else Typed(),
        barred=barred(page.ticket, page.task, actor, page.at), units_of=choices.units_of, parts_of=choices.parts_of,
        close_types=choices.close_types(page),
        exporting=current_actor().has(MAY_EXPORT),
        files=files or Typed(), groups=groups_for(page, actor),
        events=history(page, actor), **seen(page, actor),
    )


@bp.get("/<no>")
def page(no: str) -> ResponseReturnValue:
    """Everything about one ticket, and what can be done with it now."""
    return show(no)


@bp.get("/<no>/clocks/<int:clock_id>")
def clock(no: str, clock_id: int) -> ResponseReturnValue:
    """时限说明: why a clock is due when it is, line by line, to be printed."""
    return render_template("tickets/account.html", told=clock_account(no, clock_id, current_actor()))


@bp.post("/<no>/moves/<move>")
@keeps(show, also=STILL_SEEN)
def make_move(no: str, move: str) -> ResponseReturnValue:
    """Make a move with the form that was sent, and go back to where it was sent from."""
    with suppress(AlreadyDone), sent_once(current_actor()):
        perform(move, no, current_actor())
    flash(gettext("工单 %(no)s：“%(move)s”已完成。", no=no, move=label(move, "Move")), "good")
    return redirect(back_to() or url_for("tickets.page", no=no), code=303)


def caller(no: str, typed: Typed | None = None, revealed: conceal.Identity | None = None) -> str:
    """The caller of a ticket: the part alone where the page asked for it, else the whole page."""
    if "HX-Request" not in request.headers:
        return show(no, typed=typed, revealed=revealed)
    page = ticket_page(no, current_actor())
    return render_template(
        "tickets/caller.html", page=page, ticket=page.ticket, back=back_to(), reveal=typed or Typed(), revealed=revealed
    )


@bp.post("/<no>/reveal")
@keeps(caller)
def reveal(no: str) -> ResponseReturnValue:
    """Show the caller in full, once, for the reason given; who saw whom and why is on record."""
    return caller(no, revealed=conceal.reveal(no, current_actor(), reason=load(RevealForm)["reason"]))
