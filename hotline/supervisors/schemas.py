"""The filters of the board, and the words that go with pressing."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Flag, Form, Many, StrictInt
from hotline.pages import MOST
from workflows.read.overdue import Bucket
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import ChaseWay


class BoardFilter(Form):
    """Which clocks: of a unit (0: the hotline's desks), of a step, of an age."""

    unit_id = StrictInt(least=1)
    code = Choice(ClockCode)
    bucket = Choice(Bucket)


class ChaseForm(Form):
    """What the unit is told besides that it is late."""

    version = StrictInt(required=True, least=1)
    note = CleanText(most=500)


class BatchForm(BoardFilter):
    """Tickets to press for together: those ticked, or all that the filters find."""

    tickets = Many(CleanStr(pattern=r"[0-9]{10,20}", required=True), most=MOST)
    everything = Flag()
    way = Choice(ChaseWay, load_default=ChaseWay.MESSAGE)
    note = CleanText(most=500)
