"""What the dispatch desk sends beside the moves, whose forms stand in `hotline/moves/forms.py`."""

from __future__ import annotations

from hotline.forms import CleanStr, Form, Many
from workflows.merge import MOST_AT_ONCE


class MergeForm(Form):
    """Which tickets are one matter, and which of them (or which other) is to be worked at."""

    no = Many(CleanStr(most=24), most=MOST_AT_ONCE)
    master = CleanStr(most=24)
