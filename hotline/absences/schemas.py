"""The form of an absence."""

from __future__ import annotations

from hotline.forms import CleanStr, Day, Form, StrictInt


class AbsenceForm(Form):
    """From when to when, and who stands in, by account."""

    delegate = CleanStr(required=True, most=40)
    first_day = Day()
    last_day = Day(required=True)


class Ending(Form):
    """The version the page was opened with."""

    version = StrictInt(required=True, least=1)
