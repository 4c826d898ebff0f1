"""The filters of the board, and the words that go with an urge."""

from __future__ import annotations

from hotline.forms import Choice, CleanText, Form, StrictInt
from workflows.read.overdue import Bucket
from workflows.rules.limits import ClockCode


class BoardFilter(Form):
    """Which clocks: of a unit (0: the hotline's desks), of a step, of an age."""

    unit_id = StrictInt(least=1)
    code = Choice(ClockCode)
    bucket = Choice(Bucket)


class UrgeForm(Form):
    """What the unit is told besides that it is late."""

    version = StrictInt(required=True, least=1)
    note = CleanText(most=500)
