"""An import played in a real browser: hand in, try, match a word, take; the page follows the worker by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Desk, accessible, fits
from tests.builders import City
from workflows import jobs
from workflows.model.base import db

FILE = (
    "标题,主要内容,问题分类,联系电话\n"
    "电梯停运,三号楼电梯停运三天,物业服务,13900001111\n"
    "自来水发黄,放水一小时仍发黄,用水怪事,13900002222\n"
    "只有分类,,物业服务,13900003333\n"
)


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Let the worker do what waits."""

    def run() -> None:
        with app.app_context():
            jobs.start_imports()
            db.session.remove()

    return run


def test_an_operator_brings_in_a_file(
    listen: Callable[[Flask], Desk], app: Flask, city: City, work: Callable[[], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "VAR", str(tmp_path / "var"))
    file = tmp_path / "来件.csv"
    file.write_text(FILE, "utf-8-sig")
    page = listen(app).window("dispatcher")

    page.goto("/imports/")
    page.get_by_label("CSV 或 XLSX 文件").set_input_files(file)
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("heading", name="各列含义")).to_be_visible()
    expect(page.get_by_label("主要内容")).to_have_value("1")
    accessible(page)
    fits(page)

    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_text("排队中")).to_be_visible()
    work()
    expect(page.get_by_text("试运行完成")).to_be_visible()
    expect(page.get_by_text("没有这个事项分类")).to_be_visible()
    page.get_by_label("“用水怪事”的事项分类").select_option(str(city.categories["0601"]))
    accessible(page)
    fits(page)

    page.keyboard.press("Alt+s")
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("排队中")).to_be_visible()
    work()
    expect(page.get_by_text("已完成")).to_be_visible()
    expect(page.get_by_text("下载全部不能导入的行及原因")).to_have_count(0)
    page.get_by_text("派往").click()
    expect(page.get_by_text("区自来水公司")).to_be_visible()
    accessible(page)
    fits(page)
