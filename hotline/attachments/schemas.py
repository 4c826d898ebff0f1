"""The shape of what comes along with a file."""

from __future__ import annotations

from hotline.forms import Choice, Form
from workflows.rules.vocabulary import AttachmentGroup


class AttachForm(Form):
    """What the files are for."""

    group = Choice(AttachmentGroup, required=True)
