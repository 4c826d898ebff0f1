"""The forms of moves that press: urging, supervision orders and their answers, instructions, additions."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Items, Moment, StrictInt
from hotline.moves.forms import ANSWER, NOTE, AddingForm
from workflows.rules.vocabulary import ChaseWay


class Urge(AddingForm):
    """The caller asks again (催单)."""

    note = CleanText(most=NOTE)


class Chase(AddingForm):
    """The hotline presses whoever must act (催办)."""

    way = Choice(ChaseWay, load_default=ChaseWay.MESSAGE)
    note = CleanText(most=NOTE)


class Supervise(AddingForm):
    """The hotline demands an account in writing (督办)."""

    level = StrictInt(least=1, most=4, required=True)
    reason = CleanText(most=NOTE, required=True)


class Instruct(AddingForm):
    """A leader's instruction (批示); `leader` is whose, where the hotline puts it down for them."""

    leader = CleanStr(most=80)
    words = CleanText(most=NOTE, required=True)
    due_at = Moment()


class AnswerOrder(AddingForm):
    """The unit accounts for itself."""

    order = CleanStr(most=20, required=True)
    answer = CleanText(most=ANSWER, required=True)


class Add(AddingForm):
    """The caller adds something."""

    text = CleanText(most=ANSWER, required=True)
    items = Items()
