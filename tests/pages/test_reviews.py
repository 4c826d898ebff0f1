"""The review desk: what waits, request and reply side by side, the decision, and on to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import collect, resolve
from workflows.model.base import db, now
from workflows.model.reply import Reply
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import ContactResult, Defect, Resolution, UnresolvedReason

Loop = Callable[..., Any]
#: Queries of the queue, and of the screen of one reply, sign-in and badge included.
QUEUE_BUDGET, SCREEN_BUDGET = 12, 26


def shown(page: Document) -> list[str]:
    return [row.get("id").removeprefix("t") for row in page.all("tr") if (row.get("id") or "").startswith("t")]


def on_record(app, no: str) -> tuple[Ticket, Reply]:
    with app.app_context():
        ticket = db.session.scalars(select(Ticket).where(Ticket.no == no)).one()
        reply = db.session.scalars(select(Reply).where(Reply.ticket_id == ticket.id).order_by(Reply.id.desc())).first()
        return ticket, reply


def decide(browser: Client, app, no: str, verdict: str, status: int = 303, **fields: Any) -> Any:
    version = fields.pop("version", None) or on_record(app, no)[0].version
    return browser.send(f"/reviews/{no}", status=status, version=version, verdict=verdict, **fields)


def _replied(city: City, days: int = 0, **changes: Any) -> str:
    with play.at(now() - timedelta(days=days)):
        return play.to_replied(city, **changes)


def hints(page: Document) -> dict[str, str]:
    """Item → what was noticed."""
    found = {}
    for item in page.all("label", class_="item item-noticed"):
        code = item.find("input").get("value")
        found[code] = page.text(next(e for e in item.iter("span") if e.get("class") == "noticed"))
    return found


def test_replies_wait_with_what_is_due_first_on_top(loop: Loop, browser: Client) -> None:
    new, old = loop(_replied), loop(_replied, 20)
    loop(play.to_handling)
    page = browser.as_user("reviewer").page("/reviews/")
    assert shown(page) == [old, new]
    assert "2 件回复待审核。" in page.text()
    assert "超期" in page.text(page.one("tr", id=f"t{old}"))


def test_the_desk_is_the_reviewers(loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    for account in ("agent", "housing", "callback", "leader", "admin"):
        browser.as_user(account).page("/reviews/", status=403)
        browser.page(f"/reviews/{no}", status=403)
    browser.as_user("supervisor").page(f"/reviews/{no}")


def test_returns_that_wait_are_linked_for_those_who_decide_them(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.ask_return, no)
    assert "另有 1 件退单申请" in browser.as_user("reviewer").page("/reviews/").text()
    page = browser.as_user("supervisor").page("/reviews/")
    assert page.texts("a", href="/dispatch/?tab=returns") != []


def test_request_and_reply_stand_side_by_side_with_every_item(loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    page = browser.as_user("reviewer").page(f"/reviews/{no}")
    for wanted in ("小区三号楼电梯停运三天", "电梯已修复并恢复运行。", "已约谈物业公司并复查。", "已联系上"):
        assert wanted in page.text()
    assert [box.get("value") for box in page.all("input", name="defects")] == [str(defect) for defect in Defect]
    assert "答复应针对本次诉求" in page.text()


def test_an_accepted_reply_goes_to_call_back_and_the_next_one_comes_up(app, loop: Loop, browser: Client) -> None:
    first, second = loop(_replied, 3), loop(_replied)
    browser.as_user("reviewer")
    sent = decide(browser, app, first, "accept_reply", opinion="答复清楚")
    assert sent.headers["Location"] == "/reviews/next"
    assert browser.get("/reviews/next").headers["Location"] == f"/reviews/{second}"
    ticket, reply = on_record(app, first)
    assert (ticket.state, reply.decision) == ("CALLBACK", "ACCEPTED")
    assert (reply.opinion, reply.decided_by) == ("答复清楚", "审核员")
    assert f"工单 {first}：“审核通过”已完成。" in browser.page(f"/reviews/{second}").text()


def test_a_reply_is_sent_back_with_all_that_was_ticked(app, loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    browser.as_user("reviewer")
    decide(browser, app, no, "send_back", defects=["D3", "D8"], opinion="写明时间")
    ticket, reply = on_record(app, no)
    assert (ticket.state, reply.defects, reply.opinion) == ("HANDLING", ["D3", "D8"], "写明时间")
    seen = browser.as_user("housing").page(f"/tickets/{no}").text()
    assert "D3 缺事实、时间、地点" in seen
    assert "写明时间" in seen


def test_after_the_last_one_the_queue_says_so(app, loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    browser.as_user("reviewer")
    decide(browser, app, no, "accept_reply")
    assert browser.get("/reviews/next").headers["Location"] == "/reviews/"
    assert "没有其他待审核的回复了。" in browser.page("/reviews/").text()


def test_one_may_be_passed_over(loop: Loop, browser: Client) -> None:
    old, middle, new = loop(_replied, 4), loop(_replied, 3), loop(_replied)
    browser.as_user("reviewer")
    order = {old: middle, middle: new, new: old, "nothing": old}
    for no, after in order.items():
        assert browser.get(f"/reviews/next?after={no}").headers["Location"] == f"/reviews/{after}"


@pytest.mark.parametrize(
    ("verdict", "defects", "words"),
    [("accept_reply", ["D2"], "不能审核通过"), ("send_back", [], "至少勾选一项"),
     ("send_back", ["D99"], "请从列表中选择"), ("recall", ["D2"], "填写的内容有误")],
)
def test_a_decision_that_does_not_fit_comes_back_with_its_words(
    app, loop: Loop, browser: Client, verdict: str, defects: list[str], words: str
) -> None:
    no = loop(_replied)
    browser.as_user("reviewer")
    page = decide(browser, app, no, verdict, 422, defects=defects, opinion="第二项没有答").page
    section = page.text(page.one("section", id="decision"))
    assert words in section
    assert "第二项没有答" in section
    ticked = [box.get("value") for box in page.all("input", name="defects") if box.get("checked") is not None]
    assert ticked == [one for one in defects if one != "D99"]
    assert on_record(app, no)[0].state == "REPLIED"


def test_a_stale_decision_keeps_its_words_and_can_be_sent_again(app, loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    seen = on_record(app, no)[0].version
    loop(lambda city: collect.add(no, city.actor("agent"), text="又停了"))
    browser.as_user("reviewer")
    page = decide(browser, app, no, "send_back", 409, version=seen, defects=["D2"], opinion="第二项没有答").page
    section = page.text(page.one("section", id="decision"))
    assert "在您打开之后已有变化" in section
    assert "第二项没有答" in section
    fields = page.fields(f"/reviews/{no}")
    assert int(fields["version"]) == on_record(app, no)[0].version
    decide(browser, app, no, "send_back", version=fields["version"], defects=["D2"], opinion=fields["opinion"])
    assert on_record(app, no)[0].state == "HANDLING"


def test_two_reviewers_do_not_decide_one_reply_twice(app, loop: Loop, browser: Client) -> None:
    no = loop(_replied)
    seen = on_record(app, no)[0].version
    loop(play.accept, no)
    browser.as_user("supervisor")
    page = decide(browser, app, no, "send_back", 409, version=seen, defects=["D2"], opinion="第二项没有答").page
    assert "可能已由他人审核" in page.text()
    assert "第二项没有答" in page.text(page.one("section", id="decision"))
    assert on_record(app, no)[1].decision == "ACCEPTED"


def test_a_ticket_without_a_reply_to_review_offers_no_decision(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    page = browser.as_user("reviewer").page(f"/reviews/{no}")
    assert "没有待审核的回复" in page.text()
    assert not page.all("section", id="decision")
    browser.page("/reviews/20261116010000999", status=404)


def test_what_a_machine_can_notice_is_noticed(loop: Loop, browser: Client) -> None:
    def poor(city: City) -> str:
        no = play.to_handling(city, **play.URGENT)
        for _ in range(3):
            resolve.contact(no, city.actor("housing"), result=ContactResult.NO_ANSWER, note="")
        play.reply(city, no, public_answer="请拨 13912345678", resolution=Resolution.UNRESOLVED,
                   unresolved_reason=UnresolvedReason.FUNDS)
        return no

    page = browser.as_user("reviewer").page(f"/reviews/{loop(poor)}")
    assert set(hints(page)) == {"D1", "D4", "D6", "D8", "D10", "D13"}
    assert "手机号码" in hints(page)["D8"]
    assert not [box for box in page.all("input", name="defects") if box.get("checked") is not None]


def test_a_good_reply_raises_no_hint_and_a_copied_one_does(loop: Loop, browser: Client) -> None:
    good = {"public_answer": "经核查，电梯控制板故障，已于 11 月 20 日更换并恢复运行，物业已公示维保记录。"}

    def replied(city: City) -> str:
        no = play.to_handling(city)
        play.contact(city, no)
        play.reply(city, no, **good, promised_on=date(2026, 12, 1))
        return no

    no = loop(replied)
    browser.as_user("reviewer")
    assert hints(browser.page(f"/reviews/{no}")) == {}
    loop(play.send_back, no)
    loop(play.reply, no, **good)
    assert set(hints(browser.page(f"/reviews/{no}"))) == {"D5"}


def test_a_refresh_sends_the_rows_alone_and_nothing_where_nothing_changed(loop: Loop, browser: Client) -> None:
    loop(_replied)
    browser.as_user("reviewer")
    address = browser.page("/reviews/").one("div", id="live").get("hx-get")
    first = browser.get(address, headers={"X-Poll": "1", "HX-Request": "true"})
    assert "<html" not in first.get_data(as_text=True)
    again = browser.get(address, headers={"X-Poll": "1", "X-Shown": first.headers["X-Shown"]})
    assert (again.status_code, again.data) == (304, b"")


def test_units_never_reach_the_desk_and_so_no_withheld_caller(loop: Loop, browser: Client) -> None:
    no = loop(_replied, **play.WITHHELD, name="欧阳秋白", phone="13912345678")
    for account in ("housing", "housing_lead", "coordinator"):
        browser.as_user(account)
        for address in ("/reviews/", f"/reviews/{no}", "/reviews/next"):
            answer = browser.get(address)
            assert answer.status_code == 403
            assert "欧阳" not in answer.get_data(as_text=True)
    words = browser.as_user("reviewer").page(f"/reviews/{no}").html
    assert "139****5678" in words
    assert "13912345678" not in words


def test_the_desk_costs_the_same_however_much_waits(loop: Loop, browser: Client, queries: Callable[..., int]) -> None:
    no = loop(_replied)
    browser.as_user("reviewer").page("/reviews/")
    queue, screen = (queries(lambda a=a: browser.page(a)) for a in ("/reviews/", f"/reviews/{no}"))
    for _ in range(5):
        loop(_replied)
    assert queries(lambda: browser.page("/reviews/")) == queue <= QUEUE_BUDGET
    assert queries(lambda: browser.page(f"/reviews/{no}")) == screen <= SCREEN_BUDGET
