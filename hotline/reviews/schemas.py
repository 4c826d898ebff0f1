"""A reviewer's decision: what is ticked, what is said, and which button was pressed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, validates_schema

from hotline.forms import Choice, CleanStr, CleanText, Form, Many, Problem, StrictInt
from hotline.moves.forms import YesNo
from hotline.moves.reply_forms import defect_items
from workflows.rules.vocabulary import Defect


class CheckQuery(Form):
    """Which spot checks, and which page of them."""

    done = YesNo()
    page = CleanStr(most=400)


class Verdict(StrEnum):
    """The two buttons; each is a move."""

    ACCEPT = "accept_reply"
    SEND_BACK = "send_back"


class Decision(Form):
    """Accept or send back. A reply in which something is ticked is not accepted by a slip of the hand."""

    version = StrictInt(least=1, required=True)
    verdict = Choice(Verdict, required=True)
    defects = Many(Choice(Defect), most=len(Defect))
    items = defect_items()
    opinion = CleanText(most=2_000)

    @validates_schema
    def _ticked_means_not_accepted(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["verdict"] is Verdict.ACCEPT and data["defects"]:
            raise ValidationError({"defects": [Problem("accepted_with_defects")]})
        if data["verdict"] is Verdict.SEND_BACK and not data["defects"]:
            raise ValidationError({"defects": [Problem("defects_needed")]})
