"""Whatever people read has its words in both languages: states, moves, events, reasons, refusals."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from enum import StrEnum

import pytest

import workflows.rules
from hotline import labels
from hotline.labels.label import TONES, Label
from hotline.labels.problems import PROBLEMS
from hotline.labels.refusals import REFUSALS
from tests.shape.source import Module, called, modules
from workflows import errors
from workflows.rules.lifecycle import TABLES

#: Enumerations nobody reads, and why.
UNREAD = {
    "ApplicationPrefix": "letters of a number, read as they are",
    "By": "names of what is kept of a day, shown as what they are counts of",
    "Plain": "names of what is kept of a day, shown as what they are counts of",
}
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refusal)}


def _vocabularies() -> dict[str, type[StrEnum]]:
    names = [info.name for info in pkgutil.iter_modules(workflows.rules.__path__)]
    rules = [importlib.import_module(f"workflows.rules.{name}") for name in names]
    return {
        name: kind
        for module in rules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum and len(name) > 1
    }


@pytest.mark.parametrize(("name", "kind"), sorted(_vocabularies().items()), ids=str)
def test_every_word_of_a_vocabulary_is_labelled(name: str, kind: type[StrEnum]) -> None:
    if name in UNREAD:
        pytest.skip(UNREAD[name])
    assert {str(member) for member in kind} <= set(labels.VOCABULARIES.get(name, {}))


def test_every_move_has_a_verb_and_a_past_tense() -> None:
    moves = {name for table in TABLES.values() for name in table}
    assert moves <= set(labels.VOCABULARIES["Move"])
    assert moves <= set(labels.VOCABULARIES["Event"])


@pytest.mark.parametrize("vocabulary", [*labels.VOCABULARIES.values(), REFUSALS, PROBLEMS])
def test_every_label_has_both_languages_and_a_known_tone(vocabulary: dict[str, Label]) -> None:
    for code, label in vocabulary.items():
        assert any("\u4e00" <= character <= "\u9fff" for character in label.zh), code
        assert any(character.isalpha() for character in label.en), code
        assert not any("\u3000" <= character <= "\uffef" for character in label.en), code
        assert label.tone in TONES, code


@pytest.mark.parametrize("texts", [REFUSALS, PROBLEMS], ids=["refusals", "problems"])
def test_both_languages_speak_of_the_same_things(texts: dict[str, Label]) -> None:
    for code, label in texts.items():
        assert _names(label.zh) == _names(label.en), code


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _refusals(module: Module) -> Iterator[tuple[str, str, set[str]]]:
    """(where, code, parameters) of each refusal raised with its code written out."""
    for call in module.calls():
        kind = called(call).rpartition(".")[2]
        if kind not in KINDS or not call.args:
            continue
        for code in _codes(call.args[0]):
            params = {word.arg for word in call.keywords if word.arg} - {"fields"}
            yield f"{module.name}:{call.lineno}", code, params


def _codes(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_codes(node.body), *_codes(node.orelse)]
    return []


def _problems(module: Module) -> Iterator[tuple[str, str, set[str]]]:
    """(where, code, parameters) of each field's problem: Problem("…"), refuse("…"), {"field": ["…"]}."""
    for call in module.calls():
        if called(call).rpartition(".")[2] in {"Problem", "refuse"} and call.args:
            for code in _codes(call.args[0]):
                yield f"{module.name}:{call.lineno}", code, {word.arg for word in call.keywords if word.arg}
    for where, node in _lists_of_problems(module):
        for item in node.elts:
            for code in _codes(item):
                yield where, code, set()


def _lists_of_problems(module: Module) -> Iterator[tuple[str, ast.List]]:
    """Lists written as the value of `fields={…}` or of `wrong["field"] = […]`, the loop's own way of saying it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg == "fields" and isinstance(node.value, ast.Dict):
            for value in node.value.values:
                if isinstance(value, ast.List):
                    yield f"{module.name}:{value.lineno}", value
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "wrong":
                yield f"{module.name}:{node.lineno}", node.value


def test_every_refusal_has_its_text_and_gives_what_the_text_needs() -> None:
    wrong = []
    for module in modules():
        for where, code, params in _refusals(module):
            label = REFUSALS.get(code)
            if label is None:
                wrong.append(f"{where}: {code} has no text in hotline/labels/refusals.py")
            elif not _names(label.zh) <= params:
                wrong.append(f"{where}: {code} needs {sorted(_names(label.zh) - params)}")
    assert not wrong, "\n".join(wrong)


def test_every_problem_of_a_field_has_its_text() -> None:
    wrong = []
    for module in modules():
        for where, code, params in _problems(module):
            label = PROBLEMS.get(code)
            if label is None:
                wrong.append(f"{where}: {code} has no text in hotline/labels/refusals.py PROBLEMS")
            elif not _names(label.zh) <= params:
                wrong.append(f"{where}: {code} needs {sorted(_names(label.zh) - params)}")
    assert not wrong, "\n".join(wrong)


def test_every_notice_has_its_text() -> None:
    kinds = {
        (f"{module.name}:{call.lineno}", code)
        for module in modules()
        for call in module.calls()
        if called(call).endswith(".tell") and call.args
        for code in _codes(call.args[0])
    }
    missing = sorted(f"{where}: {code}" for where, code in kinds if code not in labels.VOCABULARIES["Notice"])
    assert not missing, "\n".join(missing)


def test_every_event_has_its_text() -> None:
    kinds = {
        (f"{module.name}:{word.value.lineno}", word.value.value)
        for module in modules()
        for call in module.calls()
        if called(call).endswith("TicketEvent")
        for word in call.keywords
        if word.arg == "kind" and isinstance(word.value, ast.Constant)
    }
    missing = sorted(f"{where}: {code}" for where, code in kinds if code not in labels.VOCABULARIES["Event"])
    assert not missing, "\n".join(missing)
