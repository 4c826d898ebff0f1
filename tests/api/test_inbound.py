"""Text messages of callers: the gateway's alone, once, in time, of one open survey; nothing is said of any ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.conftest import System
from tests.builders import SHANGHAI, City, at, ring, to_callback
from workflows.model import base
from workflows.rules.satisfaction import AttemptResult, Solved, texted

TOKEN, PHONE = "a token of the gateway, as long as it ought to be", "13911112222"
IN_VAIN = {"result": AttemptResult.NO_ANSWER, "contacted": None, "solved": None, "satisfaction": None}


@pytest.fixture
def gateway(app: Flask, monkeypatch: pytest.MonkeyPatch) -> System:
    """The gateway, with its token."""
    monkeypatch.setitem(app.config, "SMS_INBOUND_TOKEN", TOKEN)
    return System(app, TOKEN)


def survey(city: City, days: int = 1, **changes: Any) -> str:
    """Rung in vain on two days, and written to so many days ago."""
    last = base.now().astimezone(SHANGHAI).replace(hour=10, minute=0, second=0) - timedelta(days=days)
    with at(last - timedelta(days=1)):
        no = to_callback(city, **{"phone": PHONE} | changes)
        ring(city, no, **IN_VAIN)
    for when in (last - timedelta(hours=19), last):
        with at(when):
            ring(city, no, **IN_VAIN)
    return no


@pytest.fixture
def surveyed(app: Flask, city: City) -> Callable[..., str]:
    """Makes a ticket whose caller was written to."""

    def made(**changes: Any) -> str:
        with app.app_context():
            no = survey(city, **changes)
            base.db.session.remove()
        return no

    return made


def text(gateway: System, words: str, *, phone: str = PHONE, message_id: str = "m-1") -> TestResponse:
    return gateway.post("/sms/inbound", {"message_id": message_id, "phone": phone, "text": words})


@pytest.mark.parametrize(("words", "state", "solved", "said"), [
    ("1", "CLOSED", "SOLVED", ""), (" ２。谢谢", "CLOSED", "PARTLY", "谢谢"),
    ("3，电梯还是坏的", "CALLBACK", "UNSOLVED", "电梯还是坏的"),
])
def test_a_digit_answers_the_survey(
    gateway: System, surveyed: Callable[..., str], admin: psycopg.Connection, words: str, state: str, solved: str,
    said: str,
):
    no = surveyed()
    answered = text(gateway, words, phone="+86" + PHONE)
    assert (answered.status_code, answered.json) == (200, {"taken": True})
    assert admin.execute("SELECT state FROM ticket WHERE no = %s", (no,)).fetchone() == (state,)
    assert admin.execute("SELECT solved, satisfaction, valid FROM evaluation").fetchall() == [(solved, None, True)]
    told = admin.execute("SELECT channel, words FROM callback_attempt WHERE result = 'ANSWERED'").fetchall()
    assert told == [("SMS", said)]


def test_a_message_passed_on_again_acts_once(
    gateway: System, surveyed: Callable[..., str], admin: psycopg.Connection
):
    surveyed()
    first, again, other = text(gateway, "3"), text(gateway, "3"), text(gateway, "1")
    assert (first.json, again.json, again.headers["Idempotent-Replayed"]) == ({"taken": True}, first.json, "true")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert text(gateway, "1", message_id="m-2").json == {"taken": False}
    assert admin.execute("SELECT count(*) FROM callback_attempt WHERE result = 'ANSWERED'").fetchone() == (1,)
    assert admin.execute("SELECT solved FROM evaluation").fetchall() == [("UNSOLVED",)]


def test_a_message_that_counted_for_nothing_never_counts(gateway: System, surveyed: Callable[..., str]):
    assert text(gateway, "1").json == {"taken": False}
    surveyed()
    assert text(gateway, "1").json == {"taken": False}
    assert text(gateway, "1", message_id="m-2").json == {"taken": True}


def test_who_was_not_asked_about_one_thing_lately_answers_nothing(
    gateway: System, surveyed: Callable[..., str], admin: psycopg.Connection
):
    surveyed(days=4, phone="13922223333")
    surveyed()
    surveyed()
    for n, (words, phone) in enumerate((("1", "13922223333"), ("1", PHONE), ("1", "13900000000"), ("1", "12"))):
        assert text(gateway, words, phone=phone, message_id=f"m-{n}").json == {"taken": False}
    assert admin.execute("SELECT count(*) FROM evaluation").fetchone() == (0,)


def test_only_the_gateway_is_heard(
    app: Flask, gateway: System, surveyed: Callable[..., str], as_account: Callable[[str], System],
    monkeypatch: pytest.MonkeyPatch,
):
    surveyed()
    for other in (System(app, None), System(app, TOKEN + "x"), as_account("supervisor")):
        refused = text(other, "1")
        assert (refused.status_code, refused.json["code"]) == (401, "token_needed")
    assert gateway.get("/tickets").status_code == 401
    monkeypatch.setitem(app.config, "SMS_INBOUND_TOKEN", "")
    assert [text(one, "1").status_code for one in (gateway, System(app, ""))] == [401, 401]


def test_a_body_that_is_none_is_refused_by_its_field(gateway: System):
    refused = gateway.post("/sms/inbound", {"message_id": "m", "phone": PHONE})
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"text"})
    assert text(gateway, "x" * 1_001).status_code == 422


@pytest.mark.parametrize(("words", "answer"), [
    ("1", (Solved.SOLVED, "")), ("２", (Solved.PARTLY, "")), (" 3 没修\n好", (Solved.UNSOLVED, "没修\n好")),
    ("12345", None), ("4", None), ("0", None), ("已解决", None), ("", None), ("１１", None), ("不是1", None),
])
def test_only_a_digit_of_ours_alone_is_an_answer(words: str, answer: tuple[Solved, str] | None):
    assert texted(words) == answer
