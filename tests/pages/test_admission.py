"""受理待审 and 知识缺口: what a shift lead decides in the desk's list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import builders as play
from tests.pages.browser import Client
from workflows import collect
from workflows.rules.vocabulary import AnswerSource, Kind

Loop = Callable[..., Any]


def test_one_press_grants_a_refusal_and_what_is_taken_on_says_why(loop: Loop, browser: Client) -> None:
    refused, taken = loop(play.ask_refusal), loop(play.ask_refusal)
    desk = browser.as_user("shift")
    page = desk.page("/dispatch/?tab=admission")
    for wanted in (refused, "已进入诉讼、仲裁程序", "请向人民法院咨询。"):
        assert wanted in page.text()
    sent = desk.send(f"/tickets/{refused}/moves/refuse?next=/dispatch/?tab=admission", version=2)
    assert sent.headers["Location"] == "/dispatch/?tab=admission"
    page = desk.page(f"/tickets/{taken}")
    assert "申请不予受理，待审批" in page.text()
    assert page.fields(f"/tickets/{taken}/moves/refuse")["route_told"] == "请向人民法院咨询。"
    assert desk.send(f"/tickets/{taken}/moves/admit", status=422, version=2).page
    desk.send(f"/tickets/{taken}/moves/admit", version=2, note="法院未立案")
    assert "没有待审的受理" in desk.page("/dispatch/?tab=admission").text()
    assert "待签收" in desk.page(f"/tickets/{taken}").text()


def test_whoever_asked_is_shown_that_somebody_else_decides(loop: Loop, browser: Client) -> None:
    loop(lambda city: collect.ask_refusal(play.request(city), city.actor("shift"), play.RefuseReason.PETITION, "查询"))
    page = browser.as_user("shift").page("/dispatch/?tab=admission")
    assert "须由他人审批" in page.text()
    assert not [f for f in page.all("form") if "moves/refuse" in (f.get("action") or "")]


def test_a_gap_is_closed_in_the_list_with_its_article(loop: Loop, browser: Client) -> None:
    given = collect.Answer("周一至周五上午办理。", AnswerSource.OWN)
    loop(lambda city: collect.answer(play.request(city, kind=Kind.CONSULT), city.actor("agent"), given))
    desk = browser.as_user("shift")
    page = desk.page("/gaps/")
    assert "周一至周五上午办理。" in page.text()
    action = next(f.get("action") for f in page.all("form") if (f.get("action") or "").startswith("/gaps/"))
    back = desk.send(action, status=422, article="")
    assert back.page.one("input", name="article").get("aria-invalid") == "true"
    desk.send(action, article="KB-88 办理时间")
    assert "没有知识缺口" in desk.page("/gaps/").text()
    assert "KB-88 办理时间" in desk.page("/gaps/?tab=settled").text()
