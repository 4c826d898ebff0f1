"""The files of a ticket: brought in and handed out on its page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hotline.access import current_actor
from hotline.attachments.schemas import AttachForm
from hotline.attachments.serving import handed_out, uploads
from hotline.forms import Typed, keeps, load
from hotline.tickets import views as tickets
from workflows import attach

bp = Blueprint("attachments", __name__, url_prefix="/tickets")


def show(no: str, key: str = "", typed: Typed | None = None) -> str:
    """The ticket again, with what was wrong with the file beside its field."""
    return tickets.show(no, files=typed)


def _back(no: str) -> ResponseReturnValue:
    """To the files on the page of the ticket."""
    return redirect(url_for("tickets.page", no=no, next=tickets.back_to() or None, _anchor="attachments"), code=303)


@bp.post("/<no>/attachments")
@keeps(show)
def add(no: str) -> ResponseReturnValue:
    """Add files."""
    group = load(AttachForm)["group"]
    keys = attach.attach(no, current_actor(), group=group, uploads=uploads(request.files.getlist("file")))
    flash(ngettext("已上传 %(num)d 个附件。", "已上传 %(num)d 个附件。", len(keys)), "good")
    return _back(no)


@bp.get("/<no>/attachments/<key>")
def file(no: str, key: str) -> ResponseReturnValue:
    """A file, to be saved."""
    return handed_out(attach.open_file(no, key, current_actor()))


@bp.get("/<no>/attachments/<key>/picture")
def picture(no: str, key: str) -> ResponseReturnValue:
    """A picture, to be looked at."""
    return handed_out(attach.open_file(no, key, current_actor()), shown=True)


@bp.post("/<no>/attachments/<key>/release")
@keeps(show)
def release(no: str, key: str) -> ResponseReturnValue:
    """Let units see it."""
    attach.release(no, key, current_actor())
    flash(gettext("承办单位现在可以查看该附件。"), "good")
    return _back(no)


@bp.post("/<no>/attachments/<key>/discard")
@keeps(show)
def discard(no: str, key: str) -> ResponseReturnValue:
    """Take it back."""
    attach.discard(no, key, current_actor())
    flash(gettext("附件已撤回。"), "good")
    return _back(no)
