"""POST /tickets: a request comes in, once, and its caller never comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

import psycopg
import pytest
from flask import Flask

from hotline.api.body import DEEPEST, MOST_BYTES
from tests.api.conftest import REQUEST, System
from tests.builders import City
from tests.rules.corpus import NASTY, REFUSED
from workflows.rules import numbering
from workflows.rules.text import clean_line, clean_text

SYSTEM = Callable[[str], System]


@pytest.fixture
def portal(as_account: SYSTEM) -> System:
    """The city's portal, with the token of an agent."""
    return as_account("agent")


def problems(answer) -> dict[str, list[str]]:
    """Field → codes of what is wrong with it."""
    return {name: [one["code"] for one in found] for name, found in answer.json["errors"].items()}


def test_a_request_is_committed_and_sent_to_its_unit(portal: System, city: City, admin: psycopg.Connection):
    answer = portal.post("/tickets", REQUEST)
    assert answer.status_code == 201
    told = answer.json
    assert numbering.is_valid(told["no"])
    assert told["no"][8:10] == numbering.Channel.API.digits
    assert numbering.normalise_query_code(told["query_code"]) == told["query_code"]
    assert (told["state"], told["unit"]["code"]) == ("DISPATCHED", "HOUSING")
    kept = admin.execute("SELECT state, version, title FROM ticket WHERE no = %s", [told["no"]]).fetchone()
    assert kept == (told["state"], told["version"], REQUEST["content"])


def test_a_category_is_named_by_id_code_or_path_of_names(portal: System, city: City):
    names = ("住房与房产>物业服务", "住房与房产 -> 物业服务", "住房与房产›物业服务")
    for named in (city.categories["0101"], "0101", *names):
        answer = portal.post("/tickets", REQUEST | {"category": named})
        assert answer.json["unit"]["code"] == "HOUSING", named


def test_an_area_is_named_by_id_code_or_path_of_names(portal: System, city: City):
    for named in (city.areas["D-E-1"], "D-E-1", "榕城区>东街街道>杨桥社区"):
        answer = portal.post("/tickets", REQUEST | {"category": "0501", "area": named})
        assert answer.json["unit"]["code"] == "EAST", named


def test_what_names_no_category_or_area_is_refused_by_the_name_of_its_field(portal: System):
    for named in ("没有的", "物业服务", 999_999_999, "01 01", "住房与房产>", ">"):
        answer = portal.post("/tickets", REQUEST | {"category": named, "area": named})
        assert answer.status_code == 422, named
        assert problems(answer) == {"category": ["category_unknown"], "area": ["area_unknown"]}


def test_a_matter_that_needs_a_place_says_so(portal: System):
    answer = portal.post("/tickets", REQUEST | {"category": "0501"})
    assert problems(answer) == {"area": ["place_needed"]}


def test_a_consultation_is_answered_at_once(portal: System):
    answer = portal.post("/tickets", REQUEST | {"kind": "CONSULT", "outcome": "answer", "answer": "请到窗口办理。",
                                                "answer_source": "ARTICLE", "answer_ref": "KB-7"})
    assert (answer.status_code, answer.json["state"], answer.json["unit"]) == (201, "ANSWERED_DIRECT", None)
    shown = portal.get(f"/tickets/{answer.json['no']}").json
    assert shown["direct_answer"] == "请到窗口办理。"
    assert (shown["answer_source"], shown["answer_ref"]) == ("ARTICLE", "KB-7")


def test_a_complaint_is_never_answered_at_once(portal: System):
    answer = portal.post("/tickets", REQUEST | {"outcome": "answer", "answer": "知道了", "answer_source": "OWN"})
    assert (answer.status_code, answer.json["code"]) == (409, "not_answerable_at_once")


def test_a_request_is_to_be_refused_with_a_reason_and_another_way_and_a_shift_lead_decides(
    portal: System, as_account: SYSTEM
):
    answer = portal.post("/tickets", REQUEST | {"outcome": "refuse", "reason": "R2", "route": "请向法院起诉。"})
    assert (answer.status_code, answer.json["state"]) == (201, "REVIEW")
    no, lead = answer.json["no"], as_account("shift")
    wanted = {"move": "admit", "version": answer.json["version"]}
    assert problems(lead.post(f"/tickets/{no}/moves", wanted)) == {"note": ["required"]}
    assert lead.post(f"/tickets/{no}/moves", wanted | {"move": "refuse"}).json["state"] == "REJECTED"
    shown = portal.get(f"/tickets/{answer.json['no']}").json
    assert (shown["reject_code"], shown["reject_route"]) == ("R2", "请向法院起诉。")


def test_an_outcome_without_its_words_is_refused(portal: System):
    for missing, sent in {
        "reason": {"outcome": "refuse", "route": "x"},
        "route": {"outcome": "refuse", "reason": "R2"},
        "answer": {"outcome": "answer", "kind": "CONSULT", "answer_source": "OWN"},
        "answer_source": {"outcome": "answer", "kind": "CONSULT", "answer": "x"},
        "answer_ref": {"outcome": "answer", "kind": "CONSULT", "answer": "x", "answer_source": "THREE_WAY"},
    }.items():
        answer = portal.post("/tickets", REQUEST | sent)
        assert (answer.status_code, problems(answer)) == (422, {missing: ["required"]})


def test_only_those_who_take_calls_hand_in_requests(as_account: SYSTEM):
    for account in ("housing", "dispatcher", "leader", "admin", "reviewer"):
        answer = as_account(account).post("/tickets", REQUEST)
        assert (answer.status_code, answer.json["code"]) == (403, "role_may_not"), account


#: Field, what was sent, the code it is refused with.
WRONG = (
    ("kind", None, "required"), ("kind", "HILFE", "not_a_choice"), ("kind", 3, "not_a_choice"),
    ("kind", ["HELP"], "not_a_choice"), ("content", "", "required"), ("content", " \n\u3000", "required"),
    ("content", "\u200b\ufeff", "required"),
    ("content", 7, "not_text"), ("content", None, "required"), ("category", True, "not_whole_number"),
    ("category", 1.0, "not_whole_number"), ("category", 10**30, "out_of_range"), ("category", -1, "out_of_range"),
    ("category", {}, "not_whole_number"), ("category", "", "required"), ("need_reply", "maybe", "not_a_choice"),
    ("need_reply", [], "not_a_choice"), ("title", "长" * 121, "too_long"), ("phone", "12", "phone_invalid"),
    ("phone", "", "phone_needed"), ("urgency", {"a": 1}, "not_a_choice"),
    ("no", "20260302010001230", "unknown_field"), ("state", "CLOSED", "unknown_field"),
    ("version", 1, "unknown_field"), ("created_at", "2020-01-01", "unknown_field"),
)


def test_each_wrong_field_is_named_with_a_code(portal: System):
    for field, value, code in WRONG:
        answer = portal.post("/tickets", REQUEST | {field: value})
        assert (answer.status_code, problems(answer)) == (422, {field: [code]}), (field, value)
        assert answer.content_type == "application/problem+json"


def test_an_enterprise_has_a_name(portal: System):
    answer = portal.post("/tickets", REQUEST | {"caller_type": "ENTERPRISE"})
    assert problems(answer) == {"enterprise_name": ["required"]}


def test_a_refusal_is_a_problem_document(portal: System):
    answer = portal.post("/tickets", {})
    assert set(answer.json) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert set(problems(answer)) == {"kind", "category", "content"}
    assert all(one["message"] for found in answer.json["errors"].values() for one in found)


BROKEN = {
    "nothing": (b"", "json_broken"),
    "half": (b'{"kind": ', "json_broken"),
    "not_utf8": (b'{"kind": "\xff"}', "json_broken"),
    "list": (b"[1]", "json_not_an_object"),
    "null": (b"null", "json_not_an_object"),
    "text": ('"诉求"'.encode(), "json_not_an_object"),
    "twice": (b'{"kind": "HELP", "kind": "PRAISE"}', "json_name_twice"),
    "nan": (b'{"area": NaN}', "json_not_a_number"),
    "infinity": (b'{"area": -Infinity}', "json_not_a_number"),
    "nul_name": (b'{"\\u0000": 1}', "json_bad_name"),
    "surrogate_name": (b'{"\\ud800": 1}', "json_bad_name"),
    "proto": (b'{"a.b": 1}', "json_bad_name"),
    "long_number": (b'{"area": ' + b"9" * 5_000 + b"}", "json_broken"),
    "too_deep": (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "json_too_deep"),
    "very_deep": (b"[" * 100_000, "json_broken"),
    "very_deep_closed": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json_broken"),
}


def test_a_body_that_is_no_object_of_ours_is_a_bad_request(portal: System):
    for name, (raw, code) in BROKEN.items():
        answer = portal.post("/tickets", raw=raw)
        assert (answer.status_code, answer.json["code"]) == (400, code), name


def test_a_body_over_a_megabyte_is_refused_unread(portal: System):
    answer = portal.post("/tickets", raw=b'{"content": "' + b"x" * MOST_BYTES + b'"}')
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_only_json_is_read(portal: System):
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = portal.client.post(
            "/api/v1/tickets", data=json.dumps(REQUEST), headers=portal.headers | {"Content-Type": kind}
        )
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_type")


TEXTS = {"title": clean_line, "content": clean_text, "place": clean_line, "channel_ref": clean_line}
CALLERS = ("name", "address", "id_no", "enterprise_name")


def sent_with(text: str, fields: Iterable[str]) -> Iterator[dict[str, str]]:
    """The text in all fields at once; in one after the other where together they are more than a body may be."""
    if len(text) < 10_000:
        yield dict.fromkeys(fields, text)
    else:
        yield from ({field: text} for field in fields)


def test_whatever_people_paste_is_taken_or_refused_and_shown_as_stored(portal: System):
    for name, text in NASTY.items():
        for odd in sent_with(text, (*TEXTS, *CALLERS)):
            answer = portal.post("/tickets", REQUEST | odd)
            assert answer.status_code in {201, 422}, (name, answer.json)
            fits = {field: text for field in odd if field not in answer.json.get("errors", {})}
            if answer.status_code == 422:
                answer = portal.post("/tickets", REQUEST | fits)
            assert answer.status_code == 201, (name, answer.json)
            shown = portal.get(f"/tickets/{answer.json['no']}").json
            for field in fits.keys() & TEXTS.keys():
                assert shown[field] == (TEXTS[field](text) or beginning(shown)[field]), (name, field)


def beginning(shown: dict[str, str]) -> dict[str, str]:
    """What stands where nothing was sent: no title is the beginning of the content."""
    return {"title": clean_line(shown["content"])[:30], "place": "", "channel_ref": ""}


def test_whatever_people_paste_as_a_name_or_number_is_no_fault_of_ours(portal: System):
    for name, text in NASTY.items():
        for odd in sent_with(text, ("phone", "alt_phone", "category", "area", "reason", "kind", "need_reply")):
            answer = portal.post("/tickets", REQUEST | odd)
            assert answer.status_code in ({201, 422} if len(odd) == 1 else {422}), (name, answer.json)


def test_characters_that_cannot_be_stored_are_refused_in_every_field(portal: System):
    fields = (*TEXTS, *CALLERS, "phone", "alt_phone", "category", "area")
    for name, text in REFUSED.items():
        answer = portal.post("/tickets", REQUEST | dict.fromkeys(fields, text))
        assert answer.status_code == 422, name
        assert answer.json["errors"].keys() == set(fields), name


def test_without_a_good_token_nothing_is_taken(app: Flask, city: City):
    for header in (None, "Bearer wrong", "Basic YTpi", "Bearer ", "Bearer \xff", "bearer", "Bearer " + "x" * 9_000):
        headers = {"Authorization": header} if header else {}
        answer = app.test_client().post("/api/v1/tickets", json=REQUEST, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "token_needed"), header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
