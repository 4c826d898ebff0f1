"""What callers send."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Form, StrictInt
from hotline.moves.forms import YesNo
from workflows.rules.satisfaction import DissatisfactionReason, Satisfaction, Solved
from workflows.rules.vocabulary import Anonymity, Kind, WithdrawReason

#: Longest words of a caller.
WORDS = 1000
#: Longest account of what a caller wants.
CONTENT = 4000


class Ask(Form):
    """A ticket's number and its query code, as people type them."""

    no = CleanStr(most=40, required=True)
    code = CleanStr(most=40, required=True)


class Add(Form):
    """Something to add (补充)."""

    text = CleanText(most=WORDS, required=True)


class Urge(Form):
    """Asks for more speed (催单)."""

    note = CleanText(most=WORDS)


class Withdraw(Form):
    """Takes it back (撤单)."""

    reason = Choice(WithdrawReason, required=True)
    note = CleanText(most=WORDS, required=True)


class Send(Form):
    """A request a caller writes down themselves."""

    kind = Choice(Kind, required=True)
    category_id = StrictInt(least=1, required=True)
    area_id = StrictInt(least=1)
    place = CleanStr(most=200)
    content = CleanText(most=CONTENT, required=True)
    anonymity = Choice(Anonymity)
    name = CleanStr(most=40)
    phone = CleanStr(most=64)


class Rate(Form):
    """What they think of the handling, and apart from it of the hotline's own service (§7.3, 好差评)."""

    contacted = YesNo()
    solved = Choice(Solved, required=True)
    satisfaction = Choice(Satisfaction, required=True)
    reason = Choice(DissatisfactionReason)
    service = Choice(Satisfaction)
    words = CleanText(most=WORDS)
