"""The agent's desk and the call-back desk in a real browser, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import HEIGHT, Desk, accessible, fits
from tests.builders import UNHAPPY, log, ring, to_callback, to_closed, to_handling
from workflows.rules.vocabulary import Anonymity

PHONE = "13800138000"
Loop = Callable[..., Any]


@pytest.fixture
def agent(app: Flask, listen: Callable[[Flask], Desk], city: object) -> Page:
    page = listen(app).window("agent")
    page.goto("/desk/")
    expect(page.locator("#f-phone")).to_be_focused()
    return page


@pytest.fixture
def clerk(app: Flask, listen: Callable[[Flask], Desk], city: object) -> Page:
    return listen(app).window("callback")


def pick(page: Page, words: str) -> None:
    """Type into the list in focus and take its first proposal."""
    page.keyboard.type(words)
    expect(page.locator("[role=listbox]:not([hidden]) [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")


def log_by_keys(page: Page) -> None:
    """A withheld report, from the number to the place, without the mouse."""
    keys = page.keyboard
    keys.type(PHONE)
    keys.press("Enter")
    keys.type("王建国")
    keys.press("Enter")
    keys.press("Enter")  # the type of caller stays
    keys.press("4")  # 举报
    keys.press("Enter")
    pick(page, "ljqy")
    pick(page, "yqsq")
    keys.type("东门口")
    keys.press("Enter")
    keys.press("Enter")  # the title is taken from the words
    keys.type("垃圾桶三天没有清运，味道很大。")


def test_a_call_is_logged_by_keys_alone_and_the_next_can_begin(agent: Page, admin: psycopg.Connection) -> None:
    log_by_keys(agent)
    agent.keyboard.press("Alt+s")
    receipt = agent.locator("#receipt")
    expect(receipt).to_contain_text("已派至 东街街道办事处，办理期限")
    expect(agent.locator("#f-phone")).to_be_focused()
    expect(agent.locator("#f-phone")).to_have_value("")
    logged = admin.execute("SELECT kind, anonymity, state, place FROM ticket").fetchall()
    assert logged == [("REPORT", "WITHHELD", "DISPATCHED", "东门口")]
    copied = receipt.locator(".read-aloud").first.evaluate("e => e.textContent.trim()")
    assert admin.execute("SELECT no FROM ticket").fetchone() == (copied,)


def test_who_calls_and_what_is_like_it_come_while_typing(agent: Page, loop: Loop) -> None:
    loop(to_handling, phone=PHONE, title="物业费重复收取")
    agent.keyboard.type("138 0013 8000")
    expect(agent.locator("#caller")).to_contain_text("物业费重复收取")
    agent.locator("#f-content").fill("电梯停运三天，物业电话无人接听。")
    expect(agent.locator("#similar")).to_contain_text("同一来电人")
    agent.keyboard.press("Alt+q")
    agent.keyboard.type("13900139000")
    expect(agent.locator("#caller")).to_contain_text("首次来电")


def test_a_repeated_call_becomes_a_reminder_after_a_question(
    agent: Page, loop: Loop, admin: psycopg.Connection
) -> None:
    loop(to_handling, phone=PHONE)
    agent.keyboard.type(PHONE)
    agent.locator("#caller").get_by_text("作为催单").click()
    agent.locator("#confirm-dialog").get_by_text("确定", exact=True).click()
    expect(agent.locator("#receipt")).to_contain_text("已记入原工单")
    assert admin.execute("SELECT urge_count FROM ticket").fetchall() == [(1,)]


def test_enter_never_sends_a_half_filled_form(agent: Page, admin: psycopg.Connection) -> None:
    for _ in range(6):
        agent.keyboard.press("Enter")
    expect(agent.locator("#f-phone")).to_be_visible()
    assert agent.url.endswith("/desk/")


def test_after_a_refusal_the_first_wrong_field_has_the_focus(agent: Page) -> None:
    agent.keyboard.type(PHONE)
    agent.keyboard.press("Alt+s")
    expect(agent.locator("#f-kind-1")).to_be_focused()
    expect(agent.locator("#f-phone")).to_have_value(PHONE)
    accessible(agent)


def test_each_way_to_end_a_call_opens_by_its_key_with_its_default_words(agent: Page) -> None:
    agent.keyboard.press("Alt+z")
    expect(agent.locator("#f-answer")).to_be_focused()
    agent.keyboard.press("Alt+x")
    expect(agent.locator("#f-answer")).to_be_hidden()
    expect(agent.locator("#f-reason")).to_be_focused()
    agent.locator("#f-reason").select_option("R2")
    expect(agent.locator("#f-route")).to_have_value("您反映的事项已进入诉讼（仲裁）程序，请向受理的法院（仲裁机构）"
                                                    "反映，或拨打 12368、12348 咨询。")
    agent.locator("#f-route").fill("请找仲裁委。")
    agent.locator("#f-reason").select_option("R3")
    expect(agent.locator("#f-route")).to_have_value("请找仲裁委。")
    expect(agent.locator("[formaction$=refuse]")).to_be_in_viewport()
    accessible(agent)


def test_the_sending_key_ends_the_call_the_way_that_is_unfolded(agent: Page, admin: psycopg.Connection) -> None:
    log_by_keys(agent)
    agent.locator("#f-kind-1").check()  # 咨询
    agent.keyboard.press("Alt+z")
    agent.keyboard.type("周一至周五上午可以办理。")
    agent.keyboard.press("Alt+s")
    expect(agent.locator("#receipt")).to_contain_text("已直接解答办结")
    assert admin.execute("SELECT state FROM ticket").fetchall() == [("ANSWERED_DIRECT",)]


def test_a_draft_outlives_the_browser(
    app: Flask, listen: Callable[[Flask], Desk], city: object, admin: psycopg.Connection
) -> None:
    desk = listen(app)
    page = desk.window("agent")
    page.goto("/desk/")
    log_by_keys(page)
    expect(page.locator(".draft-state")).to_contain_text("草稿已保存")
    sealed = admin.execute("SELECT sealed FROM draft").fetchone()[0]
    assert PHONE.encode() not in bytes(sealed)
    page.context.close()
    again = desk.window("agent")
    again.goto("/desk/")
    again.get_by_text("恢复草稿").click()
    expect(again.locator("#f-content")).to_have_value("垃圾桶三天没有清运，味道很大。")
    expect(again.locator("#f-category_id")).to_have_value("市容环卫 › 垃圾清运")
    expect(again.locator("#caller")).to_contain_text("首次来电")
    again.keyboard.press("Alt+s")
    expect(again.locator("#receipt")).to_contain_text("已派至")
    assert admin.execute("SELECT anonymity FROM ticket").fetchall() == [("WITHHELD",)]
    assert admin.execute("SELECT count(*) FROM draft").fetchone()[0] == 0


def test_the_desk_stands_on_one_screen_and_anybody_can_use_it(agent: Page, loop: Loop) -> None:
    for title in ("物业费重复收取", "电梯停运", "楼道灯不亮", "漏水"):
        loop(log, phone=PHONE, title=title)
    loop(to_closed, phone=PHONE)
    log_by_keys(agent)
    expect(agent.locator("#caller")).to_contain_text("历史工单 5 件")
    bottom = agent.locator(".outcomes").evaluate("e => e.getBoundingClientRect().bottom")
    assert bottom <= HEIGHT - 100, "the browser's own bars take some hundred pixels"
    fits(agent)
    accessible(agent)
    agent.set_viewport_size({"width": 1093, "height": 614})  # 125 %
    fits(agent)
    assert agent.locator(".outcomes").evaluate("e => e.getBoundingClientRect().bottom") <= 614


def test_a_caller_is_rung_back_by_keys_alone(clerk: Page, loop: Loop, admin: psycopg.Connection) -> None:
    no, following = loop(to_callback, phone=PHONE), loop(to_callback)
    clerk.goto("/callbacks/")
    accessible(clerk)
    fits(clerk)
    keys = clerk.keyboard
    keys.press("Alt+n")
    expect(clerk.locator("#call-result-1")).to_be_focused()
    expect(clerk.locator(".answers")).to_be_hidden()
    keys.press("Alt+p")
    expect(clerk.locator("#number")).to_contain_text("138 0013 8000")
    expect(clerk.locator("#call-result-1")).to_be_focused()
    for key in ("1", "Enter", "1", "Enter", "3", "Enter", "4", "Enter", "7", "Enter", "2", "Enter"):
        keys.press(key)
    keys.type("还是老样子")
    accessible(clerk)
    keys.press("Alt+s")
    clerk.wait_for_url(f"**/callbacks/tickets/{following}")
    expect(clerk.locator("#messages")).to_contain_text(f"工单 {no} 已记录为不满意")
    said = admin.execute("SELECT result, contacted, solved, satisfaction, reason_code, service FROM callback_attempt")
    assert said.fetchall() == [("ANSWERED", True, "UNSOLVED", "DISSATISFIED", "RESULT_SHORT", "SATISFIED")]


def test_answers_that_no_longer_belong_are_not_sent(clerk: Page, loop: Loop, admin: psycopg.Connection) -> None:
    no = loop(to_callback)
    clerk.goto(f"/callbacks/tickets/{no}")
    clerk.locator("#call-result-1").check()
    clerk.locator("#call-satisfaction-4").check()
    clerk.locator("#call-reason-1").check()
    clerk.locator("#call-result-2").check()
    expect(clerk.locator(".answers")).to_be_hidden()
    clerk.keyboard.press("Alt+s")
    clerk.wait_for_url("**/callbacks/")
    said = admin.execute("SELECT result, satisfaction, reason_code FROM callback_attempt").fetchall()
    assert said == [("NO_ANSWER", None, None)]


def test_a_decision_about_the_dissatisfied_can_be_made_by_anybody_who_may(
    app: Flask, listen: Callable[[Flask], Desk], loop: Loop
) -> None:
    no = loop(to_callback, anonymity=Anonymity.WITHHELD)
    loop(ring, no, **UNHAPPY)
    page = listen(app).window("supervisor")
    page.goto("/callbacks/?tab=DISSATISFIED")
    accessible(page)
    page.locator("tbody").get_by_text("处理", exact=True).click()
    expect(page.locator("h1")).to_have_text(f"不满意处理 {no}")
    accessible(page)
    fits(page)
    page.locator("#close-close_type").select_option("HANDED_OVER")
    expect(page.locator("#close-earlier")).to_be_hidden()
    page.locator("#close-taken_by").fill("区人民法院")
    page.locator("#close-note").fill("已进入诉讼程序")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已完成")
    page.goto(f"/tickets/{no}")
    expect(page.locator(".ticket-head")).to_contain_text("移交销号")


def test_a_caller_takes_a_request_back_from_the_desk(agent: Page, loop: Loop, admin: psycopg.Connection) -> None:
    loop(to_handling, phone=PHONE, title="电梯停运")
    agent.keyboard.type(PHONE)
    agent.keyboard.press("Enter")
    brief = agent.locator("#caller .brief-open")
    expect(brief).to_contain_text("电梯停运")
    agent.locator("#f-content").fill("已经修好了，不用再来了。")
    brief.get_by_text("撤单", exact=True).click()
    accessible(agent)
    brief.get_by_role("button", name="问题已解决").click()
    agent.locator("#confirm-dialog").get_by_text("确定", exact=True).click()
    expect(agent.locator("#receipt")).to_contain_text("已按诉求人的要求撤单")
    assert admin.execute("SELECT state FROM ticket").fetchall() == [("WITHDRAWN",)]
    kept = admin.execute("SELECT reason_code, note FROM withdrawal").fetchall()
    assert kept == [("SETTLED", "已经修好了，不用再来了。")]
