"""/api/v1: the loop for other systems. The same forms, use cases and scope as the pages; only the words differ."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import TooManyRequests, Unauthorized

from hotline.access import current_actor
from hotline.api import (
    account_shapes,
    blocks,
    departures,
    intake,
    list_shapes,
    moving,
    periods,
    problems,
    reading,
    schemas,
    shapes,
)
from hotline.api.body import json_body
from hotline.api.limit import within_limit
from hotline.api.once import acted_once
from hotline.api.openapi import KEY_HEADER, Blueprint
from hotline.attachments.schemas import AttachForm
from hotline.attachments.serving import MOST_FILES, handed_out, uploads
from hotline.blocks.schemas import AskedBlock
from hotline.forms import load
from workflows import attach
from workflows.errors import Refusal
from workflows.rules.vocabulary import AttachmentGroup

bp = Blueprint("api", __name__, url_prefix="/api/v1", description="Tickets of the 12345 hotline")
bp.register_error_handler(Refusal, problems.refused)
bp.register_error_handler(Unauthorized, problems.no_token)

ANY_MOVE = {
    "required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyMove"}}}
}


FILES = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {
        "type": "object", "additionalProperties": False, "required": ["group", "file"],
        "properties": {
            "group": {"enum": [str(group) for group in AttachmentGroup]},
            "file": {"type": "array", "minItems": 1, "maxItems": MOST_FILES,
                     "items": {"type": "string", "format": "binary"}},
        },
    }}},
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
@bp.response(200, list_shapes.TicketPage())
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


@bp.route("/tickets/<string:no>/attachments")
@bp.response(200, shapes.Attachments())
def attachments(no: str) -> Any:
    """List the files of a ticket."""
    return reading.attachments(no, current_actor())


@bp.route("/tickets/<string:no>/attachments", methods=["POST"])
@bp.response(201, shapes.Attached())
@bp.doc(requestBody=FILES)
def add_attachments(no: str) -> Any:
    """Add files to a ticket, all or none.

    What a file is is told by its content. Sent again, a file that is there already stays as it is.
    """
    group = load(AttachForm)["group"]
    return {"keys": attach.attach(no, current_actor(), group=group, uploads=uploads(request.files.getlist("file")))}


@bp.route("/tickets/<string:no>/attachments/<string:key>")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def attachment(no: str, key: str) -> Any:
    """Hand out a file; its type is that found in it."""
    return handed_out(attach.open_file(no, key, current_actor()))


@bp.route("/tickets/<string:no>/archive")
@bp.response(200, departures.Manifest())
def manifest(no: str) -> Any:
    """Read an archived ticket's package again and check it: its digest, its place in the chain, its ticket."""
    return reading.manifest(no, current_actor())


@bp.route("/archive")
@bp.arguments(schemas.PageOfList(), location="query")
@bp.response(200, list_shapes.ArchivePage())
def archives(asked: dict[str, Any]) -> Any:
    """List the packages of archived tickets this account may see, in the order they were put away."""
    return reading.archives(current_actor(), asked)


@bp.route("/withdrawals")
@bp.arguments(schemas.PageOfList(), location="query")
@bp.response(200, list_shapes.WithdrawalPage())
def withdrawals(asked: dict[str, Any]) -> Any:
    """List the withdrawals whose callers are to be asked about them, the longest waiting first."""
    return reading.withdrawals(current_actor(), asked)


@bp.route("/petitions")
@bp.arguments(schemas.PetitionFilter(), location="query")
@bp.response(200, list_shapes.PetitionPage())
def petitions(asked: dict[str, Any]) -> Any:
    """List the tickets handed to the petition procedure, newest first, with the watch for their receipts."""
    return reading.petitions(current_actor(), asked)


@bp.route("/blocks")
@bp.arguments(blocks.BlockFilter(), location="query")
@bp.response(200, list_shapes.BlockPage())
def list_blocks(asked: dict[str, Any]) -> Any:
    """List the numbers that are blocked, were, or are to be."""
    return blocks.listed(current_actor(), asked)


@bp.route("/blocks", methods=["POST"])
@bp.arguments(AskedBlock())
@bp.response(201, blocks.BlockOutcome())
@bp.doc(parameters=[KEY_HEADER])
def ask_block(given: dict[str, Any]) -> Any:
    """Ask for a number to be blocked; a shift lead, then a supervisor agree."""
    actor = current_actor()
    return acted_once(actor, lambda: blocks.ask(actor, given), blocks.again)


@bp.route("/blocks/<int:key>/steps", methods=["POST"])
@bp.arguments(blocks.BlockStep())
@bp.response(200, blocks.BlockOutcome())
@bp.doc(parameters=[KEY_HEADER])
def block_step(given: dict[str, Any], key: int) -> Any:
    """Agree to a block at one's step, refuse it, or lift it before its time."""
    actor = current_actor()
    return acted_once(actor, lambda: blocks.step(key, actor, given), blocks.again)


@bp.route("/overdue")
@bp.arguments(schemas.LateFilter(), location="query")
@bp.response(200, list_shapes.LatePage())
def overdue(asked: dict[str, Any]) -> Any:
    """List the overdue clocks this account answers for, the longest overdue first."""
    return reading.overdue(current_actor(), asked)


@bp.route("/figures")
@bp.arguments(schemas.Period(), location="query")
@bp.response(200, list_shapes.Figures())
def figures(asked: dict[str, Any]) -> Any:
    """Show the figures of a period, the total first and then unit by unit."""
    return reading.figures(current_actor(), asked)


@bp.route("/periods")
@bp.arguments(schemas.PageOfList(), location="query")
@bp.response(200, list_shapes.PeriodPage())
def list_periods(asked: dict[str, Any]) -> Any:
    """List the periods whose figures are locked, those locked last first."""
    return periods.periods(asked)


@bp.route("/periods/<int:key>")
@bp.response(200, list_shapes.PublishedPeriod())
def period(key: int) -> Any:
    """Show the figures of a locked period as they were published."""
    return periods.period(current_actor(), key)


@bp.route("/periods/<int:key>/corrections")
@bp.arguments(schemas.PageOfList(), location="query")
@bp.response(200, list_shapes.CorrectionPage())
def corrections(asked: dict[str, Any], key: int) -> Any:
    """List what was corrected of earlier periods with this one."""
    return periods.corrections(current_actor(), key, asked)


@bp.route("/periods/<int:key>/tickets")
@bp.arguments(schemas.BehindPublished(), location="query")
@bp.response(200, list_shapes.CountedTickets())
def behind_published(asked: dict[str, Any], key: int) -> Any:
    """List the tickets behind a published number, as they were counted."""
    return periods.tickets_behind(current_actor(), key, asked)


@bp.route("/categories")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, list_shapes.NodePage())
def categories(asked: dict[str, Any]) -> Any:
    """List the categories a request may name."""
    return reading.nodes("categories", asked)


@bp.route("/areas")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, list_shapes.NodePage())
def areas(asked: dict[str, Any]) -> Any:
    """List the areas a request may name."""
    return reading.nodes("areas", asked)


@bp.route("/units")
@bp.arguments(schemas.PageOfCodes(), location="query")
@bp.response(200, list_shapes.NodePage())
def units(asked: dict[str, Any]) -> Any:
    """List the units there are."""
    return reading.nodes("units", asked)
