"""The English catalogue is whole: every message has its words, with the same blanks, and no words are left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from hotline.languages import CATALOGUE
from tests.shape.source import ROOT, templates

SOURCES = ("hotline", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
BLANK = re.compile(r"%\((\w+)\)([a-z])")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
#: A call with its message, in templates.
TRANSLATED = re.compile(r"\b(?:_|n?gettext)\(\s*'[^']*'(?:\s*,\s*'[^']*')?")
#: A language is named in its own words.
NAMES_OF_LANGUAGES = "templates/layout/language.html"

Id = str | tuple[str, ...]


def _said() -> Iterator[tuple[Id, str]]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    for folder in SOURCES:
        found = extract_from_dir(ROOT / folder, methods, options, KEYWORDS)
        for file, line, message, _comments, _context in found:
            yield (message if isinstance(message, str) else tuple(message)), f"{folder}/{file}:{line}"


@cache
def said() -> dict[Id, str]:
    """Every message of the pages and where it stands."""
    return dict(_said())


@cache
def english() -> dict[Id, Message]:
    """Every entry of the catalogue by its message."""
    with CATALOGUE.open("rb") as text:
        return {
            (entry.id if isinstance(entry.id, str) else tuple(entry.id)): entry
            for entry in read_po(text, locale="en", abort_invalid=True) if entry.id
        }


def words(entry: Message) -> tuple[str, ...]:
    """What an entry says, the plural too."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def test_messages_are_found_in_views_and_in_templates() -> None:
    places = {place.partition("/")[0] for place in said().values()}
    assert places == set(SOURCES)
    assert {"派单目录", "登录"} <= set(said())
    assert any(isinstance(message, tuple) for message in said())


def test_every_message_has_its_english_words() -> None:
    missing = {message: place for message, place in said().items() if message not in english()}
    assert not missing, f"add them to {CATALOGUE.name}: {missing}"
    assert not [entry.id for entry in english().values() if not all(words(entry))]


def test_no_words_are_left_over_or_guessed() -> None:
    assert not set(english()) - set(said())
    assert not [entry.id for entry in english().values() if entry.fuzzy]
    assert "#~" not in CATALOGUE.read_text(encoding="utf-8")


def test_english_words_leave_the_same_blanks() -> None:
    for message, entry in english().items():
        asked = set(BLANK.findall(message if isinstance(message, str) else message[0]))
        for form in words(entry):
            assert set(BLANK.findall(form)) == asked, form


def test_english_words_are_not_chinese() -> None:
    assert not [form for entry in english().values() for form in words(entry) if CHINESE.search(form)]


@pytest.mark.parametrize("name", sorted(set(templates()) - {NAMES_OF_LANGUAGES}))
def test_no_template_says_anything_that_cannot_be_translated(name: str) -> None:
    text = TRANSLATED.sub("", COMMENT.sub("", templates()[name]))
    assert not [line.strip() for line in text.splitlines() if CHINESE.search(line)]
