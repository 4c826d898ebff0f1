"""The citizens' page in a real browser: by keyboard alone, at twice the size, by its labels, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from hotline import limiting
from tests import builders as play
from tests.browser.conftest import HEIGHT, WIDTH, Desk, accessible, fits
from tests.builders import City

Loop = Callable[..., Any]
#: What is left of the desks' screen at 200 %.
TWICE = {"width": WIDTH // 2, "height": HEIGHT // 2}


def answered(city: City) -> tuple[str, str]:
    """Number and code of a ticket that waits to be rated."""
    receipt = play.log(city)
    play.sign(city, receipt.no)
    play.contact(city, receipt.no)
    play.reply(city, receipt.no)
    play.accept(city, receipt.no)
    return receipt.no, receipt.query_code


def tab_to(page: Page, name: str) -> None:
    """Go on by Tab until something has the focus that matches."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.matches(name)", name):
            return
    raise AssertionError(f"no way to {name} by keyboard")


def test_by_keyboard_alone_at_twice_the_size(
    app: Flask, loop: Loop, listen: Callable[[Flask], Desk]
) -> None:
    no, code = loop(answered)
    limiting.limiter.reset()
    page = listen(app).window()
    page.set_viewport_size(TWICE)
    page.goto("/citizen/")
    accessible(page)
    fits(page)
    tab_to(page, "#f-no")
    page.keyboard.type(no)
    page.keyboard.press("Tab")
    page.keyboard.type("00000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    accessible(page)
    tab_to(page, "#f-code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="已回复，待评价")).to_be_visible()
    accessible(page)
    fits(page)
    for group, choice in (("solved", 1), ("satisfaction", 1)):
        tab_to(page, f"#rate-{group}-{choice}")
        page.keyboard.press("Space")
        expect(page.locator(f"#rate-{group}-{choice}")).to_be_checked()
    tab_to(page, "form[action$='/rate'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="已办结")).to_be_visible()
    fits(page)


def test_everything_works_without_scripts(app: Flask, loop: Loop, listen: Callable[[Flask], Desk]) -> None:
    no, code = loop(answered)
    limiting.limiter.reset()
    page = listen(app).window(java_script_enabled=False)
    page.goto("/citizen/")
    page.get_by_label("工单编号").fill(no)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    page.get_by_label("补充的内容").fill("又停了一次")
    page.get_by_role("button", name="提交补充").click()
    expect(page.get_by_text("已补充，承办单位会看到。")).to_be_visible()
