"""The period, and which number one wants to look behind."""

from __future__ import annotations

from hotline.forms import Choice, Day, Form, StrictInt
from workflows.read.figures import Figure, Part


class PeriodFilter(Form):
    """Whole days, both included."""

    first = Day()
    last = Day()


class BehindFilter(PeriodFilter):
    """A number of the table: which figure, whose (nothing: the total), which part of it."""

    figure = Choice(Figure, required=True)
    part = Choice(Part)
    unit_id = StrictInt(least=1)
    after = StrictInt(least=0)
