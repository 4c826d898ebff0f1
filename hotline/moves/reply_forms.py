"""The forms of a unit's reply and of what the hotline makes of it; see `forms.py`."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import pre_load
from werkzeug.datastructures import MultiDict

from hotline.forms import Choice, CleanStr, CleanText, Day, Flag, Many, Moment, OurField, StrictInt, refuse
from hotline.moves.forms import ACCOUNT, ANSWER, NOTE, MoveForm
from workflows.rules.items import MOST_ITEMS, ItemAnswer
from workflows.rules.vocabulary import Defect, Resolution, Truth, UnresolvedReason


def defect_items() -> Many:
    """Points of a request that its reply did not answer, counted from 1."""
    return Many(StrictInt(least=1, most=MOST_ITEMS, required=True), most=MOST_ITEMS)


class ItemAnswers(OurField):
    """What is said to each point of the request, in their order."""

    def __init__(self) -> None:
        super().__init__(load_default=tuple)
        self.truth, self.resolution = Choice(Truth), Choice(Resolution)
        self.answer = CleanText(most=NOTE)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> tuple[ItemAnswer, ...]:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise refuse("items_unanswered")
        return tuple(self._one(given) for given in value)

    def _one(self, given: object) -> ItemAnswer:
        if not isinstance(given, dict) or given.keys() - ITEM_PARTS:
            raise refuse("items_unanswered")
        return ItemAnswer(**{part: getattr(self, part).deserialize(given.get(part, "")) for part in ITEM_PARTS})


ITEM_PARTS = frozenset(vars(ItemAnswer()))
#: How a page's form names what is said to a point.
_ITEM_FIELD = re.compile(rf"items-([1-9][0-9]?)-({'|'.join(sorted(ITEM_PARTS))})")


class Reply(MoveForm):
    """A unit's answer, by the field's own form (§8.4): internal account and public answer are two texts.

    Whether the whole is true and solved is said of a request without points; with points, they make it.
    """

    items = ItemAnswers()
    truth = Choice(Truth)
    beyond_duty = Flag()
    beyond_duty_kind = CleanStr(most=80)
    resolution = Choice(Resolution)
    unresolved_reason = Choice(UnresolvedReason)
    internal_account = CleanText(most=ACCOUNT, required=True)
    public_answer = CleanText(most=ANSWER, required=True)
    measures = CleanText(most=ANSWER)
    legal_basis = CleanStr(most=200)
    visited_at = Moment()
    visitors = CleanStr(most=80)
    promised_on = Day()
    signed_by = CleanStr(most=40)
    ahead_reason = CleanStr(most=200)

    @pre_load
    def _gather(self, data: Any, **_kwargs: Any) -> Any:
        """Put what a page sends for each point, as items-2-answer, together."""
        given = super()._gather(data)
        if not isinstance(data, MultiDict):
            return given
        said = [(name, found) for name in given if (found := _ITEM_FIELD.fullmatch(name))]
        if said:
            given["items"] = [{} for _ in range(max(int(found[1]) for _, found in said))]
            for name, found in said:
                given["items"][int(found[1]) - 1][found[2]] = given.pop(name)
        return given


class SignOff(Reply):
    """A reply put before the unit's leader (提交审签)."""


class GiveBack(MoveForm):
    """A reply given back to its writer (审签退回)."""

    opinion = CleanText(most=NOTE, required=True)


class AcceptReply(MoveForm):
    """Accept a reply."""

    opinion = CleanText(most=NOTE)


class SendBack(MoveForm):
    """Send a reply back with what is wrong with it (§7.6)."""

    defects = Many(Choice(Defect, required=True), most=len(Defect), required=True)
    items = defect_items()
    opinion = CleanText(most=NOTE)
