"""What other systems are told of the parts units have in a ticket."""

from __future__ import annotations

from marshmallow import Schema

from hotline.api.kinds import maybe_moment, moment, text


class Contribution(Schema):
    """What a unit reported of its part, for the hotline and those it answers to."""

    task = text("the path of its task")
    submitted_at = moment()
    submitted_by = text()
    resolution = text()
    account = text()
    proposal = text()
    ahead_reason = text()
    decision = text(allow_none=True)
    decided_at = maybe_moment()
    decided_by = text()
    opinion = text()
