"""What the queue is asked for, and which tickets are signed for together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, post_load

from hotline.forms import Choice, CleanStr, Form, Many, OurField, StrictInt, refuse
from workflows.errors import Problem
from workflows.read.departments import Tab

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Tickets signed for at once.
MOST_SIGNED = 50


class Second(OurField):
    """A moment as whole seconds since 1970."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10):
            raise refuse("not_a_moment")
        return EPOCH + timedelta(seconds=int(value))


class QueueFilter(Form):
    """Which tab, which of the units below, which matter, which words; `since` the page has been open."""

    tab = Choice(Tab)
    unit_id = StrictInt(least=1)
    category_id = StrictInt(least=1)
    words = CleanStr(most=60)
    since = Second(load_default=None)


def _task(*, required: bool = False) -> CleanStr:
    return CleanStr(pattern=r"[0-9]{10,20}\.[0-9]{1,9}(-[0-9.]{1,24})?", required=required)


class SignMany(Form):
    """Tasks to sign for, each as its ticket, the version its reader saw, and its number: 20261123010000012.3-1.2

    `one` is the task whose own button was pressed: then the ticks beside it do not count.
    """

    tickets = Many(_task(required=True), most=MOST_SIGNED)
    one = _task()

    @post_load
    def chosen(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What is to be signed for."""
        chosen = [given["one"]] if given["one"] else given["tickets"]
        if not chosen:
            raise ValidationError({"tickets": [Problem("required")]})
        return {"tickets": chosen}
