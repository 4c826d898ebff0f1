"""What the queue is asked for, and which tickets are signed for together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hotline.forms import Choice, CleanStr, Form, Many, OurField, StrictInt, refuse
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


class SignMany(Form):
    """Tickets to sign for, each as number and the version its reader saw: 20261123010000012.3"""

    tickets = Many(CleanStr(pattern=r"[0-9]{10,20}\.[0-9]{1,9}", required=True), most=MOST_SIGNED, required=True)
