"""Pinyin initials, by which people find a name without typing Chinese."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

_LONGEST = 80


def initials(name: str) -> str:
    """垃圾清运 → ljqy; letters and digits stay as they are, everything else is left out."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(c for c in letters if c.isascii() and c.isalnum())[:_LONGEST]
