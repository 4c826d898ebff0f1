"""The forms of the moves that have a ticket handled once more; see `forms.py`."""

from __future__ import annotations

from hotline.forms import Choice, CleanText
from hotline.moves.forms import NOTE, MoveForm
from workflows.rules.satisfaction import DissatisfactionReason
from workflows.rules.vocabulary import ReopenReason


class Rework(MoveForm):
    """Send back to be handled again (重办)."""

    reason = Choice(DissatisfactionReason, required=True)
    note = CleanText(most=NOTE)


class Reopen(MoveForm):
    """Take a closed ticket up again (重开), saying what is new."""

    reason = Choice(ReopenReason, required=True)
    note = CleanText(most=NOTE, required=True)
