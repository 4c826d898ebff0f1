"""What other systems are given."""

from __future__ import annotations

from marshmallow import Schema, fields

from workflows.rules.lifecycle import TicketState


class Reference(Schema):
    """A category, area or unit."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class MoveOutcome(Schema):
    """Where a ticket stands after a move."""

    no = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [str(state) for state in TicketState]})
    version = fields.Integer(required=True)
    unit = fields.Nested(Reference, required=True, allow_none=True)


class Receipt(MoveOutcome):
    """What is told to whoever hands in a request. The query code is shown this once."""

    query_code = fields.String(required=True)
