"""What the ticket page sends beside the moves, whose forms stand in `hotline/moves/forms.py`; what a search asks."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from hotline.forms import CleanStr, Day, Form, OurField, StrictInt, refuse
from workflows.errors import Problem
from workflows.model.secrets import box
from workflows.rules.states import OPEN_STATES, TicketState

#: The states a search may ask for: each open one, and OVER for all others together. Of those that are over a rare one
#: would be looked for through all there ever were: no index tells them apart.
OVER = "OVER"
STATES_ASKED = tuple(state for state in TicketState if state in OPEN_STATES)


class RevealForm(Form):
    """Why somebody wants to see a caller in full."""

    reason = CleanStr(most=200, least=4, required=True)


class Words(CleanStr):
    """Words or a number a ticket is looked for by. A caller's number is none: it must stand in no address."""

    def _checked(self, text: str) -> str:
        if any(box().caller_key(part) for part in (text, *text.split())):
            raise refuse("phone_not_searched")
        return super()._checked(text)


class StateAsked(OurField):
    """An open state, or OVER; as the set of states it means."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> frozenset[str]:
        if value == OVER:
            return frozenset(TicketState) - OPEN_STATES
        if value not in STATES_ASKED:
            raise refuse("not_a_choice")
        return frozenset({str(value)})


class SearchForm(Form):
    """Which tickets are looked for; all conditions together. The days are of creation, both included."""

    q = Words(most=60)
    state = StateAsked(load_default=frozenset())
    unit_id = StrictInt(least=1)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    created_from = Day()
    created_to = Day()

    @validates_schema
    def _forwards(self, given: dict[str, Any], **_: Any) -> None:
        first, last = given.get("created_from"), given.get("created_to")
        if first and last and last < first:
            raise ValidationError({"created_to": [Problem("period_backwards")]})
