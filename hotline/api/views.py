"""/api/v1: the loop for other systems. The same forms, use cases and scope as the pages; only the words differ."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import TooManyRequests, Unauthorized

from hotline.access import current_actor
from hotline.api import account_shapes, intake, moving, problems, reading, schemas, shapes
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


@bp.route("/tickets")
@bp.arguments(schemas.TicketFilter(), location="query")
@bp.response(200, shapes.TicketPage())
def tickets(asked: dict[str, Any]) -> Any:
    """List the tickets this account may see, newest first."""
    return reading.tickets(current_actor(), asked)


@bp.route("/tickets/<string:no>")
@bp.response(200, shapes.Ticket())
def ticket(no: str) -> Any:
    """Show a ticket with its events, its clocks, and the moves open to this account now."""
    return reading.ticket(no, current_actor())


@bp.route("/tickets/<string:no>/clocks")
@bp.response(200, account_shapes.ClockAccount(many=True))
def clocks(no: str) -> Any:
    """Say why each clock of a ticket is due when it is, line by line."""
    return reading.clocks(no, current_actor())


@bp.route("/overdue")
@bp.arguments(schemas.LateFilter(), location="query")
@bp.response(200, shapes.LatePage())
def overdue(asked: dict[str, Any]) -> Any:
    """List the overdue clocks this account answers for, the longest overdue first."""
    return reading.overdue(current_actor(), asked)


@bp.route("/figures")
@bp.arguments(schemas.Period(), location="query")
@bp.response(200, shapes.Figures())
def figures(asked: dict[str, Any]) -> Any:
    """Show the figures of a period, the total first and then unit by unit."""
    return reading.figures(current_actor(), asked)


@bp.route("/categories")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, shapes.NodePage())
def categories(asked: dict[str, Any]) -> Any:
    """List the categories a request may name."""
    return reading.nodes("categories", asked)


@bp.route("/areas")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, shapes.NodePage())
def areas(asked: dict[str, Any]) -> Any:
    """List the areas a request may name."""
    return reading.nodes("areas", asked)


@bp.route("/units")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, shapes.NodePage())
def units(asked: dict[str, Any]) -> Any:
    """List the units there are."""
    return reading.nodes("units", asked)
