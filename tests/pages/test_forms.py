"""Forms take the right shapes only, clean what is typed and say in codes what is wrong (S03, S14, T32, T41)."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, validates_schema
from werkzeug.datastructures import MultiDict

from hotline.forms import (
    Choice,
    CleanStr,
    CleanText,
    Day,
    Flag,
    Form,
    Many,
    Moment,
    Problem,
    Secret,
    StrictInt,
    Typed,
    load,
)
from hotline.labels import problem_text
from workflows.errors import Invalid
from workflows.rules.vocabulary import Defect, Kind


class Everything(Form):
    """One field of each sort."""

    line = CleanStr(most=10, least=2)
    code = CleanStr(pattern="[A-Z]{2}", most=2)
    text = CleanText(most=20)
    number = StrictInt(least=1, most=99)
    kind = Choice(Kind)
    defects = Many(Choice(Defect), most=3)
    at = Moment()
    day = Day()
    yes = Flag()
    secret = Secret(load_default="")


class Needed(Form):
    """Required fields of each sort."""

    line = CleanStr(required=True)
    number = StrictInt(required=True)
    kind = Choice(Kind, required=True)
    defects = Many(Choice(Defect), required=True)
    day = Day(required=True)


def problems(schema: type[Form], data: Any) -> dict[str, list[str]]:
    """What is wrong with it."""
    with pytest.raises(Invalid) as caught:
        load(schema, data)
    return {name: [str(code) for code in codes] for name, codes in caught.value.fields.items()}


def test_nothing_given_is_nothing_and_never_an_error() -> None:
    expected = {
        "line": "", "code": "", "text": "", "number": None, "kind": None, "defects": [], "at": None, "day": None,
        "yes": False, "secret": "",
    }
    assert load(Everything, {}) == expected
    assert load(Everything, MultiDict({name: " " for name in expected if name not in {"yes", "secret"}})) == expected


def test_blank_is_missing_where_something_is_required() -> None:
    asked = {name: ["required"] for name in ("line", "number", "kind", "defects", "day")}
    blank = MultiDict(dict.fromkeys(asked, "")) | MultiDict({"line": " \u200b "})
    assert problems(Needed, {}) == asked
    assert problems(Needed, blank) == asked


def test_what_every_form_carries_is_dropped_and_what_none_carries_refused() -> None:
    carried = {"csrf_token": "x", "idempotency_key": "y", "draft_name": "z"}
    assert load(Everything, MultiDict(carried | {"line": "好的"}))["line"] == "好的"
    assert problems(Everything, MultiDict({"id": "1", "version_id": "2"})) == {
        "id": ["unknown_field"], "version_id": ["unknown_field"],
    }


@pytest.mark.parametrize(("typed", "kept"), [
    ("  路灯  ", "路灯"), ("路\u202e灯", "路灯"), ("路\u200b灯", "路灯"), ("路\r\n灯", "路 灯"),
    ("葛󠄀女士", "葛󠄀女士"), ("ｆｕｌｌ", "ｆｕｌｌ"),
])
def test_lines_are_cleaned(typed: str, kept: str) -> None:
    assert load(Everything, {"line": typed})["line"] == kept


def test_texts_keep_their_lines() -> None:
    assert load(Everything, {"text": " 一\r\n\r\n二 "})["text"] == "一\n\n二"


@pytest.mark.parametrize(("field", "value", "code"), [
    ("line", "a\x00b", "text_nul"), ("line", "a\ud800b", "text_surrogate"), ("line", "x" * 11, "too_long"),
    ("line", "x", "too_short"), ("line", 7, "not_text"), ("line", ["x"], "not_text"), ("line", "x" * 10**6, "too_long"),
    ("code", "ab", "bad_shape"), ("text", "x" * 21, "too_long"),
    ("number", "1.0", "not_whole_number"), ("number", "１２", "not_whole_number"), ("number", "٣", "not_whole_number"),
    ("number", "1e3", "not_whole_number"), ("number", True, "not_whole_number"), ("number", 1.5, "not_whole_number"),
    ("number", "0", "out_of_range"), ("number", "100", "out_of_range"), ("number", "9" * 500, "not_whole_number"),
    ("number", "-5", "out_of_range"), ("number", "0x1F", "not_whole_number"), ("number", "1_0", "not_whole_number"),
    ("kind", "help", "not_a_choice"), ("kind", 3, "not_a_choice"), ("kind", {"a": 1}, "not_a_choice"),
    ("defects", ["D1", "D99"], "not_a_choice"), ("defects", ["D1", "D2", "D3", "D4"], "too_many"),
    ("defects", "D1", "not_a_choice"),
    ("at", "2026-02-30T10:00", "not_a_moment"), ("at", "yesterday", "not_a_moment"),
    ("at", "0001-01-01T00:00", "not_a_moment"), ("at", 5, "not_a_moment"),
    ("day", "2026-13-01", "not_a_day"), ("day", "9999-12-31", "not_a_day"), ("day", 20260101, "not_a_day"),
    ("yes", "maybe", "not_a_choice"), ("yes", 2, "not_a_choice"), ("secret", "x" * 129, "too_long"),
])
def test_what_cannot_be_used_is_said_in_codes(field: str, value: Any, code: str) -> None:
    found = problems(Everything, {field: value})
    assert found == {field: [code]}


def test_good_values_come_in_their_types() -> None:
    sent = MultiDict([
        ("number", " 42 "), ("kind", "HELP"), ("defects", "D1"), ("defects", "D3"), ("defects", "D1"),
        ("at", "2026-11-23T14:05"), ("day", "2026-11-23"), ("yes", "1"), ("secret", "  blanks count "),
    ])
    got = load(Everything, sent)
    assert got["number"] == 42
    assert got["kind"] is Kind.HELP
    assert got["defects"] == [Defect("D1"), Defect("D3")]
    assert got["at"] == datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
    assert got["day"] == date(2026, 11, 23)
    assert got["yes"] is True
    assert got["secret"] == "  blanks count "


def test_a_moment_with_an_offset_is_taken_as_it_says() -> None:
    assert load(Everything, {"at": "2026-11-23T14:05+00:00"})["at"] == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def test_of_a_name_sent_twice_the_last_counts_except_in_lists() -> None:
    assert load(Everything, MultiDict([("line", "一一"), ("line", "二二")]))["line"] == "二二"


@pytest.mark.parametrize("data", [None, [], "text", 7, [{}]])
def test_what_is_no_form_at_all_is_refused(data: Any) -> None:
    assert problems(Everything, data if data is not None else []) == {"_schema": ["unusable"]}


def test_problems_carry_the_parameters_of_their_text() -> None:
    with pytest.raises(Invalid) as caught:
        load(Everything, {"number": "100"})
    problem = caught.value.fields["number"][0]
    assert problem_text(problem) == "应在 1 到 99 之间。"


def test_rules_across_fields_name_the_field() -> None:
    class Two(Form):
        a = CleanStr()

        @validates_schema
        def check(self, data: dict[str, Any], **_: Any) -> None:
            raise ValidationError({"a": [Problem("too_long", most=3)]})

    assert problems(Two, {"a": "x"}) == {"a": ["too_long"]}


TEXT = st.text(st.characters(codec=None), max_size=60)


def taken(data: Any) -> bool:
    """Whether a form is taken; if not it is refused in codes, and nothing else happens."""
    try:
        load(Everything, data)
    except Invalid as refused:
        return not refused.fields or not all(isinstance(c, str) for codes in refused.fields.values() for c in codes)
    return True


@given(st.dictionaries(st.sampled_from([*Everything().fields, "other"]), TEXT))
def test_no_text_whatever_makes_more_than_a_refusal(data: dict[str, str]) -> None:
    assert not (taken(MultiDict(data)) and "other" in data)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=5)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["line", "kind"]), inner)
)


@given(st.sampled_from(["kind", "defects", "at", "day"]), JSON.filter(lambda value: not isinstance(value, str)))
def test_no_json_whatever_makes_more_than_a_refusal(name: str, value: Any) -> None:
    blanks = isinstance(value, list) and all(isinstance(one, str) and not one.strip() for one in value)
    nothing = blanks if name == "defects" else value is None
    assert taken({name: value}) is nothing


def test_what_stands_in_a_field_is_what_was_typed_else_what_is_on_record() -> None:
    record = Typed({"title": "路灯", "defects": [Defect("D1")], "size": 0})
    assert (record.value("title"), record.value("size"), record.value("none", "—")) == ("路灯", 0, "—")
    assert record.values("defects") == ["D1"]
    sent = Typed(MultiDict([("defects", "D1"), ("defects", "D2")]), Invalid(fields={"title": ["required"]}), sent=True)
    assert sent.value("title", "路灯") == ""
    assert sent.values("defects") == ["D1", "D2"]
    assert sent.problems == {"title": ["required"]}
