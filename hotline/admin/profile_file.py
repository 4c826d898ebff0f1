"""Limit profiles as files: those shipped with the product, those an administrator hands in, and the present limits.

A profile is TOML: a name, the document it comes from, a note, and [[limit]] entries with codes; matters and units
stand by their codes, for keys differ from city to city.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from hotline import labels
from hotline.forms import Choice, CleanStr, CleanText, Form, OurField, Problem, StrictInt, flat, refuse
from workflows import administer
from workflows.administer import LimitLine
from workflows.errors import Invalid
from workflows.model.reference import Reference, reference, today
from workflows.model.settings import LimitRule
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import Kind, Urgency

_FOLDER = Path(__file__).parent / "profiles"
#: Longest file taken, in characters; some thousand limits.
LONGEST = 200_000
#: So many bad lines are named.
MOST_COMPLAINTS = 5


class Truth(OurField):
    """true or false, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refuse("not_true_or_false")
        return value


class _Head(Form):
    name = CleanStr(required=True, most=80)
    document = CleanStr(most=400)
    note = CleanText(most=1_000)


class _Line(Form):
    clock = Choice(ClockCode, required=True)
    amount = StrictInt(required=True, least=1, most=100_000)
    basis = Choice(Basis, required=True)
    kind = Choice(Kind)
    urgency = Choice(Urgency)
    enterprise = Truth(load_default=None)
    category = CleanStr(most=40)
    unit = CleanStr(most=40)
    stage = StrictInt(least=1, most=9)
    stage_name = CleanStr(most=40)
    source = CleanStr(required=True, most=200)


@dataclass(frozen=True)
class Profile:
    """The limits of a place or a text, with where they stand written."""

    name: str
    document: str
    note: str
    lines: tuple[LimitLine, ...]


@cache
def shipped() -> Mapping[str, str]:
    """The profiles that come with the product: name of the file → its text."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.toml"))}


def read(text: str) -> Profile:
    """A profile from its file. Raises Invalid that says of each bad limit which one it is and what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable([Problem("profile_not_toml", why=str(error))]) from error
    entries = data.pop("limit", [])
    try:
        head = _Head().load(data)
    except ValidationError as error:
        raise _unreadable(_said(flat(error.messages))) from error
    if not isinstance(entries, list) or not entries:
        raise _unreadable([Problem("profile_without_limits")])
    lines, wrong = _lines(entries)
    if wrong:
        raise _unreadable(wrong)
    return Profile(**head, lines=tuple(lines))


def _unreadable(problems: Iterable[Problem]) -> Invalid:
    return Invalid(fields={"text": list(problems)[:MOST_COMPLAINTS]})


def _said(problems: Mapping[str, Iterable[str]], number: int | None = None) -> Iterator[Problem]:
    """The problems of the head, or of the limit of that number, one by one."""
    for field, found in problems.items():
        for problem in found:
            why = labels.problem_text(problem)
            if number is None:
                yield Problem("profile_head", field=field, why=why)
            else:
                yield Problem("profile_line", line=number, field=field, why=why)


def _lines(entries: list[Any]) -> tuple[list[LimitLine], list[Problem]]:
    ref, day = reference(), today()
    lines: list[LimitLine] = []
    wrong: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        try:
            line = _line(ref, _Line().load(entry))
        except ValidationError as error:
            wrong += _said(flat(error.messages), number)
            continue
        wrong += _said(administer.complaints_about(ref, line, day).fields, number)
        lines.append(line)
    return lines, wrong


def _line(ref: Reference, form: dict[str, Any]) -> LimitLine:
    code, category, unit = form.pop("clock"), form.pop("category"), form.pop("unit")
    return LimitLine(code=code, category_id=_key(ref.categories, category, "category_unknown", "category"),
                     unit_id=_key(ref.units, unit, "unit_unknown", "unit"), **form)


def _key(rows: Mapping[int, Any], code: str, problem: str, field: str) -> int | None:
    """The key of the row with a code; nothing for no code. Raises ValidationError where there is none."""
    if not code:
        return None
    found = next((key for key, row in rows.items() if row.code == code), None)
    if found is None:
        raise ValidationError({field: [Problem(problem)]})
    return found


def written(name: str, rules: Iterable[LimitRule], on: date) -> str:
    """Limits as a file of the same form, which `read` takes again."""
    ref = reference()
    parts = [f"name = {_quoted(name)}\ndocument = \"\"\nnote = {_quoted(on.isoformat())}\n"]
    for rule in rules:
        category, unit = ref.categories.get(rule.category_id), ref.units.get(rule.unit_id)
        said = {
            "clock": rule.code, "amount": rule.amount, "basis": rule.basis, "kind": rule.kind, "urgency": rule.urgency,
            "enterprise": rule.enterprise, "category": category and category.code, "unit": unit and unit.code,
            "stage": rule.stage, "stage_name": rule.stage_name or None, "source": rule.source,
        }
        parts.append("[[limit]]\n" + "".join(f"{k} = {_quoted(v)}\n" for k, v in said.items() if v is not None))
    return "\n".join(parts)


def _quoted(value: Any) -> str:
    """A TOML value; its strings, numbers and truths are written like JSON's."""
    return json.dumps(value, ensure_ascii=False)
