"""What the call-back desk sends beside the moves, whose forms stand in `hotline/moves/forms.py`."""

from __future__ import annotations

from typing import Any

from marshmallow import validates

from hotline.desk.schemas import CONTENT, refuse_identity
from hotline.forms import Choice, CleanStr, CleanText, Flag, Form, Items, StrictInt, refuse
from workflows import collect
from workflows.read.queues import CallbackTab
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity, Kind, RiskKind, Urgency


class QueueQuery(Form):
    """Which tab of the queue, and which page of it."""

    tab = Choice(CallbackTab)
    page = CleanStr(most=400)


class RevealForm(Form):
    """Why the number is looked up."""

    purpose = CleanStr(most=200, required=True)


class NewRequest(Form):
    """What a caller asks for anew while they are rung back; who they are is no field of it."""

    kind = Choice(Kind, required=True)
    category_id = StrictInt(least=1, required=True)
    area_id = StrictInt(least=1)
    place = CleanStr(most=200)
    respondent_unit_id = StrictInt(least=1)
    title = CleanStr(most=60)
    content = CleanText(most=CONTENT, required=True)
    items = Items()
    urgency = Choice(Urgency, load_default=Urgency.NORMAL)
    anonymity = Choice(Anonymity)
    need_reply = Flag()
    identity_checked = Flag()
    risk = Choice(RiskKind)

    @validates("anonymity")
    def _anonymity(self, value: Anonymity | None, data_key: str) -> None:
        if value is Anonymity.ANONYMOUS:
            raise refuse("not_a_choice")


def said_anew(form: dict[str, Any], no: str, actor: Actor) -> dict[str, Any]:
    """What is said, as the loop takes it. Raises Invalid where it would give a withheld caller away."""
    said = {name: value for name, value in form.items() if name != "identity_checked"}
    if form["anonymity"] is not Anonymity.OPEN and not form["identity_checked"]:
        words = "\n".join((form["title"], form["content"], form["place"], *form["items"]))
        refuse_identity(collect.named_in(no, actor, words))
    return said | {"items": tuple(form["items"])}
