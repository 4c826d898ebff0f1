"""What is asked for on the page of dead letters."""

from __future__ import annotations

from hotline.forms import Choice, Form
from workflows.rules.vocabulary import Carrier


class LetterFilter(Form):
    """Of one channel."""

    carrier = Choice(Carrier)


class OneChannel(Form):
    """A channel whose dead letters are sent again."""

    carrier = Choice(Carrier, required=True)
