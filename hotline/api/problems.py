"""How the API says no: problem details (RFC 9457) with a code for the program and a text for its reader.

`errors` names each field with codes and texts. A move on a ticket that has changed is answered with the ticket's
present `version` and `state`, so that the sender can look and try again.
"""

from __future__ import annotations

from typing import Any

from flask import Response, json
from marshmallow import Schema, fields
from werkzeug.exceptions import Unauthorized

from hotline import errors, labels
from workflows.errors import Invalid, Outdated, Refusal


class Unreadable(Invalid):
    """A body or header that no reading of ours makes sense of: 400."""


class FieldProblem(Schema):
    """What is wrong with one field."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    """The body of every refusal."""

    type = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "the status in words"})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "why, for programs"})
    detail = fields.String(required=True, metadata={"description": "why, for people"})
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FieldProblem)), required=True)
    request_id = fields.String(required=True)
    version = fields.Integer(metadata={"description": "of the ticket as it is now; with code `ticket_changed`"})
    state = fields.String(metadata={"description": "of the ticket as it is now; with code `ticket_changed`"})


def refused(refusal: Refusal) -> Response:
    """The loop said no."""
    status = 400 if isinstance(refusal, Unreadable) else errors.status_of(refusal)
    response = errors.answer(status, refusal.code, labels.refusal_text(refusal), _fields(refusal))
    if isinstance(refusal, Outdated):
        now = {name: refusal.params[name] for name in ("version", "state") if name in refusal.params}
        response.set_data(json.dumps(response.get_json() | now))
    return response


def no_token(_error: Unauthorized) -> Response:
    """No token, or one that is wrong, revoked or too old. RFC 9110 wants said which credentials would do."""
    response = errors.answer(401, "token_needed", labels.refusal_text(Refusal("token_needed")))
    response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    return response


def _fields(refusal: Refusal) -> dict[str, list[dict[str, Any]]]:
    found = refusal.fields if isinstance(refusal, Invalid) else {}
    return {
        name: [{"code": str(problem), "message": labels.problem_text(problem)} for problem in problems]
        for name, problems in found.items()
    }
