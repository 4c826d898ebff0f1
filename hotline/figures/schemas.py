"""The period, which indicators, and which number one wants to look behind."""

from __future__ import annotations

from hotline.forms import Choice, Day, Form, StrictInt
from workflows.read.figures import Part
from workflows.rules.clearing import ClearedBy
from workflows.rules.indicators import Figure, FigureGroup


class PeriodFilter(Form):
    """Whole days, both included."""

    first = Day()
    last = Day()


class TableFilter(PeriodFilter):
    """Which indicators of the table."""

    group = Choice(FigureGroup)


class LedgerFilter(PeriodFilter):
    """Which matters of the ledger of dissatisfaction; nothing: those that wait."""

    way = Choice(ClearedBy)


class BehindFilter(PeriodFilter):
    """A number of the table: which figure, whose (nothing: the total), which part of it."""

    figure = Choice(Figure, required=True)
    part = Choice(Part)
    unit_id = StrictInt(least=1)
    after = StrictInt(least=0)
