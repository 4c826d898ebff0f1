"""The citizens' page: number and code open one ticket and no other, guesses tell nothing, a caller acts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.limiting import limiter
from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import inquire, merge, upkeep
from workflows.errors import NotAllowed, NotNow
from workflows.model.base import db, now, rehearse
from workflows.model.query import QueryGuard
from workflows.model.reply import Reply
from workflows.model.secrets import box
from workflows.model.ticket import Ticket
from workflows.rules.numbering import CROCKFORD, check_digit
from workflows.rules.vocabulary import Kind

Loop = Callable[..., Any]
NAME, PHONE, INNER, CONTENT = "端木金丝雀", "13794618305", "内部情况：物业拖欠", "三号楼电梯停运三天"
RATED = {"contacted": "1", "solved": "SOLVED", "satisfaction": "VERY_SATISFIED", "service": "BASICALLY"}
WRONG = "工单编号或查询码不正确"


@pytest.fixture
def told(loop: Loop) -> tuple[str, str]:
    """Number and code of a ticket in hand."""

    def begin(city: City) -> tuple[str, str]:
        receipt = play.log(city, name=NAME, phone=PHONE, content=CONTENT)
        play.sign(city, receipt.no)
        play.contact(city, receipt.no)
        return receipt.no, receipt.query_code

    return loop(begin)


def answered(loop: Loop, no: str) -> None:
    def finish(city: City) -> None:
        play.reply(city, no, internal_account=INNER)
        play.accept(city, no)

    loop(finish)


def nobodys(no: str) -> str:
    """A number that could be ours and is not."""
    body = no[:10] + "999999"
    return body + check_digit(body)


def ask(browser: Client, no: str, code: str, status: int = 303, address: str = "127.0.0.1") -> Any:
    fields = {"no": no, "code": code, "csrf_token": browser.token()}
    answer = browser.post("/citizen/", data=fields, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    return answer


def test_number_and_code_show_how_far_it_is_and_nobodys_name(
    browser: Client, loop: Loop, told: tuple[str, str]
) -> None:
    no, code = told
    ask(browser, f" {no[:8]} {no[8:]}", code.lower())
    page = browser.page("/citizen/ticket").text()
    assert "办理中" in page
    assert "预计答复" in page
    assert "区住房和建设局" in page
    answered(loop, no)
    said = loop(lambda _city: db.session.scalars(select(Reply.public_answer)).one())
    page = browser.page("/citizen/ticket")
    assert "已回复，待评价" in page.text()
    assert said.splitlines()[0] in page.text()
    assert not [one for one in (NAME, PHONE, "端", "8305", INNER, CONTENT, "住建经办人") if one in page.text()]
    browser.send("/citizen/leave")
    assert browser.get("/citizen/ticket").status_code == 303


def test_the_look_ends_by_itself_and_opens_no_other_door(
    browser: Client, told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(browser, *told)
    assert browser.get(f"/tickets/{told[0]}").status_code == 303
    later = now
    monkeypatch.setattr("hotline.citizens.service.now", lambda: later() + timedelta(minutes=21))
    assert browser.get("/citizen/ticket").status_code == 303
    assert browser.post("/citizen/ticket/urge", data={"csrf_token": browser.token()}).status_code == 403


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(browser: Client, told: tuple[str, str]) -> None:
    no, code = told
    cases = [(no, "00000000"), (nobodys(no), code), (no[:-1] + str((int(no[-1]) + 1) % 10), code), (no, "?")]
    bodies = set()
    for asked in cases:
        page = ask(browser, *asked, status=403).page
        assert WRONG in page.text()
        bodies.add(page.text())
    assert len(bodies) == 1


def test_five_mistakes_lock_a_number_whether_it_exists_or_not(
    browser: Client, loop: Loop, told: tuple[str, str]
) -> None:
    no, code = told
    for asked in (no, nobodys(no)):
        limiter.reset()
        for _ in range(5):
            ask(browser, asked, "00000000", status=403)
        locked = ask(browser, asked, code, status=409).page.text()
        assert "已停止查询" in locked
    browser.as_user("supervisor")
    alarm = browser.page("/supervision/").text()
    assert no in alarm
    assert nobodys(no) not in alarm
    assert "查询码" not in browser.as_user("housing").page("/departments/").text()

    def an_hour_later(_city: City) -> None:
        with rehearse(timedelta(minutes=61)):
            assert inquire.prove(no, code).ticket_no == no
        with rehearse(timedelta(days=2)):
            upkeep.sweep_away()
        assert db.session.scalars(select(QueryGuard)).all() == []

    loop(an_hour_later)


def test_ten_looks_a_minute_from_one_address(browser: Client, told: tuple[str, str]) -> None:
    no, _ = told
    for n in range(10):
        ask(browser, nobodys(no)[:10] + "x", str(n), status=403)
    ask(browser, *told, status=429)
    ask(browser, *told, address="127.0.0.2")


def test_thousands_of_guesses_from_fifty_addresses_disclose_nothing(
    app: Flask, told: tuple[str, str], browser: Client, pytestconfig: pytest.Config
) -> None:
    """Of what the limit of addresses lets through, five guesses at a number are looked at, ours or nobody's.

    With `--long` there are ten thousand of them; most are stopped at the door either way.
    """
    no, code = told
    chance = Random(36)
    bodies = [no[:-1], *(f"{no[:10]}{n}" for n in range(900_000, 900_009))]
    numbers = [body + check_digit(body) for body in bodies]
    guesser = FlaskClient(app, Response)
    token = guesser.get("/form-token").get_json()["token"]
    answers: Counter[tuple[str, int]] = Counter()
    for n in range(10_000 if pytestconfig.getoption("--long") else 1_000):
        fields = {"no": numbers[n // 50 % 10], "code": "".join(chance.choices(CROCKFORD, k=8)), "csrf_token": token}
        asked = guesser.post("/citizen/", data=fields, headers={"Accept": "application/json"},
                             environ_base={"REMOTE_ADDR": f"127.0.0.{2 + n % 50}"})
        answers[fields["no"], asked.status_code] += 1
    assert {status for _, status in answers} <= {403, 409, 429}
    assert [answers[one, 403] for one in numbers] == [5] * 10
    ask(browser, no, code, status=409)


def test_a_caller_adds_urges_once_a_day_and_takes_it_back(
    browser: Client, told: tuple[str, str], admin: psycopg.Connection
) -> None:
    no, _ = told
    ask(browser, *told)
    page = browser.page("/citizen/ticket")
    browser.send("/citizen/ticket/add", **page.fields("/ticket/add") | {"text": "今天又停了"})
    browser.send("/citizen/ticket/urge", **page.fields("/ticket/urge"))
    again = browser.send("/citizen/ticket/urge", status=409, note="请快一点").page
    assert "24 小时内已经催办过" in again.text()
    assert "请快一点" in again.fields("/ticket/urge")["note"]
    assert browser.send("/citizen/ticket/withdraw", status=422, reason="SETTLED").page
    browser.send("/citizen/ticket/withdraw", reason="SETTLED", note="已经修好")
    page = browser.page("/citizen/ticket")
    assert "已撤回" in page.text()
    assert not [form for form in page.all("form") if "/ticket/" in (form.get("action") or "")]
    by = admin.execute("SELECT kind, actor_name, actor_role FROM ticket_event WHERE actor_role = 'CITIZEN' ORDER BY id")
    assert by.fetchall() == [(kind, "诉求人", "CITIZEN") for kind in ("add", "urge", "withdraw")]
    assert admin.execute("SELECT state FROM ticket WHERE no = %s", (no,)).fetchone() == ("WITHDRAWN",)
    assert browser.send("/citizen/ticket/close", status=404)


def test_who_rates_well_closes_it_and_is_counted(
    browser: Client, loop: Loop, told: tuple[str, str], admin: psycopg.Connection
) -> None:
    no, _ = told
    ask(browser, *told)
    assert browser.send("/citizen/ticket/rate", status=409, **RATED).page  # nothing to rate yet
    answered(loop, no)
    assert browser.send("/citizen/ticket/rate", status=422, **RATED | {"solved": "UNSOLVED"}).page
    browser.send("/citizen/ticket/rate", **RATED)
    assert "已办结" in browser.page("/citizen/ticket").text()
    assert browser.send("/citizen/ticket/rate", status=409, **RATED).page
    found = admin.execute("SELECT valid, solved, satisfaction, contacted FROM evaluation").fetchall()
    assert found == [(True, "SOLVED", "VERY_SATISFIED", True)]
    tried = admin.execute("SELECT channel, by_id, satisfaction, service FROM callback_attempt").fetchall()
    assert tried == [("WEB", None, "VERY_SATISFIED", "BASICALLY")]
    closed = admin.execute("SELECT state, close_type, answer_way FROM ticket WHERE no = %s", (no,)).fetchone()
    assert closed == ("CLOSED", "SOLVED", "PAGE")
    assert "查询页自评" in browser.as_user("supervisor").page(f"/tickets/{no}").text()


def test_a_link_to_rate_is_good_once_and_for_its_round(
    browser: Client, loop: Loop, told: tuple[str, str], admin: psycopg.Connection
) -> None:
    no, _ = told
    answered(loop, no)
    token = loop(lambda _city: box().rating_token(db.session.scalars(select(Ticket.id)).one(), 1))
    page = browser.page(f"/rate/{token}").text()
    assert no in page
    assert not [one for one in (NAME, CONTENT, INNER) if one in page]
    unhappy = RATED | {"solved": "UNSOLVED", "satisfaction": "VERY_DISSATISFIED", "reason": "RESULT_SHORT"}
    browser.send(f"/rate/{token}", **unhappy)
    outcome = admin.execute("SELECT state, callback_outcome FROM ticket WHERE no = %s", (no,)).fetchone()
    assert outcome == ("CALLBACK", "DISSATISFIED")
    assert admin.execute("SELECT channel FROM callback_attempt").fetchall() == [("SMS",)]
    bad = "a" if token[-1] != "a" else "b"
    for gone in (token, token[:-1] + bad, "1-1-x"):
        assert browser.get(f"/rate/{gone}").status_code == 409
    assert browser.send(f"/rate/{token}", status=409, **unhappy)

    def too_old(city: City) -> None:
        other = play.to_callback(city)
        mine = db.session.scalars(select(Ticket.id).where(Ticket.no == other)).one()
        assert inquire.by_link(box().rating_token(mine, 1)).ticket_no == other
        with rehearse(timedelta(days=inquire.LINK_DAYS, seconds=1)), pytest.raises(NotNow):
            inquire.by_link(box().rating_token(mine, 1))

    loop(too_old)


def test_a_request_is_sent_in_and_limited_by_number_and_address(
    browser: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = {"kind": "HELP", "category_id": city.categories["0101"], "content": "电梯停了，有人要跳楼", "phone": PHONE,
            "name": NAME}
    page = browser.page("/citizen/new")
    assert "电梯停了" in browser.send("/citizen/new", status=422, **sent | {"phone": "12"}).page.html
    key = page.fields("/new")["idempotency_key"]
    for _ in range(2):  # sent twice it is one
        browser.send("/citizen/new", **sent, idempotency_key=key)
    found = admin.execute("SELECT no, channel, created_by_id, open_risk FROM ticket").fetchall()
    assert [row[1:] for row in found] == [("WEB", None, True)]
    words = browser.page("/citizen/ticket").text()
    assert found[0][0] in words
    assert "查询码" in words
    assert admin.execute("SELECT count(*) FROM outbox WHERE payload->>'role' = 'CITIZEN'").fetchone() == (0,)
    for n in range(3):
        browser.send("/citizen/new", **sent | {"content": f"又一件事 {n}"})
    browser.send("/citizen/new", status=429, **sent | {"content": "太多了"})
    for n in range(15):
        browser.send("/citizen/new", **sent | {"content": f"别人的事 {n}", "phone": f"1380013{n:04d}"})
    browser.send("/citizen/new", status=429, **sent | {"phone": "13900139000"})
    assert admin.execute("SELECT count(*) FROM ticket").fetchone() == (19,)


def test_a_merged_caller_sees_how_far_the_master_is_and_only_that(browser: Client, loop: Loop) -> None:
    def merged(city: City) -> tuple[str, str, str]:
        master = play.to_handling(city, content="另一个人的话", name="欧阳春晓")
        mine = play.log(city, name=NAME, phone=PHONE, content=CONTENT)
        merge.merge(mine.no, city.actor("supervisor"), master=master)
        play.contact(city, master)
        play.reply(city, master)
        return mine.no, mine.query_code, master

    no, code, master = loop(merged)
    ask(browser, no, code)
    page = browser.page("/citizen/ticket").text()
    assert "办理中" in page
    assert "区住房和建设局" in page
    assert not [one for one in (master, "另一个人的话", "欧阳") if one in page]

    def try_the_master(_city: City) -> None:
        with pytest.raises(NotAllowed):
            inquire.prove(master, code)

    loop(try_the_master)


def test_of_a_month_that_is_over_everybody_reads_counts_and_nobody_is_found(loop: Loop, browser: Client) -> None:
    def month(city: City) -> str:
        then = (now().astimezone(play.SHANGHAI).replace(day=1) - timedelta(days=10)).replace(hour=10)
        with play.at(then):
            for _ in range(6):
                play.log(city, name=NAME, content=f"我是{NAME}，住三号楼")
            play.log(city, "02", kind=Kind.HELP)
        return f"{then:%Y-%m}"

    words = browser.page(f"/citizen/months/{loop(month)}").text()
    for told in ("住房与房产", "少于5或不公开", "样本不足"):
        assert told in words
    assert NAME not in words
    assert "公开" in browser.page("/citizen/months/").text()
    for wrong in ("2026-13", "2031-01", "x"):
        browser.page(f"/citizen/months/{wrong}", status=404)
