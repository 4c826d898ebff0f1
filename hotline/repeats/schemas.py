"""Which callers, and why somebody looks at them."""

from __future__ import annotations

from hotline.figures.schemas import PeriodFilter
from hotline.forms import CleanStr, Day, Form, StrictInt
from workflows.read.repeats import FEWEST, LEAST


class RepeatFilter(PeriodFilter):
    """Callers with so many requests in a period."""

    least = StrictInt(least=FEWEST, most=1000, load_default=LEAST)


class LookForm(Form):
    """The same, with the reason that goes on record."""

    first = Day(required=True)
    last = Day(required=True)
    least = StrictInt(least=FEWEST, most=1000, required=True)
    reason = CleanStr(most=200, least=4, required=True)
