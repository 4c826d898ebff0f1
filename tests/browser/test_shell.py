"""The shell in a real browser: type-ahead, drafts, keys, questions, double sending, refreshing, contrast, fit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, jsonify, redirect, render_template_string, request
from playwright.sync_api import Page, expect

import hotline
from hotline.access import signed_in
from hotline.forms import Typed
from hotline.pages import fragment
from tests.browser.conftest import Desk, accessible, fits
from tests.pages.conftest import PASSWORD

PAGE = """
{% extends "layout/page.html" %}
{% from "parts/forms.html" import act, combobox, field, filters, form_problem, form_start, submit %}
{% from "parts/tables.html" import live, table, tabs %}
{% from "parts/page.html" import due, empty, facts, mark, message, panel, tag %}
{% block title %}试验台{% endblock %}
{% block actions %}<a class="btn btn-secondary btn-sm" href="/bench/other" data-key="F2">另一页</a>{% endblock %}
{% block content %}
{{ form_problem(typed) }}
{{ tabs(label='队列', items=[
  {'text': '待签收', 'url': '/bench/', 'count': 12, 'tone': 'warn', 'current': true},
  {'text': '已超期', 'url': '/bench/', 'count': 3, 'tone': 'bad'}, {'text': '已回复', 'url': '/bench/', 'count': 0}]) }}
{% for tone in ['info', 'good', 'warn', 'bad'] %}{{ message('一条消息', tone) }}{% endfor %}
<div class="columns"><div>
{% call panel('登记') %}
{{ form_start('/bench/send', once=typed, draft='bench') }}
  {{ field(typed, 'title', label='标题', required=true, key='Alt+T', hint='一句话') }}
  {{ combobox(typed, 'category', label='事项分类', source='/bench/categories', required=true) }}
  {{ field(typed, 'content', label='内容', kind='textarea', most=200) }}
  {{ field(typed, 'kind', label='类型', kind='select', options=options('Kind')) }}
  {{ field(typed, 'urgency', label='紧急程度', kind='radio', options=options('Urgency'), default='NORMAL') }}
  {{ field(typed, 'defects', label='问题', kind='checks', options=options('Defect', ['D1', 'D2'])) }}
  {{ field(typed, 'reply', label='需要回复', kind='checkbox') }}
  {{ field(typed, 'at', label='时间', kind='datetime') }}
  <div class="buttons">{{ submit('提交', key='Alt+S') }}</div>
</form>
{% endcall %}
</div><div>
{% call panel('其他') %}
{{ facts([('渠道', 'PHONE'|label('Channel')), ('状态', tag('REWORK', 'TicketState'))]) }}
{% for tone in ['plain', 'info', 'good', 'warn', 'bad', 'muted', 'accent'] %}{{ mark(tone, tone) }} {% endfor %}
{{ empty('没有工单。') }}
{{ act('/bench/send', '收回', confirm='确定收回？', fields={'title': '收回'}) }}
{% endcall %}
{% call live('/bench/part', every=1) %}<p id="part">0</p>{% endcall %}
</div></div>
{% call table(caption='工单', heads=['编号', '标题', '时限', '操作'], fixed=true) %}
{% for n in range(3) %}<tr id="r{{ n }}"><td class="num">2026{{ n }}</td><td>路灯不亮</td>
<td><time class="due due-{{ ['good', 'warn', 'bad'][n] }}">剩 2 小时</time></td>
<td>{{ act('/bench/send', '签收', tone='primary', fields={'title': '签收'}) }}</td></tr>{% endfor %}
{% endcall %}
{% endblock %}
"""
CATEGORIES = {7: "市容环卫 › 垃圾清运", 8: "市容环卫 › 道路保洁", 9: "市政设施 › 路灯"}


class Bench:
    """A page with one of everything, and what was sent to it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.polls = 0
        self.bp = Blueprint("bench", __name__, url_prefix="/bench")
        self.bp.get("/")(self.show)
        self.bp.get("/other")(self.other)
        self.bp.get("/categories")(self.categories)
        self.bp.get("/part")(self.part)
        self.bp.post("/send")(self.send)

    def show(self) -> str:
        return render_template_string(PAGE, typed=Typed())

    def other(self) -> str:
        return render_template_string('{% extends "layout/page.html" %}{% block title %}另一页{% endblock %}')

    def categories(self) -> Any:
        asked = request.args["q"]
        initials = {7: "srhwljqy", 8: "srhwdlbj", 9: "szssld"}
        found = [n for n, words in CATEGORIES.items() if asked in words or asked.lower() in initials[n]]
        return jsonify(items=[{"value": n, "text": CATEGORIES[n], "note": f"#{n}"} for n in found])

    def part(self) -> Any:
        self.polls += 1
        return fragment(f'<p id="part">{self.polls // 2}</p>')

    def send(self) -> Any:
        time.sleep(0.4)  # long enough to press the button twice
        self.sent.append(request.form.to_dict(flat=False))
        if request.form["title"] == "不行":
            return render_template_string(PAGE, typed=Typed(request.form)), 422
        return redirect("/bench/other", code=303)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The bench, mounted in every application made after it."""
    made = Bench()
    monkeypatch.setattr(hotline, "MOUNTS", (*hotline.MOUNTS, (made.bp, signed_in)))
    return made


@pytest.fixture
def desk(bench: Bench, another_app: Callable[..., Flask], listen: Callable[[Flask], Desk]) -> Desk:
    """The application with the bench, listening."""
    return listen(another_app())


@pytest.fixture
def page(desk: Desk) -> Page:
    """The bench, opened by an agent."""
    window = desk.window("agent")
    window.goto("/bench/")
    return window


def test_everything_is_accessible_and_fits(page: Page, desk: Desk) -> None:
    accessible(page)
    fits(page)
    page.set_viewport_size({"width": 1366 * 100 // 125, "height": 768 * 100 // 125})  # as at 125 % zoom
    fits(page)
    way_in = desk.window()
    for address in ("/sign-in", "/nothing/here"):
        way_in.goto(address)
        accessible(way_in)
    for address in ("/notices", "/password"):
        page.goto(address)
        accessible(page)


def test_somebody_signs_in_with_the_keyboard(desk: Desk) -> None:
    window = desk.window()
    window.goto("/notices")
    window.keyboard.type("agent")
    window.keyboard.press("Tab")
    window.keyboard.type("wrong")
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("账号或密码不正确")
    window.get_by_label("密码").fill(PASSWORD)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", level=1)).to_have_text("我的消息")


def test_a_category_is_found_by_initials_with_keys_only(page: Page, bench: Bench) -> None:
    box = page.get_by_role("combobox", name="事项分类")
    box.focus()
    page.keyboard.type("srhw")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("Enter")
    expect(box).to_have_value("市容环卫 › 道路保洁")
    assert page.locator("input[name=category]").input_value() == "8"
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_text_says_how_much_of_it_there_may_be(page: Page) -> None:
    area = page.get_by_label("内容")
    area.fill("路灯不亮")
    expect(page.get_by_text("4 / 200")).to_be_visible()


def test_words_that_were_not_chosen_send_nothing(page: Page) -> None:
    box = page.get_by_role("combobox", name="事项分类")
    box.focus()
    page.keyboard.type("路灯")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box).to_have_value("市政设施 › 路灯")
    box.focus()
    page.keyboard.type("zzz")
    expect(page.get_by_text("没有匹配的选项")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("内容").focus()
    expect(box).to_have_value("")
    assert page.locator("input[name=category]").input_value() == ""


def test_keys_focus_fields_send_forms_and_are_explained(page: Page, bench: Bench) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Alt+S")
    expect(dialog).to_contain_text("提交")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+t")
    expect(page.get_by_label("标题")).to_be_focused()
    page.keyboard.type("井盖?")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("heading", level=1)).to_have_text("另一页")
    assert bench.sent[0]["title"] == ["井盖?"]
    page.goto("/bench/")
    page.keyboard.press("F2")
    expect(page.get_by_role("heading", level=1)).to_have_text("另一页")


def test_a_form_pressed_twice_is_sent_once(page: Page, bench: Bench) -> None:
    page.get_by_label("标题").fill("路灯")
    page.evaluate("""() => {
      const button = document.querySelector('form[data-draft] button[type=submit]');
      button.click(); button.click(); button.click();
    }""")
    expect(page.get_by_role("heading", level=1)).to_have_text("另一页")
    assert len(bench.sent) == 1
    assert len(bench.sent[0]["idempotency_key"][0]) == 36


def test_a_question_is_asked_and_no_means_no(page: Page, bench: Bench) -> None:
    recall = page.get_by_role("button", name="收回")
    recall.click()
    dialog = page.get_by_role("dialog", name="请确认")
    expect(dialog).to_contain_text("确定收回？")
    dialog.get_by_role("button", name="取消").click()
    assert bench.sent == []
    recall.click()
    dialog.get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("另一页")
    assert [sent["title"] for sent in bench.sent] == [["收回"]]


def test_a_draft_survives_the_browser_and_goes_when_the_form_is_taken(page: Page, desk: Desk) -> None:
    page.get_by_label("标题").fill("路灯不亮")
    page.get_by_label("紧急", exact=True).check()
    page.get_by_label("需要回复").check()
    box = page.get_by_role("combobox", name="事项分类")
    box.focus()
    page.keyboard.type("ld")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    page.context.close()  # the browser dies

    again = desk.window("agent")
    again.goto("/bench/")
    again.get_by_role("button", name="恢复草稿").click()
    expect(again.get_by_label("标题")).to_have_value("路灯不亮")
    expect(again.get_by_label("紧急", exact=True)).to_be_checked()
    expect(again.get_by_label("需要回复")).to_be_checked()
    expect(again.get_by_role("combobox", name="事项分类")).to_have_value("市政设施 › 路灯")
    assert again.locator("input[name=category]").input_value() == "9"
    again.get_by_role("button", name="提交").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("另一页")
    again.goto("/bench/")
    again.wait_for_load_state("networkidle")
    expect(again.get_by_role("button", name="恢复草稿")).to_have_count(0)


def test_a_live_part_refreshes_itself_and_leaves_the_focus_alone(page: Page, bench: Bench) -> None:
    title = page.get_by_label("标题")
    title.fill("正在输入")
    expect(page.locator("#part")).to_have_text("2", timeout=15_000)
    expect(title).to_be_focused()
    expect(title).to_have_value("正在输入")


def test_a_form_left_open_is_sent_after_signing_in_again_elsewhere(page: Page, bench: Bench) -> None:
    page.get_by_label("标题").fill("路灯")
    other = page.context.new_page()
    other.goto("/notices")
    other.get_by_role("button", name="退出").click()
    expect(page.locator("#messages")).to_contain_text("登录已过期", timeout=15_000)
    other.get_by_label("账号").fill("agent")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("受理登记")
    with page.expect_response("**/form-token"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("另一页")
    assert bench.sent[0]["title"] == ["路灯"]
