"""What closes a gap of the knowledge base."""

from __future__ import annotations

from hotline.forms import CleanStr, Form


class SettledGap(Form):
    """The article there now is, or why there need be none."""

    article = CleanStr(most=200, required=True)
