"""/api/v1: the loop for other systems. The same forms, use cases and scope as the pages; only the words differ."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import TooManyRequests, Unauthorized

from hotline.access import current_actor
from hotline.api import intake, moving, problems, schemas, shapes
from hotline.api.body import json_body
from hotline.api.limit import within_limit
from hotline.api.once import acted_once
from hotline.api.openapi import KEY_HEADER, Blueprint
from workflows.errors import Refusal

bp = Blueprint("api", __name__, url_prefix="/api/v1", description="Tickets of the 12345 hotline")
bp.register_error_handler(Refusal, problems.refused)
bp.register_error_handler(Unauthorized, problems.no_token)

ANY_MOVE = {
    "required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyMove"}}}
}


@bp.before_request
def _not_too_often() -> None:
    if not within_limit(current_actor()):
        raise TooManyRequests(retry_after=1)


@bp.route("/tickets", methods=["POST"])
@bp.arguments(schemas.Intake())
@bp.response(201, shapes.Receipt())
@bp.doc(parameters=[KEY_HEADER])
def submit(given: dict[str, Any]) -> Any:
    """Hand in a request.

    It becomes a ticket; a certain hit of the dispatch catalogue sends it to its unit at once.
    """
    actor = current_actor()
    return acted_once(actor, lambda: intake.take(given, actor), intake.again)


@bp.route("/tickets/<string:no>/moves", methods=["POST"])
@bp.response(200, shapes.MoveOutcome())
@bp.doc(parameters=[KEY_HEADER], requestBody=ANY_MOVE)
def move(no: str) -> Any:
    """Make a move on a ticket.

    `version` is the ticket's as it was last seen; where it has changed since, the answer is 409 with the present
    version and nothing is done.
    """
    actor = current_actor()
    name, data = moving.asked(json_body())
    return acted_once(actor, lambda: moving.make(name, no, actor, data), moving.again)
