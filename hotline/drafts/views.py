"""Drafts over HTTP, for js/draft.js. A form sent with success forgets its draft by itself."""

from __future__ import annotations

import re

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from hotline.access import current_actor
from hotline.drafts import service
from hotline.forms import CARRIED
from hotline.logs import log
from hotline.times import local
from workflows.errors import Unknown

bp = Blueprint("drafts", __name__, url_prefix="/drafts")
_NAME = re.compile(r"[A-Za-z0-9:_-]{1,40}")


def _checked(form: str) -> tuple[int, str]:
    user_id = current_actor().user_id
    if user_id is None or not _NAME.fullmatch(form):
        raise Unknown("not_found")
    return user_id, form


@bp.get("/<form>")
def show(form: str) -> ResponseReturnValue:
    """The draft's fields, or 204."""
    kept = service.find(*_checked(form))
    if kept is None:
        return "", 204
    return jsonify(fields=kept.fields, saved_at=local(kept.saved_at, "full"))


@bp.put("/<form>")
def keep(form: str) -> ResponseReturnValue:
    """Save the fields as typed."""
    fields = {name: values for name, values in request.form.lists() if name not in CARRIED and name != "version"}
    return jsonify(saved_at=local(service.keep(*_checked(form), fields), "long"))


@bp.delete("/<form>")
def forget(form: str) -> ResponseReturnValue:
    """Throw the draft away."""
    service.forget(*_checked(form))
    return "", 204


def init_app(app: Flask) -> None:
    """Forget the draft of a form that was taken."""
    app.after_request(_forget_taken)


def _forget_taken(response: Response) -> Response:
    taken = request.method == "POST" and response.status_code in {302, 303} and request.form.get("draft_name")
    if taken and current_user.is_authenticated and _NAME.fullmatch(taken):
        try:
            service.forget(current_user.actor.user_id, taken)
        except DBAPIError:
            log.warning("draft_not_forgotten")  # upkeep will; the form itself was taken
    return response
