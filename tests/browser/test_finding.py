"""工单查询 in a real browser, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import expect

from tests import builders as play
from tests.browser.conftest import HEIGHT, WIDTH, Desk, accessible, fits
from workflows import upkeep

Loop = Callable[..., Any]


def test_a_ticket_is_found_from_any_page_by_keys_alone(
    app: Flask, listen: Callable[[Flask], Desk], loop: Loop
) -> None:
    for n in range(3):
        loop(play.log, "0501", "D-E", title=f"垃圾堆积第{n + 1}处", content="杨桥路门前垃圾一周未清运，气味很大。")
    no = loop(play.to_handling)
    loop(lambda _city: upkeep.index_texts())
    page = listen(app).window("agent")
    page.goto("/desk/")
    page.keyboard.press("Alt+k")
    expect(page.get_by_label("查询工单：编号或词语")).to_be_focused()
    page.keyboard.type("垃圾 清运")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("#f-q")).to_have_value("垃圾 清运")
    expect(page.locator("mark").first).to_have_text("垃圾")
    accessible(page)
    fits(page)
    page.set_viewport_size({"width": WIDTH * 4 // 5, "height": HEIGHT * 4 // 5})  # as at 125 %
    fits(page)
    expect(page.locator("tbody tr").first.locator("td").last).to_be_in_viewport(ratio=1)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("垃圾堆积第2处")
    fits(page)
    box, name = page.locator("#topbar-find").bounding_box(), page.locator(".topbar-user").bounding_box()
    assert box is not None
    assert name is not None
    assert box["x"] + box["width"] <= name["x"]
    page.keyboard.press("Alt+k")
    page.keyboard.type(no)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/tickets')[0]}/tickets/{no}")


def test_a_number_of_a_caller_leads_to_the_desk_and_into_no_address(
    app: Flask, listen: Callable[[Flask], Desk], city: object
) -> None:
    page = listen(app).window("agent")
    page.goto("/notices")
    page.keyboard.press("Alt+k")
    page.keyboard.type("138 0013 8000")
    page.keyboard.press("Enter")
    expect(page.locator(".error")).to_contain_text("电话号码不在这里查")
    assert "138" not in page.url
    page.get_by_role("link", name="到受理登记页按号码查看").press("Enter")
    expect(page.locator("#f-phone")).to_be_focused()
