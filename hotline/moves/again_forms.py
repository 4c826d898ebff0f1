"""The forms of the moves that have a closed ticket handled or evaluated once more; see `forms.py`."""

from __future__ import annotations

from hotline.forms import Choice, CleanText
from hotline.moves.forms import NOTE, MoveForm
from workflows.rules.satisfaction import DissatisfactionReason
from workflows.rules.vocabulary import AppealGround, ExclusionClass, ReopenReason


class Rework(MoveForm):
    """Send back to be handled again (重办)."""

    reason = Choice(DissatisfactionReason, required=True)
    note = CleanText(most=NOTE)


class Reopen(MoveForm):
    """Take a closed ticket up again (重开), saying what is new."""

    reason = Choice(ReopenReason, required=True)
    note = CleanText(most=NOTE, required=True)


class ApplyExclusion(MoveForm):
    """An evaluation is not the unit's to answer for (剔除申请)."""

    reason = Choice(ExclusionClass, required=True)
    evidence = CleanText(most=NOTE, required=True)


class ApplyAppeal(MoveForm):
    """Ring the caller again (评价申诉)."""

    reason = Choice(AppealGround, required=True)
    evidence = CleanText(most=NOTE, required=True)
