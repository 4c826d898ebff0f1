"""What is typed to have a number blocked, and to decide on it."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Form, StrictInt
from workflows.read.blocks import BlockTab
from workflows.rules.blocking import LEAST_DAYS, MOST_DAYS


class AskedBlock(Form):
    """Which number, why, what shows it, for how long."""

    phone = CleanStr(most=64, required=True)
    reason = CleanStr(most=200, required=True)
    evidence = CleanText(most=2000, required=True)
    days = StrictInt(least=LEAST_DAYS, most=MOST_DAYS, required=True)


class Opinion(Form):
    """Why it is refused, or lifted."""

    opinion = CleanText(most=2000, required=True)


class BlockQuery(Form):
    """Which tab, and which page of it."""

    tab = Choice(BlockTab)
    page = CleanStr(most=400)
