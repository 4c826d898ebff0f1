"""What other systems are given of tickets taken back, handed to the petition procedure, or archived."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.kinds import maybe_moment, moment, number, one_of, text, yes_no
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import PetitionCriterion, WithdrawReason


class Withdrawal(Schema):
    """A caller's taking it back, and what they said when they were asked about it; for the hotline alone."""

    reason = one_of(WithdrawReason)
    note = text()
    withdrawn_at = moment()
    withdrawn_by = text()
    to_check = yes_no()
    attempts = number()
    checked_at = maybe_moment()
    checked_by = text()
    pressed = fields.Boolean(required=True, allow_none=True, metadata={"description": "null: not reached"})
    words = text()


class Petition(Schema):
    """A hand-over to the petition procedure; without `receipt_at` its receipt is watched for."""

    criterion = one_of(PetitionCriterion)
    grounds = text()
    told = text("what the caller was told")
    told_at = moment()
    handed_at = moment()
    handed_by = text()
    receipt_no = text()
    receipt_at = maybe_moment()


class Archived(Schema):
    """Where an archived ticket's package stands, and its digest."""

    sequence = number("counted from 1 without a gap")
    archived_at = moment()
    state_before = one_of(TicketState)
    sha256 = text("of the package's bytes, in hexadecimal")


class ArchiveLine(Archived):
    """A package of the archive. `hash` is SHA-256 over the `hash` of the package before and this one's `sha256`."""

    no = text()
    previous_hash = text("of the package before, in hexadecimal", allow_none=True)
    hash = text("in hexadecimal")


class Manifest(ArchiveLine):
    """A package, read again and checked now. `tables` is for the hotline, empty for others."""

    size = number("bytes")
    layout = number()
    tables = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True,
                         metadata={"description": "rows of each table in it"})
    sound = yes_no()
    flaws = fields.List(fields.String(), required=True, metadata={
        "description": "altered, unlinked, missing, or `differs:` with the table that is no longer as it was packed"})
