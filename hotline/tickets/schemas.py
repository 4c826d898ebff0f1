"""What the ticket page sends beside the moves, whose forms stand in `hotline/moves/forms.py`."""

from __future__ import annotations

from hotline.forms import CleanStr, Form


class RevealForm(Form):
    """Why somebody wants to see a caller in full."""

    reason = CleanStr(most=200, least=4, required=True)
