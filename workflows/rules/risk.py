"""Signs of danger in what callers say: which words stand there, and of which kinds (domain §8.7).

The words are rows that administrators edit. A word found is a sign and no more: the agent sees it while typing, and
what is submitted with one is reported by the system, to be looked at by a person at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflows.rules.vocabulary import RiskKind


@dataclass(frozen=True)
class RiskRule:
    """What holds for a kind: its words, whom it must reach, whether an emergency line must have it before a unit."""

    kind: RiskKind
    words: tuple[str, ...]
    receivers: str
    needs_line: bool


@dataclass(frozen=True)
class Sign:
    """A word of the lexicon in a text, and what it is a sign of."""

    kind: RiskKind
    word: str


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    return plain(word)


def plain(text: str) -> str:
    """A text as words are looked for in it: full and half width alike, no case, no blanks between characters."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def signs(rules: Mapping[RiskKind, RiskRule], texts: Iterable[str]) -> tuple[Sign, ...]:
    """The words of the lexicon that stand in the texts, by kind in the order of the rules."""
    said = "\n".join(plain(text) for text in texts)
    return tuple(Sign(rule.kind, word) for rule in rules.values() for word in rule.words if _word(word) in said)


def kinds_of(found: Iterable[Sign]) -> list[RiskKind]:
    """The kinds of what was found, each once."""
    return list(dict.fromkeys(sign.kind for sign in found))
