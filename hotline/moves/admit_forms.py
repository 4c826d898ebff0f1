"""The forms of the moves by which a request is looked over, completed, taken on or not; see `forms.py`."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, StrictInt
from hotline.moves.forms import ANSWER, NOTE, AddingForm, MoveForm
from workflows.rules.vocabulary import DetailWanted, RefuseReason


class Refuse(MoveForm):
    """Do not take a request on (不予受理), as it was asked for unless said otherwise."""

    reason = Choice(RefuseReason)
    route_told = CleanText(most=ANSWER)


class ProposeRefusal(MoveForm):
    """Ask for it not to be taken on (提请不予受理)."""

    reason = Choice(RefuseReason, required=True)
    route_told = CleanText(most=ANSWER, required=True)


class Admit(MoveForm):
    """Take a request on: as it stands, or though it was asked to be refused (退回受理)."""

    note = CleanText(most=NOTE)


class AskDetails(AddingForm):
    """Have it completed before it goes to a unit (退回补充)."""

    reason = Choice(DetailWanted, required=True)
    note = CleanText(most=NOTE, required=True)


class SupplyDetails(AddingForm):
    """What was wanted: words, and a matter or a place that was missing or wrong."""

    text = CleanText(most=NOTE, required=True)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    place = CleanStr(most=200)
