"""The forms of moves on a report of danger."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Many
from hotline.moves.forms import NOTE, AddingForm, MoveForm
from workflows.rules.vocabulary import LinePartner, LinkDirection, RiskKind


class FlagRisk(AddingForm):
    """A danger is reported at once (风险上报)."""

    kinds = Many(Choice(RiskKind, required=True), required=True)
    note = CleanText(most=NOTE)


class TakeRisk(AddingForm):
    """Somebody on duty is at it (接手)."""


class ConfirmRisk(AddingForm):
    """A receiver confirms to have it (确认交接)."""

    receiver = CleanStr(most=80, required=True)
    partner_no = CleanStr(most=40)
    outcome = CleanText(most=NOTE, required=True)


class DismissRisk(AddingForm):
    """It is none (排除)."""

    outcome = CleanText(most=NOTE, required=True)


class Transfer(AddingForm):
    """Passed to another line (转紧急专线)."""

    partner = Choice(LinePartner, required=True)
    direction = Choice(LinkDirection, load_default=LinkDirection.OUT)
    call_id = CleanStr(most=40)
    reason = CleanText(most=NOTE, required=True)


class ConfirmTransfer(MoveForm):
    """The other line has it."""

    partner_no = CleanStr(most=40, required=True)
    result = CleanText(most=NOTE)


class ReturnTransfer(AddingForm):
    """The other line gives it back, or the call broke off."""

    result = CleanText(most=NOTE, required=True)
