"""What the call-back desk sends beside the moves, whose forms stand in `hotline/moves/forms.py`."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, Form
from workflows.read.queues import CallbackTab


class QueueQuery(Form):
    """Which tab of the queue, and which page of it."""

    tab = Choice(CallbackTab)
    page = CleanStr(most=400)


class RevealForm(Form):
    """Why the number is looked up."""

    purpose = CleanStr(most=200, required=True)
