"""The glossary has every word of the code, in the words of the screen."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest

from hotline.labels import VOCABULARIES
from workflows.rules import accounting, calendar, counting, lifecycle, limits, roles, routing, satisfaction, vocabulary

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ENUMERATIONS = sorted(
    {
        found
        for module in (roles, lifecycle, limits, vocabulary, satisfaction, routing, calendar, accounting, counting)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Enum) and found.__module__ == module.__name__
    },
    key=lambda found: found.__name__,
)
#: 中文 | `CODE` (value) | meaning
LINE = re.compile(r"^\| ([^|]+) \| `([A-Z0-9_]+)`(?: \([^)]+\))? \| ([^|]+) \|$", re.MULTILINE)


def lines_of(name: str) -> dict[str, tuple[str, str]]:
    """Code → Chinese and meaning, as the glossary's section of that name has them."""
    section = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", GLOSSARY, re.MULTILINE | re.DOTALL)
    return {code: (chinese, meaning) for chinese, code, meaning in LINE.findall(section[1])} if section else {}


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda found: found.__name__)
def test_every_member_stands_in_the_glossary_and_nothing_else(enumeration: type[Enum]) -> None:
    assert list(lines_of(enumeration.__name__)) == [member.name for member in enumeration]


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda found: found.__name__)
def test_its_chinese_is_that_of_the_screen(enumeration: type[Enum]) -> None:
    words = VOCABULARIES[enumeration.__name__]
    for member in enumeration:
        assert lines_of(enumeration.__name__)[member.name][0] == words[str(member)].zh


def test_every_meaning_is_a_sentence_and_every_term_stands_there_once() -> None:
    rows = [line.strip("|").split("|") for line in GLOSSARY.splitlines() if re.match(r"\| [^中-]", line)]
    assert all(row[-1].strip().endswith(".") for row in rows)
    terms = [row[0].strip() for row in rows if "`" not in row[0]]
    life_cycle = terms[: terms.index("受理员")]
    words = [word.strip() for term in life_cycle for word in term.split(",")]
    assert len(set(words)) == len(words)


def test_the_moves_of_the_glossary_are_moves() -> None:
    named = set(re.findall(r"moves? ((?:`[a-z_]+`[ ,]*)+)", GLOSSARY))
    moves = {name for group in named for name in re.findall(r"`([a-z_]+)`", group)}
    assert moves == {name for table in lifecycle.TABLES.values() for name in table}
