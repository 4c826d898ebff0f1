"""/api/v1/sms/inbound: text messages callers sent, as the gateway passes them on. It is told nothing of any ticket.

The gateway brings a token of its own, HOTLINE_SMS_INBOUND_TOKEN; where there is none the address is closed.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import current_app, request
from marshmallow import Schema
from werkzeug.exceptions import Unauthorized

from hotline.api import problems
from hotline.api.body import fingerprint
from hotline.api.kinds import yes_no
from hotline.api.once import REPLAYED
from hotline.api.openapi import Blueprint
from hotline.citizens.service import rate
from hotline.forms import CleanStr, CleanText, Form
from workflows import feedback, inquire
from workflows.errors import KeyReused, Refusal
from workflows.model import idempotency
from workflows.rules.satisfaction import DissatisfactionReason, Solved, texted
from workflows.rules.vocabulary import CallbackChannel

bp = Blueprint("inbound", __name__, url_prefix="/api/v1", description="Text messages of callers")
bp.register_error_handler(Refusal, problems.refused)
bp.register_error_handler(Unauthorized, problems.no_token)

#: Whose idempotency keys these are: nobody's who has an account.
GATEWAY = -1


class TextMessage(Form):
    """A text message somebody sent: the gateway's number of it, where it comes from, and what it says."""

    message_id = CleanStr(most=100, required=True)
    phone = CleanStr(most=64, required=True)
    text = CleanText(most=1_000, required=True)


class Taken(Schema):
    """Whether it was an answer somebody waited for."""

    taken = yes_no()


@bp.before_request
def _only_the_gateway() -> None:
    token, given = current_app.config["SMS_INBOUND_TOKEN"], request.headers.get("Authorization", "")
    if not (token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())):
        raise Unauthorized


@bp.route("/sms/inbound", methods=["POST"])
@bp.arguments(TextMessage())
@bp.response(200, Taken())
def inbound(given: dict[str, Any]) -> Any:
    """Take a caller's answer to the text message that asked for it: 1 solved, 2 partly, 3 not.

    A message passed on again under its `message_id` acts once. What is no answer, comes from a number that was asked
    about nothing or about several matters, or comes too late counts for nothing.
    """
    try:
        with idempotency.once(GATEWAY, f"sms:{given['message_id']}", fingerprint()):
            return {"taken": _taken(given["phone"], given["text"])}
    except idempotency.AlreadyDone as done:
        return {"taken": bool(done.result)}, REPLAYED


def _taken(phone: str, text: str) -> bool:
    answer = texted(text)
    no = feedback.surveyed(phone) if answer is not None else None
    if answer is None or no is None:
        feedback.pass_over()
        return False
    solved, words = answer
    reason = DissatisfactionReason.OTHER if solved is Solved.UNSOLVED else None
    try:
        rate(inquire.caller_of(no), CallbackChannel.SMS, solved=solved, reason=reason, words=words)
    except KeyReused:
        raise
    except Refusal:  # somebody was quicker
        return False
    return True
