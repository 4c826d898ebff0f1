"""One label: the words for a value in both languages, and its tone."""

from __future__ import annotations

from typing import NamedTuple

#: Tones, each a class of static/css/app.css. None is told by colour alone: the words stand beside it.
TONES = frozenset({"plain", "info", "good", "warn", "bad", "muted", "accent"})


class Label(NamedTuple):
    """Chinese and English words, and the tone of the tag."""

    zh: str
    en: str
    tone: str = "plain"
