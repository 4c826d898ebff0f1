"""What is typed to have a period locked, and which published number one wants to look behind."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Day, Form, StrictInt
from workflows.read.figures import Part
from workflows.rules.indicators import Figure, FigureGroup


class AskedLock(Form):
    """Which days, and what is printed with their figures."""

    first = Day(required=True)
    last = Day(required=True)
    note = CleanText(most=2000)


class Agreed(Form):
    """The version the page was opened with."""

    version = StrictInt(required=True, least=1)


class Refused(Agreed):
    """Why it is not locked."""

    opinion = CleanText(most=2000, required=True)


class PeriodQuery(Form):
    """Which indicators of a period, and which page of a list."""

    group = Choice(FigureGroup)
    page = CleanStr(most=400)


class BehindQuery(Form):
    """A number of a published table: which figure, whose (nothing: the total), which part of it."""

    figure = Choice(Figure, required=True)
    part = Choice(Part)
    unit_id = StrictInt(least=1)
    after = StrictInt(least=0)
