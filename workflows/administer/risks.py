"""The lexicon of dangers: the words of each kind, whom it must reach, whether an emergency line comes first."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.administer.books import Complaints, administering, changing, fetch
from workflows.model.risk import RiskRuleRow
from workflows.rules.risk import plain
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingSubject

#: Words of a kind, and how long one may be; shorter ones stand in every other sentence.
MOST_WORDS, SHORTEST, LONGEST = 300, 2, 20


def change_risk(
    key: int, actor: Actor, *, version: int, words: Iterable[str], receivers: str, needs_line: bool
) -> RiskRuleRow:
    """Say what holds for a kind of danger from now on. Raises Invalid for words too short, too long or too many."""
    kept = list(dict.fromkeys(word for word in words if word))
    wrong = Complaints()
    wrong.unless(len(kept) <= MOST_WORDS, "words", "too_many_words")
    wrong.unless(all(len(plain(word)) >= SHORTEST and len(word) <= LONGEST for word in kept), "words", "word_length")
    wrong.unless(receivers, "receivers", "required")
    with administering(actor) as doing:
        row = fetch(RiskRuleRow, key, version)
        wrong.settle()
        with changing(doing, SettingSubject.RISK, row):
            row.words, row.receivers, row.needs_line = kept, receivers, needs_line
        return row
