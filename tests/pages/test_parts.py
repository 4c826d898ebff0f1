"""Several units on one ticket, on its pages: sent by the desk, worked in the units' queues, shown as a tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import share
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import ReturnReason

Loop = Callable[..., Any]


def helped(city: City) -> str:
    no = play.log(city, "0502").no
    play.send_to(city, no, "HOUSING", co_units=[city.units["URBAN"]], copy_units=[city.units["WATER"]])
    return no


def version(app, no: str) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Ticket.version).where(Ticket.no == no)))


def test_the_desk_sends_a_ticket_to_a_lead_and_others_beside_it(app, city: City, loop: Loop, browser: Client) -> None:
    no = loop(play.log, "0502").no
    page = browser.as_user("dispatcher").page(f"/tickets/{no}")
    assert "协办单位" in page.text(page.one("details", id="move-dispatch"))
    browser.send(f"/tickets/{no}/moves/dispatch", version=version(app, no), unit_id=city.units["HOUSING"],
                 co_units=city.units["URBAN"], copy_units=city.units["WATER"])
    page = browser.page(f"/tickets/{no}")
    tree = page.text(page.one("section", id="tree"))
    for said in ("-1", "主办", "-2", "协办", "区城市管理局", "-3", "抄送", "待阅"):
        assert said in tree


def test_a_co_handler_works_from_its_queue_and_the_lead_reads_what_it_reports(
    app, loop: Loop, browser: Client
) -> None:
    no = loop(helped)
    queue = browser.as_user("urban").page("/departments/?tab=CO")
    assert f"{no}-2" in queue.text().replace(" ", "")
    to_sign = browser.page("/departments/?tab=TO_SIGN")
    [button] = [one for one in to_sign.all("button") if one.get("name") == "one"]
    browser.send("/departments/", status=200, one=button.get("value"))
    assert {d.get("id") for d in browser.page(f"/tickets/{no}").all("details") if d.get("id")} == {
        "move-contact", "move-object", "move-contribute"}
    browser.send(f"/tickets/{no}/moves/contribute", version=version(app, no), resolution="RESOLVED",
                 account="已清理占道摊位。", proposal="摊位已清理。")
    for account in ("housing", "reviewer"):
        assert "摊位已清理。" in browser.as_user(account).page(f"/tickets/{no}").text()
    assert "摊位已清理。" not in browser.as_user("water").page(f"/tickets/{no}").text()


def test_the_lead_is_asked_why_it_does_not_wait_and_keeps_its_words(app, loop: Loop, browser: Client) -> None:
    no = loop(helped)
    loop(play.sign, no)
    loop(play.contact, no)
    browser.as_user("housing")
    words = {"truth": "TRUE", "resolution": "RESOLVED", "internal_account": "已约谈。", "public_answer": "已处理完毕。"}
    answer = browser.send(f"/tickets/{no}/moves/reply", status=422, version=version(app, no), **words)
    said = answer.get_data(as_text=True)
    assert "还有协办或下派单位没有反馈" in said
    assert "已处理完毕。" in said
    browser.send(f"/tickets/{no}/moves/reply", version=version(app, no), ahead_reason="城管另行处置", **words)
    assert "城管另行处置" in browser.as_user("reviewer").page(f"/tickets/{no}").text()


def test_the_desk_decides_on_an_objection_among_the_returns(app, loop: Loop, browser: Client) -> None:
    no = loop(helped)
    loop(lambda city: share.object_to_part(no, city.actor("urban"), reason=ReturnReason.NOT_OUR_DUTY, basis="三定方案"))
    desk = browser.as_user("dispatcher").page("/dispatch/?tab=returns")
    row = desk.one("tr", id=f"r{no}-2")
    assert "协办异议" in desk.text(row)
    browser.send(f"/tickets/{no}/moves/release_part", version=version(app, no), task="2")
    assert "已退回" in browser.page(f"/tickets/{no}").text()
    assert "没有待审的退单" in browser.page("/dispatch/?tab=returns").text()


def test_a_due_beyond_the_own_is_refused_on_the_page_with_the_latest_there_may_be(
    app, city: City, loop: Loop, browser: Client
) -> None:
    """A9."""
    no = loop(play.log, "99").no
    loop(play.send_to, no, "DISTRICT")
    loop(play.sign, no, "coordinator")
    browser.as_user("coordinator")
    sent = {"unit_id": city.units["HOUSING"], "note": "请现场处置"}
    answer = browser.send(f"/tickets/{no}/moves/delegate", status=422, version=version(app, no),
                          due_at="2099-01-01T10:00", **sent)
    said = answer.get_data(as_text=True)
    assert "下派期限不能晚于" in said
    assert "请现场处置" in said
    browser.send(f"/tickets/{no}/moves/delegate", version=version(app, no), **sent)
    page = browser.page(f"/tickets/{no}")
    assert "-1.1" in page.text(page.one("section", id="tree"))
    assert no in browser.as_user("housing").page("/departments/?tab=SUB").text()
