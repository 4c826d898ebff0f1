"""The call-back desk: who is rung, what is asked, what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask

from hotline.callbacks import claims
from tests.builders import UNHAPPY, City, at, ring, to_callback, to_closed, to_handling
from tests.pages.browser import Client, Document
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import Anonymity

PHONE, NAME = "13800138000", "王建国"
Loop = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("in_a_slot")
ANSWERED = {"result": "ANSWERED", "contacted": "1", "solved": "SOLVED", "satisfaction": "SATISFIED", "words": "修好了"}
UNANSWERED = {"result": AttemptResult.NO_ANSWER, "contacted": None, "solved": None, "satisfaction": None}
DISSATISFIED = ANSWERED | {
    "solved": "UNSOLVED", "satisfaction": "DISSATISFIED", "reason": "RESULT_SHORT", "words": "没修"
}


@pytest.fixture
def clerk(browser: Client) -> Client:
    return browser.as_user("callback")


def numbers(page: Document) -> list[str]:
    """The ticket numbers of a queue, in their order."""
    return [(line.get("id") or "").removeprefix("c") for line in page.all("tr") if line.get("id")]


def opened(clerk: Client, no: str) -> dict[str, Any]:
    """The hidden fields of the form of a call just opened."""
    fields = clerk.page(f"/callbacks/tickets/{no}").fields(f"/callbacks/tickets/{no}")
    return {name: fields[name] for name in ("version", "idempotency_key")}


def record(clerk: Client, no: str, status: int = 303, **answers: Any) -> Any:
    return clerk.send(f"/callbacks/tickets/{no}", status=status, **opened(clerk, no), **answers)


def standing(admin: psycopg.Connection, no: str) -> tuple[str, str | None, str | None]:
    asked = "SELECT state, callback_outcome, close_type FROM ticket WHERE no = %s"
    return admin.execute(asked, (no,)).fetchone()


def test_the_queue_shows_who_is_to_be_rung_and_nobody_in_full(clerk: Client, loop: Loop) -> None:
    first = loop(to_callback, phone=PHONE, name=NAME)
    second = loop(to_callback)
    later = loop(to_callback, title="再拨一次")
    loop(ring, later, **UNANSWERED)
    page = clerk.page("/callbacks/")
    assert numbers(page) == [first, second, later]
    lines = [page.text(line) for line in page.all("tr")[1:]]
    assert "王** 138****8000" in lines[0]
    assert "可回访" in lines[0]
    assert "0 / 3" in lines[0]
    assert "后" in lines[2]
    assert "1 / 3" in lines[2]
    assert NAME not in page.html
    assert PHONE not in page.html
    assert page.texts("a", aria_current="page")[1] == "待回访 2"


def test_only_the_desk_and_supervisors_come_in(browser: Client) -> None:
    for account in ("agent", "dispatcher", "housing", "leader", "admin"):
        assert browser.as_user(account).get("/callbacks/").status_code == 403
    browser.as_user("supervisor").page("/callbacks/")


def test_the_queue_refreshes_without_a_body_while_nothing_changes(clerk: Client, loop: Loop) -> None:
    loop(to_callback)
    shown = clerk.get("/callbacks/rows").headers["X-Shown"]
    assert clerk.get("/callbacks/rows", headers={"X-Shown": shown}).status_code == 304
    no = loop(to_callback)
    assert no in clerk.get("/callbacks/rows", headers={"X-Shown": shown}).text


def test_a_call_shows_the_public_answer_and_never_the_internal_account(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback, phone=PHONE, name=NAME, title="电梯停运")
    page = clerk.page(f"/callbacks/tickets/{no}")
    words = page.text()
    assert "电梯已修复并恢复运行。" in words
    assert "已约谈物业公司并复查" not in words
    assert "您好，这里是 12345 热线" in words
    assert "“电梯停运”" in words
    assert "区住房和建设局" in words
    assert "王**" in words
    assert PHONE not in page.html
    assert NAME not in page.html


def test_the_number_is_shown_for_a_reason_that_is_on_record(
    clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback, phone=PHONE, name=NAME)
    assert clerk.page(f"/callbacks/tickets/{no}").one("input", name="purpose").get("value") == "回访"
    address = f"/callbacks/tickets/{no}/number"
    headers = {"HX-Request": "true", "X-CSRFToken": clerk.token()}
    part = clerk.post(address, data={"purpose": "回访"}, headers=headers)
    assert "138 0013 8000" in part.page.text()
    assert NAME in part.text
    assert part.headers["Cache-Control"] == "no-store"
    assert clerk.post(address, data={"purpose": " "}, headers=headers).status_code == 422
    assert "138 0013 8000" in clerk.send(address, status=200, purpose="回访").page.text()
    seen = admin.execute("SELECT actor_name, note FROM ticket_event WHERE kind = 'revealed'").fetchall()
    assert seen == [("回访员", "回访")] * 2
    record(clerk, no, **ANSWERED)  # looking does not make the form stale


def test_solved_and_satisfied_closes_and_leads_to_the_next_caller(
    clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no, following = loop(to_callback), loop(to_callback)
    address = record(clerk, no, **ANSWERED).headers["Location"]
    assert standing(admin, no) == ("CLOSED", "SATISFIED", "SOLVED")
    assert clerk.get(address).headers["Location"] == f"/callbacks/tickets/{following}"
    assert f"工单 {no} 已办结：已解决。" in clerk.page(f"/callbacks/tickets/{following}").text()
    asked = "SELECT result, contacted, solved, satisfaction, words FROM callback_attempt"
    assert admin.execute(asked).fetchone() == ("ANSWERED", True, "SOLVED", "SATISFIED", "修好了")


def test_after_the_last_caller_the_queue_says_so(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback)
    address = record(clerk, no, **ANSWERED).headers["Location"]
    assert clerk.get(address).headers["Location"] == "/callbacks/"
    assert "现在没有需要您回访的诉求人" in clerk.page("/callbacks/").text()


def test_a_call_recorded_twice_counts_once(clerk: Client, loop: Loop, admin: psycopg.Connection) -> None:
    no = loop(to_callback)
    sent = opened(clerk, no) | {"result": "NO_ANSWER"}
    for _ in range(2):
        clerk.send(f"/callbacks/tickets/{no}", **sent)
    assert admin.execute("SELECT attempts FROM callback_task").fetchone()[0] == 1


def test_an_answered_call_needs_an_answer_and_a_dissatisfied_one_its_reason(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback)
    page = record(clerk, no, status=422, result="ANSWERED", words="喂").page
    assert "接通的回访须填写是否解决或是否满意" in page.text()
    assert page.fields(f"/callbacks/tickets/{no}")["words"] == "喂"
    page = record(clerk, no, status=422, **DISSATISFIED | {"reason": ""}).page
    assert [page.text(e) for e in page.all("div", id="call-reason-error")] == ["必填。"]
    assert page.fields(f"/callbacks/tickets/{no}")["satisfaction"] == "DISSATISFIED"
    page = record(clerk, no, status=422, words="没有选结果").page
    assert page.all("div", id="call-result-error")


def test_a_caller_rung_in_vain_often_and_variously_enough_is_written_to(
    app: Flask, clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    with app.app_context(), at("2026-11-16 10:00"):
        no = loop(to_callback)
        record(clerk, no, result="NO_ANSWER")
        assert "已记录第 1 次未接通" in clerk.page("/callbacks/").text()
        assert "第 2 次回访" in clerk.page(f"/callbacks/tickets/{no}").text()
    with app.app_context(), at("2026-11-16 15:00"):
        record(clerk, no, result="NO_ANSWER")
    with app.app_context(), at("2026-11-17 10:00"):
        record(clerk, no, result="EMPTY_NUMBER")
        assert "已发短信请诉求人评价" in clerk.page("/callbacks/").text()
    assert standing(admin, no) == ("CALLBACK", None, None)


def test_a_caller_who_did_not_answer_is_offered_again_four_hours_later_in_a_slot(
    clerk: Client, app: Flask, loop: Loop
) -> None:
    with app.app_context(), at("2026-11-16 09:00"):
        no = loop(to_callback)
    with app.app_context(), at("2026-11-16 15:00"):
        record(clerk, no, result="NO_ANSWER")
    for early in ("2026-11-16 18:45", "2026-11-16 19:01"):
        with app.app_context(), at(early):
            waiting = early < "2026-11-16 19:00"
            found = clerk.get("/callbacks/next").headers["Location"]
            assert found == ("/callbacks/" if waiting else f"/callbacks/tickets/{no}")
    with app.app_context(), at("2026-11-16 19:30"):
        record(clerk, no, result="NO_ANSWER")
    with app.app_context(), at("2026-11-17 08:59"):
        assert clerk.get("/callbacks/next").headers["Location"] == "/callbacks/"
    with app.app_context(), at("2026-11-17 09:00"):
        assert clerk.get("/callbacks/next").headers["Location"] == f"/callbacks/tickets/{no}"


def test_a_clerk_writes_down_what_a_dissatisfied_caller_says_and_sends_nothing_back(
    clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback)
    page = record(clerk, no, status=422, **DISSATISFIED | {"words": ""}).page
    assert [page.text(e) for e in page.all("div", id="call-words-error")] == ["必填。"]
    record(clerk, no, status=422, **DISSATISFIED, rework="1")
    record(clerk, no, **DISSATISFIED)
    assert standing(admin, no) == ("CALLBACK", "DISSATISFIED", None)
    assert f"工单 {no} 已记录为不满意，等待督办员决定" in clerk.page("/callbacks/").text()
    assert not [f for f in clerk.page(f"/callbacks/tickets/{no}").all("form") if "rework" in (f.get("action") or "")]


def test_dissatisfied_it_waits_for_a_supervisor_who_sends_it_back(
    clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback)
    record(clerk, no, **DISSATISFIED)
    assert standing(admin, no) == ("CALLBACK", "DISSATISFIED", None)
    assert numbers(clerk.page("/callbacks/")) == []
    boss = clerk.as_user("supervisor")
    queue = boss.page("/callbacks/?tab=DISSATISFIED")
    assert numbers(queue) == [no]
    assert "结果不符诉求" in queue.text()
    page = boss.page(f"/callbacks/tickets/{no}")
    assert page.texts("h1") == [f"不满意处理 {no}"]
    fields = page.fields("/moves/rework")
    assert fields["reason"] == "RESULT_SHORT"
    target = next(f.get("action") for f in page.all("form") if "/moves/rework" in (f.get("action") or ""))
    response = boss.send(target, **fields | {"note": "请上门复核"})
    assert response.headers["Location"] == "/callbacks/?tab=DISSATISFIED"
    assert standing(admin, no)[0] == "REWORK"


def target_of(page: Document, move: str) -> str:
    """Where the form of a move is sent."""
    return next(f.get("action") for f in page.all("form") if f"/moves/{move}" in (f.get("action") or ""))


def test_a_supervisor_closes_only_by_a_type_that_fits_with_what_justifies_it(
    browser: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback)
    loop(ring, no, **UNHAPPY)
    boss = browser.as_user("supervisor")
    page = boss.page(f"/callbacks/tickets/{no}")
    offered = {option.get("value") for option in page.one("select", name="close_type").iter("option")} - {""}
    assert offered == {"REPEATED", "HANDED_OVER"}
    fields = page.fields("/moves/close") | {"close_type": "HANDED_OVER", "note": "已进入诉讼"}
    target = target_of(page, "close")
    assert boss.send(target, status=422, **fields).page.all("div", id="close-taken_by-error")
    boss.send(target, **fields | {"taken_by": "区人民法院"})
    assert standing(admin, no) == ("CLOSED", "DISSATISFIED", "HANDED_OVER")


def test_a_judgement_goes_from_the_desk_to_the_supervisor_who_confirms_it(
    clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback)
    loop(ring, no, **UNHAPPY)
    page = clerk.page(f"/callbacks/tickets/{no}")
    assert "UNIT_FAULT" not in {o.get("value") for s in page.all("select", name="reason") for o in s.iter("option")}
    fields = page.fields("/moves/apply_judgement") | {"reason": "POLICY", "evidence": "现行政策不支持"}
    clerk.send(target_of(page, "apply_judgement"), **fields)
    boss = clerk.as_user("supervisor")
    assert "研判办结" in boss.page("/approvals/").text()
    page = boss.page(f"/callbacks/tickets/{no}")
    boss.send(target_of(page, "grant_judgement"), **page.fields("/moves/grant_judgement"))
    assert standing(admin, no) == ("CLOSED", "DISSATISFIED", "JUDGED")


def test_a_clerk_cannot_close_a_dissatisfied_ticket(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback)
    loop(ring, no, **UNHAPPY)
    page = clerk.page(f"/callbacks/tickets/{no}")
    assert not page.all("select", name="close_type")


def test_nobody_rings_a_caller_they_took_the_call_of(clerk: Client, loop: Loop, admin: psycopg.Connection) -> None:
    own, other = loop(to_callback), loop(to_callback)
    clerk_id = admin.execute("SELECT id FROM user_account WHERE account = 'callback'").fetchone()[0]
    admin.execute("UPDATE ticket SET created_by_id = %s WHERE no = %s", (clerk_id, own))
    assert "本人受理" in clerk.page("/callbacks/").text()
    assert clerk.get("/callbacks/next").headers["Location"].endswith(other)
    page = clerk.page(f"/callbacks/tickets/{own}")
    assert "不能回访自己受理的工单" in page.text()
    assert not page.all("form", class_="call-form")


def test_nobody_of_the_handling_unit_rings_back(
    clerk: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback)
    admin.execute("UPDATE user_account SET unit_id = %s WHERE account = 'callback'", (city.units["HOUSING"],))
    page = clerk.page(f"/callbacks/tickets/{no}")
    assert "承办单位不能回访自己办理的工单" in page.text()
    assert not page.all("form", class_="call-form")


def test_a_ticket_that_is_not_to_be_rung_says_so(clerk: Client, loop: Loop) -> None:
    for step in (to_handling, to_closed):
        page = clerk.page(f"/callbacks/tickets/{loop(step)}")
        assert "不在待回访状态" in page.text()
        assert not page.all("form", class_="call-form")
    clerk.page("/callbacks/tickets/20260302010001230", status=404)


def test_a_stale_call_is_refused_and_keeps_its_words(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback)
    sent = opened(clerk, no) | ANSWERED
    loop(ring, no, **UNANSWERED)
    page = clerk.send(f"/callbacks/tickets/{no}", status=409, **sent).page
    fields = page.fields(f"/callbacks/tickets/{no}")
    assert fields["words"] == "修好了"
    clerk.send(f"/callbacks/tickets/{no}", **sent | {"version": fields["version"]})


def test_two_desks_are_not_sent_to_the_same_caller(
    app: Flask, clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    first, second = loop(to_callback), loop(to_callback)
    clerk.page(f"/callbacks/tickets/{first}")
    boss = app.test_client().as_user("supervisor")  # type: ignore[attr-defined]
    assert "回访员 正在回访" in boss.page("/callbacks/").text()
    assert boss.get("/callbacks/next").headers["Location"].endswith(second)
    assert "回访员 正在回访这张工单" in boss.page(f"/callbacks/tickets/{first}").text()
    assert "正在回访" not in clerk.page("/callbacks/").text()
    record(clerk, first, result="NO_ANSWER")
    assert "正在回访" not in boss.page("/callbacks/").text()


def test_without_valkey_the_desk_works_and_claims_nothing(
    app: Flask, clerk: Client, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = loop(to_callback)
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    with app.app_context():
        somebody = Actor(user_id=1, account="x", name="甲", roles=frozenset())
        assert claims.claim(no, somebody) == ""
        assert claims.held([no], somebody) == {}
    record(clerk, no, **ANSWERED)


def test_a_withheld_caller_is_rung_by_the_hotline_with_care(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback, anonymity=Anonymity.WITHHELD)
    assert "请先确认是本人接听" in clerk.page(f"/callbacks/tickets/{no}").text()
    assert "保密" in clerk.page("/callbacks/").text()


def test_an_unknown_tab_and_a_bad_cursor_are_no_faults(clerk: Client, loop: Loop) -> None:
    no = loop(to_callback)
    assert numbers(clerk.page("/callbacks/?tab=NOTHING")) == [no]
    assert numbers(clerk.page("/callbacks/?_method=X&_scheme=y&_anchor=z&endpoint=w&no=1")) == [no]
    assert clerk.get("/callbacks/?page=zz").status_code == 422


NEW = {"kind": "HELP", "title": "孩子入学", "content": "孩子入学划片怎么定？", "need_reply": "1"}


def test_something_new_becomes_a_ticket_of_the_same_caller_who_stands_in_no_form_and_no_address(
    clerk: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback, phone=PHONE, name=NAME)
    call = clerk.page(f"/callbacks/tickets/{no}")
    address = next(a.get("href") for a in call.all("a") if "登记新诉求" in call.text(a))
    assert address == f"/callbacks/tickets/{no}/request"
    page = clerk.page(address)
    fields = page.fields(address)
    assert not {"phone", "name", "id_no", "address"} & set(fields)
    assert not fields.get("anonymity")  # what kind it is decides: a report is withheld
    assert "王** 138****8000" in page.text()
    assert PHONE not in page.html
    assert NAME not in page.html
    sent = fields | NEW | {"category_id": str(city.categories["0201"])}
    lacking = clerk.send(address, status=422, **sent | {"content": ""}).page
    assert lacking.fields(address)["title"] == "孩子入学"
    for _ in range(2):  # sent twice it is one
        assert clerk.send(address, **sent).headers["Location"] == f"/callbacks/tickets/{no}"
    raised = admin.execute("SELECT no FROM ticket WHERE raised_in_id IS NOT NULL").fetchall()
    assert len(raised) == 1
    back = clerk.page(f"/callbacks/tickets/{no}")
    assert f"新诉求已登记，工单编号 {raised[0][0]}，查询码" in back.text()
    assert raised[0][0] in back.texts("a")
    record(clerk, no, **ANSWERED)
    assert standing(admin, no)[0] == "CLOSED"


def test_a_withheld_caller_is_not_named_in_what_they_ask_for_anew(
    clerk: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_callback, phone=PHONE, name=NAME, anonymity=Anonymity.WITHHELD)
    address = f"/callbacks/tickets/{no}/request"
    sent = clerk.page(address).fields(address) | NEW | {"category_id": str(city.categories["0201"])}
    assert sent["anonymity"] == "WITHHELD"
    clerk.send(address, status=422, **sent | {"anonymity": "ANONYMOUS"})
    page = clerk.send(address, status=422, **sent | {"content": "我是王建国，孩子入学怎么办"}).page
    assert page.one("input", name="identity_checked") is not None
    clerk.send(address, **sent | {"content": "我是王建国，孩子入学怎么办", "identity_checked": "1"})
    asked = "SELECT anonymity FROM ticket WHERE raised_in_id IS NOT NULL"
    assert admin.execute(asked).fetchone() == ("WITHHELD",)


def test_late_in_the_evening_nobody_is_rung_but_a_call_just_made_is_recorded(
    app: Flask, clerk: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    with app.app_context(), at("2026-11-16 19:50"):
        no = loop(to_callback)
        sent = opened(clerk, no) | ANSWERED
    with app.app_context(), at("2026-11-16 21:05"):
        page = clerk.page(f"/callbacks/tickets/{no}")
        assert "21:00 至次日 08:30 免打扰" in page.text()
        assert not page.all("form", class_="call-form")
        wrong = clerk.send(f"/callbacks/tickets/{no}", status=422, **sent | {"solved": "", "satisfaction": ""}).page
        assert wrong.fields(f"/callbacks/tickets/{no}")["words"] == "修好了"
        clerk.send(f"/callbacks/tickets/{no}", **sent)
    assert standing(admin, no)[0] == "CLOSED"


def test_a_supervisor_names_a_caller_to_be_rung(clerk: Client, loop: Loop, admin: psycopg.Connection) -> None:
    no = loop(to_handling)
    boss = clerk.as_user("supervisor")
    page = boss.page(f"/tickets/{no}")
    boss.send(target_of(page, "name_call"), **page.fields("/moves/name_call") | {"note": "来信要求"})
    assert admin.execute("SELECT call_named FROM ticket WHERE no = %s", (no,)).fetchone() == (True,)
