"""The agent's desk: a call becomes a ticket, an answer, a refusal, or a word on a ticket already open."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.builders import City, log, to_callback, to_closed, to_handling
from tests.pages.browser import Client, Document
from workflows.rules.vocabulary import Anonymity, Kind

PHONE = "13800138000"
NAME = "王建国"
Loop = Callable[..., Any]


@pytest.fixture
def agent(browser: Client) -> Client:
    return browser.as_user("agent")


def call(city: City, matter: str = "0101", **changes: Any) -> dict[str, Any]:
    """What the form of a plain complaint sends."""
    plain = {
        "phone": "138 0013 8000", "name": NAME, "caller_type": "PERSON", "kind": "COMPLAINT",
        "category_id": city.categories[matter], "title": "电梯停运三天",
        "content": "小区三号楼电梯停运三天，物业电话无人接听。",
        "urgency": "NORMAL", "anonymity": "OPEN", "need_reply": "1", "channel": "PHONE",
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def fresh(agent: Client) -> dict[str, Any]:
    """The hidden fields of a form just opened."""
    fields = agent.page("/desk/").fields("/desk/submit")
    return {name: fields[name] for name in ("idempotency_key", "draft_name")}


def after(agent: Client, response: Any) -> Document:
    """The page a call leads on to."""
    return agent.page(response.headers["Location"])


def row(admin: psycopg.Connection, columns: str = "*") -> Any:
    """The newest ticket."""
    return admin.execute(f"SELECT {columns} FROM ticket ORDER BY id DESC LIMIT 1").fetchone()


def count(admin: psycopg.Connection) -> int:
    return admin.execute("SELECT count(*) FROM ticket").fetchone()[0]


def test_an_agent_lands_on_the_desk_with_an_empty_form_and_the_number_in_focus(agent: Client) -> None:
    assert agent.get("/").headers["Location"] == "/desk/"
    page = agent.page("/desk/")
    assert page.one("input", name="phone").get("autofocus") is not None
    assert page.fields("/desk/submit")["anonymity"] == "OPEN"
    assert page.fields("/desk/submit")["need_reply"] == "1"


def test_others_have_no_desk(browser: Client) -> None:
    for account in ("dispatcher", "callback", "housing", "admin", "leader"):
        assert browser.as_user(account).get("/desk/").status_code == 403


def test_a_call_goes_to_its_unit_and_the_agent_reads_out_number_code_unit_and_due(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    response = agent.send("/desk/submit", **call(city), **fresh(agent))
    page = after(agent, response)
    no, state, unit = row(admin, "no, state, lead_unit_id")
    assert (state, unit) == ("DISPATCHED", city.units["HOUSING"])
    receipt = page.one("section", id="receipt")
    number, code, where = (page.text(found).replace(" ", "") for found in receipt.iter("dd"))
    assert number == no
    assert len(code) == 8
    assert where.startswith("已派至区住房和建设局，办理期限")
    assert page.one("input", name="phone").get("value") == ""


def test_the_address_after_a_call_tells_nothing_about_it(agent: Client, city: City, admin: psycopg.Connection) -> None:
    response = agent.send("/desk/submit", **call(city), **fresh(agent))
    address = response.headers["Location"]
    assert row(admin, "no")[0] not in address
    assert list(parse_qs(urlsplit(address).query)) == ["receipt"]


def test_a_receipt_is_shown_to_its_agent_only(agent: Client, city: City) -> None:
    address = agent.send("/desk/submit", **call(city), **fresh(agent)).headers["Location"]
    assert agent.page(address).all("section", id="receipt")
    assert not agent.as_user("agent2").page(address).all("section", id="receipt")


def test_a_form_sent_twice_makes_one_ticket_and_gives_the_same_code_again(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = call(city) | fresh(agent)
    pages = [after(agent, agent.send("/desk/submit", **sent)) for _ in range(2)]
    assert count(admin) == 1
    codes = {page.text(page.one("dd", class_="read-aloud code")) for page in pages}
    assert len(codes) == 1


def test_the_browsers_back_and_other_words_make_a_second_ticket_at_the_second_press(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = call(city) | fresh(agent)
    agent.send("/desk/submit", **sent)
    again = agent.send("/desk/submit", status=422, **sent | {"content": "另一件事：路灯不亮。"})
    fields = again.page.fields("/desk/submit")
    assert fields["content"] == "另一件事：路灯不亮。"
    agent.send("/desk/submit", **{name: value for name, value in fields.items() if name != "csrf_token"})
    assert count(admin) == 2


def test_what_the_catalogue_does_not_know_goes_to_the_dispatch_desk(agent: Client, city: City) -> None:
    page = after(agent, agent.send("/desk/submit", **call(city, "99"), **fresh(agent)))
    assert "已转派单员派单" in page.text(page.one("section", id="receipt"))


def test_an_answered_call_is_closed_at_once(agent: Client, city: City, admin: psycopg.Connection) -> None:
    sent = call(city, kind="CONSULT", answer="请持身份证到窗口办理。", answer_source="OWN") | fresh(agent)
    page = after(agent, agent.send("/desk/answer", **sent))
    assert admin.execute("SELECT count(*) FROM knowledge_gap").fetchone() == (1,)
    assert row(admin, "state, direct_answer") == ("ANSWERED_DIRECT", "请持身份证到窗口办理。")
    assert "已直接解答办结" in page.text(page.one("section", id="receipt"))


def test_a_complaint_cannot_be_answered_away_and_nothing_typed_is_lost(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = call(city, answer="已告知。", answer_source="OWN") | fresh(agent)
    page = agent.send("/desk/answer", status=409, **sent).page
    assert "投诉、举报不能直接解答办结" in page.text()
    fields = page.fields("/desk/submit")
    assert (fields["answer"], fields["content"], fields["name"]) == ("已告知。", sent["content"], NAME)
    assert count(admin) == 0


def test_a_refused_call_needs_its_reason_and_the_route_told(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = call(city) | fresh(agent)
    page = agent.send("/desk/refuse", status=422, **sent).page
    assert page.one("select", id="f-reason").get("aria-invalid") == "true"
    assert page.one("textarea", id="f-route").get("aria-invalid") == "true"
    page = after(agent, agent.send("/desk/refuse", **sent, reason="R2", route="请向受理法院反映。"))
    assert row(admin, "state, reject_code, reject_route") == ("REVIEW", "R2", "请向受理法院反映。")
    assert "已进入诉讼、仲裁程序" in page.text(page.one("section", id="receipt"))


def test_every_ground_of_refusal_has_its_default_route(agent: Client) -> None:
    page = agent.page("/desk/")
    grounds = {option.get("value") for option in page.one("select", name="reason").iter("option")} - {""}
    told = page.one("dl", id="routes")
    assert {page.text(term) for term in told.iter("dt")} == grounds
    assert all(page.text(words) for words in told.iter("dd"))


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"phone": ""}, "phone"),
    ({"phone": "12ab"}, "phone"),
    ({"alt_phone": "1"}, "alt_phone"),
    ({"content": " "}, "content"),
    ({"category_id": ""}, "category_id"),
    ({"category_id": "99999999"}, "category_id"),
    ({"area_id": "99999999"}, "area_id"),
    ({"caller_type": "ENTERPRISE"}, "enterprise_name"),
    ({"id_no": "350102199001011230"}, "id_no"),
    ({"title": "长" * 61}, "title"),
)


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    for changes, field in WRONG:
        sent = call(city, **changes) | fresh(agent)
        page = agent.send("/desk/submit", status=422, **sent).page
        control = page.one("input" if field != "content" else "textarea", id=f"f-{field}")
        assert control.get("aria-invalid") == "true", changes
        assert page.all("div", id=f"f-{field}-error"), changes
        kept = page.fields("/desk/submit")
        unchanged = [name for name in sent if name not in changes]
        assert {name: kept[name] for name in unchanged} == {name: str(sent[name]) for name in unchanged}, changes
    assert count(admin) == 0


def test_a_matter_that_needs_a_place_asks_for_it(agent: Client, city: City, admin: psycopg.Connection) -> None:
    sent = call(city, "0501") | fresh(agent)
    page = agent.send("/desk/submit", status=422, **sent).page
    assert "这类事项须填写事发地点" in page.text()
    assert page.one("input", id="f-category_id").get("value") == "市容环卫 › 垃圾清运"
    agent.send("/desk/submit", **sent, area_id=city.areas["D-E-1"])
    assert row(admin, "lead_unit_id")[0] == city.units["EAST"]


def test_a_field_nobody_asked_for_is_refused(agent: Client, city: City, admin: psycopg.Connection) -> None:
    agent.send("/desk/submit", status=422, **call(city), **fresh(agent), state="CLOSED")
    assert count(admin) == 0


def test_who_reports_a_wrong_is_withheld_unless_chosen_otherwise(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    agent.send("/desk/submit", **call(city, kind="REPORT", anonymity=None), **fresh(agent))
    assert row(admin, "anonymity")[0] == "WITHHELD"
    agent.send("/desk/submit", **call(city, kind="REPORT", anonymity="OPEN"), **fresh(agent))
    assert row(admin, "anonymity")[0] == "OPEN"


@pytest.mark.parametrize("anonymity", ["WITHHELD", "ANONYMOUS"])
def test_a_text_that_names_a_withheld_caller_is_kept_back_until_the_agent_has_looked(
    agent: Client, city: City, admin: psycopg.Connection, anonymity: str
) -> None:
    for field in ("content", "title", "place"):
        sent = call(city, anonymity=anonymity, **{field: "王建国说电梯坏了"}) | fresh(agent)
        page = agent.send("/desk/submit", status=422, **sent).page
        assert "内容中有诉求人姓名" in page.text()
        assert page.one("input", name="identity_checked").get("checked") is None
    assert count(admin) == 0
    agent.send("/desk/submit", **sent, identity_checked="1")
    assert row(admin, "anonymity, place") == (anonymity, "王建国说电梯坏了")


def test_an_open_caller_may_be_named(agent: Client, city: City, admin: psycopg.Connection) -> None:
    agent.send("/desk/submit", **call(city, content=f"{NAME}来电，电话{PHONE}，电梯坏了。"), **fresh(agent))
    assert count(admin) == 1


def test_a_caller_is_known_by_the_number_open_tickets_first(agent: Client, loop: Loop) -> None:
    loop(to_closed, phone=PHONE, title="楼道灯不亮")
    loop(to_handling, phone=PHONE, title="物业费重复收取")
    loop(log, phone=PHONE, title="匿名说的事", anonymity=Anonymity.ANONYMOUS)
    loop(log, phone="13900139000", title="别人的事")
    part = agent.send("/desk/caller", status=200, phone="+86 138-0013-8000").page
    titles = [part.text(e) for e in part.root.iter() if e.get("class") == "brief-title"]
    assert titles == ["物业费重复收取", "楼道灯不亮"]
    assert "历史工单 2 件" in part.text()
    assert "满意" in part.text()


def test_the_callers_panel_shows_nobodys_name_or_number(agent: Client, loop: Loop) -> None:
    loop(to_handling, phone=PHONE, name=NAME)
    part = agent.send("/desk/caller", status=200, phone=PHONE)
    assert NAME not in part.text
    assert PHONE not in part.text


def test_a_first_call_and_no_number_say_so(agent: Client) -> None:
    for phone in (PHONE, "", "没有"):
        assert "首次来电" in agent.send("/desk/caller", status=200, phone=phone).page.text()


def test_a_number_is_never_part_of_an_address_nor_of_the_log(
    agent: Client, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        agent.send("/desk/caller", status=200, phone=PHONE)
        agent.send("/desk/similar", status=200, phone=PHONE, content="电梯停运三天")
        agent.send("/desk/submit", **call(city), **fresh(agent))
    assert agent.get("/desk/caller?phone=" + PHONE).status_code == 405
    assert PHONE not in caplog.text
    assert "138 0013 8000" not in caplog.text


def test_open_tickets_like_the_call_are_proposed_with_the_reason(agent: Client, city: City, loop: Loop) -> None:
    loop(log, phone=PHONE, title="电梯停运")
    loop(to_closed, phone=PHONE, title="早已办结")
    part = agent.send(
        "/desk/similar", status=200, phone=PHONE, title="", place="", area_id="",
        category_id=city.categories["0101"], content="三号楼电梯停运三天",
    ).page
    titles = [part.text(e) for e in part.root.iter() if e.get("class") == "brief-title"]
    assert titles == ["电梯停运"]
    assert {"同一来电人", "同一事项", "内容相近"} <= set(part.text().split())


def test_nothing_like_it_says_so(agent: Client) -> None:
    assert "没有找到相似" in agent.send("/desk/similar", status=200, content="完全不同的一件事情").page.text()


def test_a_repeated_call_becomes_a_reminder_and_no_second_ticket(
    agent: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_handling, phone=PHONE)
    sent = call(city, content="还是没有人来修") | fresh(agent)
    pages = [after(agent, agent.send(f"/desk/tickets/{no}/urge", **sent)) for _ in range(2)]
    assert count(admin) == 1
    assert row(admin, "urge_count")[0] == 1
    assert admin.execute("SELECT note FROM urge").fetchone()[0] == "还是没有人来修"
    words = pages[0].text(pages[0].one("section", id="receipt"))
    assert "已记入原工单" in words
    assert "查询码" not in words


def test_new_facts_are_added_to_the_open_ticket(
    agent: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_handling, phone=PHONE)
    agent.send(f"/desk/tickets/{no}/add", status=422, **call(city, content=""), **fresh(agent))
    agent.send(f"/desk/tickets/{no}/add", **call(city, content="昨天又停了一次"), **fresh(agent))
    note = admin.execute("SELECT note FROM ticket_event WHERE kind = 'add'").fetchone()[0]
    assert note == "昨天又停了一次"


def test_a_withheld_caller_is_not_given_away_by_an_addition(
    agent: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    no = loop(to_handling, phone=PHONE, anonymity=Anonymity.WITHHELD)
    sent = call(city, content=f"请打{PHONE}联系") | fresh(agent)
    for way in ("add", "urge"):
        assert "内容中有诉求人电话" in agent.send(f"/desk/tickets/{no}/{way}", status=422, **sent).page.text()
    agent.send(f"/desk/tickets/{no}/add", **sent, identity_checked="1")
    assert admin.execute("SELECT count(*) FROM ticket_event WHERE kind = 'add'").fetchone()[0] == 1


def test_a_closed_ticket_takes_no_reminder(agent: Client, city: City, loop: Loop) -> None:
    no = loop(to_closed, phone=PHONE)
    page = agent.send(f"/desk/tickets/{no}/urge", status=409, **call(city), **fresh(agent)).page
    assert page.fields("/desk/submit")["content"] == call(city)["content"]


def test_matters_and_places_are_found_by_name_and_initials(agent: Client, city: City) -> None:
    for words in ("ljqy", "垃圾", "0501"):
        items = agent.get("/choices/categories", query_string={"q": words}).get_json()["items"]
        assert items[0]["value"] == city.categories["0501"], words
        assert items[0]["text"] == "市容环卫 › 垃圾清运"
    items = agent.get("/choices/areas", query_string={"q": "yqsq"}).get_json()["items"]
    assert items[0]["text"] == "榕城区 › 东街街道 › 杨桥社区"
    assert agent.get("/choices/areas", query_string={"q": "找不到"}).get_json()["items"] == []


def test_a_draft_is_forgotten_when_its_call_is_logged(agent: Client, city: City) -> None:
    headers = {"X-CSRFToken": agent.token()}
    assert agent.put("/drafts/desk:new", data={"content": "写到一半"}, headers=headers).status_code == 200
    agent.send("/desk/submit", **call(city), **fresh(agent))
    assert agent.get("/drafts/desk:new").status_code == 204


def test_a_call_that_comes_to_nothing_is_cleared_with_its_draft(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    agent.put("/drafts/desk:new", data={"content": "打错了"}, headers={"X-CSRFToken": agent.token()})
    response = agent.send("/desk/clear", **call(city), **fresh(agent))
    assert response.headers["Location"] == "/desk/"
    assert agent.get("/drafts/desk:new").status_code == 204
    assert count(admin) == 0


def test_the_agents_own_tickets_and_day_stand_below(agent: Client, city: City, loop: Loop) -> None:
    agent.send("/desk/submit", **call(city, title="我登记的"), **fresh(agent))
    agent.send("/desk/answer", **call(city, kind="CONSULT", answer="好的。", answer_source="OWN"), **fresh(agent))
    page = agent.page("/desk/")
    assert "我登记的" in page.text(page.one("section", class_="recent"))
    assert page.texts("span", class_="today") == ["今日 提交 1 · 直接解答 1 · 不予受理 0"]
    other = agent.as_user("agent2").page("/desk/")
    assert "我登记的" not in other.text()
    assert other.texts("span", class_="today") == ["今日 提交 0 · 直接解答 0 · 不予受理 0"]


def test_nasty_text_is_shown_as_text(agent: Client, city: City) -> None:
    nasty = "<script>alert(1)</script>&\"'𠮷"
    sent = call(city, title=nasty, content="", name=nasty) | fresh(agent)
    page = agent.send("/desk/submit", status=422, **sent).page
    assert page.one("input", name="title").get("value") == nasty
    page = after(agent, agent.send("/desk/submit", **call(city, title=nasty), **fresh(agent)))
    assert nasty in page.text()


def test_an_enterprise_and_every_optional_field_is_taken(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    sent = call(
        city, kind=str(Kind.HELP), caller_type="ENTERPRISE", enterprise_name="榕城食品有限公司",
        alt_phone="0591-87654321",
        id_no="11010519491231002X", address="东街街道1号", channel="LETTER", channel_ref="信2026-7",
        area_id=city.areas["D-E"], place="东街口", urgency="URGENT",
    )
    agent.send("/desk/submit", **sent, **fresh(agent))
    found = row(admin, "enterprise_name, channel, channel_ref, place, urgency, area_id")
    assert found == ("榕城食品有限公司", "LETTER", "信2026-7", "东街口", "URGENT", city.areas["D-E"])


def test_a_reminder_reaches_a_ticket_waiting_for_its_call_back(agent: Client, city: City, loop: Loop) -> None:
    no = loop(to_callback, phone=PHONE)
    agent.send(f"/desk/tickets/{no}/urge", **call(city, content=""), **fresh(agent))


def test_what_is_over_is_reopened_told_again_or_repeated_from_the_callers_panel(
    agent: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    closed = loop(to_closed, phone=PHONE)
    part = agent.send("/desk/caller", status=200, phone=PHONE).text
    assert f"/desk/tickets/{closed}/reopen/RECURRED" in part
    agent.send(f"/desk/tickets/{closed}/told", **call(city, content="问结果，已告知"), **fresh(agent))
    agent.send(f"/desk/tickets/{closed}/again", **call(city), **fresh(agent))
    agent.send(f"/desk/tickets/{closed}/reopen/RECURRED", **call(city, content="又停了"), **fresh(agent))
    assert agent.send(f"/desk/tickets/{closed}/reopen/NOTHING", status=404, **call(city), **fresh(agent))
    first, second = admin.execute("SELECT state, repeat_calls, reopens_id, id FROM ticket ORDER BY id").fetchall()
    assert first[:2] == ("REWORK", 1)
    assert second[2] == first[3]


def test_what_shows_danger_is_named_while_typing_and_the_receipt_says_what_comes_first(
    agent: Client, city: City, admin: psycopg.Connection
) -> None:
    words = "再不修我就从楼顶跳楼。"
    hint = agent.post("/desk/similar", data={"content": words, "csrf_token": agent.token()}).page
    assert "跳楼" in hint.text()
    assert "先转紧急专线" in hint.text()
    page = after(agent, agent.send("/desk/submit", **call(city, content=words) | fresh(agent)))
    assert "已上报值班长" in page.text(page.one("section", id="receipt"))
    assert row(admin, "state, open_risk") == ("TO_DISPATCH", True)
    stopped = agent.send("/desk/answer", status=422, **call(city, kind="CONSULT", content=words, answer="请拨打110",
                                                           answer_source="OWN") | fresh(agent)).page
    assert "出现风险词" in stopped.text()
    assert stopped.one("textarea", name="answer").text.strip() == "请拨打110"


def test_a_call_passed_to_another_line_is_ours_until_that_line_has_it(agent: Client, city: City) -> None:
    sent = call(city, partner="FIRE", transfer_reason="三号楼起火") | fresh(agent)
    page = after(agent, agent.send("/desk/transfer", **sent))
    assert "请保持通话" in page.text(page.one("section", id="receipt"))
    waiting = agent.as_user("shift").page("/risks/")
    assert "119 火警" in waiting.text()
