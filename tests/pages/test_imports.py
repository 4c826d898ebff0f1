"""The import pages: a file handed in, its columns named, tried, taken, watched, stopped; what was rejected and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from hotline import queues
from tests.builders import City
from tests.pages.browser import Client
from workflows import jobs
from workflows.imports import FIELDS
from workflows.jobs import BULK
from workflows.model.base import db
from workflows.model.ticket import Ticket

FILE = (
    "标题,主要内容,问题分类,联系电话\n"
    "电梯停运,三号楼电梯停运三天,物业服务,13900001111\n"
    "自来水发黄,放水一小时仍发黄,用水怪事,13900002222\n"
    "只有标题,,物业服务,13900003333\n"
    "号码不对,楼道灯不亮,物业服务,不详\n"
)


@pytest.fixture
def desk(browser: Client, city: City, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setitem(app.config, "VAR", str(tmp_path))
    return browser.as_user("dispatcher")


@pytest.fixture
def work(app: Flask) -> Callable[[], Any]:
    """Let the worker do what waits."""

    def run() -> None:
        with app.app_context():
            jobs.start_imports()
            db.session.remove()

    return run


def hand_in(desk: Client, text: str = FILE, encoding: str = "utf-8-sig", name: str = "来件.csv") -> str:
    desk.page("/imports/")
    sent = desk.send("/imports/", file=(io.BytesIO(text.encode(encoding)), name))
    return sent.headers["Location"]


def begin(desk: Client, address: str, deed: str, **changes: Any) -> None:
    fields = desk.page(address).fields(address) | changes | {"deed": deed}
    desk.send(address, **{k: v for k, v in fields.items() if v not in (None, "")})


def tickets(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Ticket))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_file_is_tried_without_writing_and_then_taken(
    desk: Client, work: Callable[[], None], app: Flask, city: City, encoding: str
) -> None:
    address = hand_in(desk, encoding=encoding)
    begin(desk, address, "try")
    work()
    words = desk.page(address).text()
    for wanted in ("试运行，未写入任何工单", "用水怪事", "来件.csv"):
        assert wanted in words
    assert tickets(app) == 0
    begin(desk, address, "import", class_0=city.categories["0601"])
    work()
    words = desk.page(address).text()
    assert "已完成" in words
    assert "区住房和建设局" in words
    # a row without contents has its title, one without a number that can be rung becomes anonymous
    assert tickets(app) == 4


def test_rejected_rows_are_told_with_their_number_and_reason(
    desk: Client, work: Callable[[], None], city: City
) -> None:
    address = hand_in(desk)
    begin(desk, address, "try")
    work()
    rows = list(csv.reader(io.StringIO(desk.get(f"{address}/rejects.csv").data.decode("utf-8-sig"))))
    assert rows == [["行号", "原因"], ["3", "问题分类：没有这个事项分类。"]]


def test_a_waiting_import_can_be_stopped_and_gone_on_with(
    desk: Client, work: Callable[[], None], app: Flask, city: City
) -> None:
    address = hand_in(desk)
    begin(desk, address, "import", category_id=city.categories["99"])
    desk.send(f"{address}/cancel")
    work()
    assert tickets(app) == 0
    assert "已取消" in desk.page(address).text()
    begin(desk, address, "import")
    work()
    assert tickets(app) >= 3


def test_the_same_file_twice_is_warned_of(desk: Client, work: Callable[[], None], city: City) -> None:
    address = hand_in(desk)
    begin(desk, address, "import", category_id=city.categories["99"])
    work()
    assert "再次导入会产生重复工单" in desk.page(hand_in(desk)).text()


@pytest.mark.parametrize(("text", "name"), [("", "空.csv"), ("\x00\x01\x02", "乱.xlsx"), ("PK\x03\x04坏", "坏.xlsx")])
def test_what_is_no_table_is_refused_in_words(desk: Client, city: City, text: str, name: str) -> None:
    desk.page("/imports/")
    refused = desk.send("/imports/", status=422, file=(io.BytesIO(text.encode()), name))
    assert refused.page.texts("div", role="alert")
    assert desk.page("/imports/").texts("p", class_="empty") == ["还没有导入过文件。"]


def test_no_file_is_said_to(desk: Client, city: City) -> None:
    desk.send("/imports/", status=422)


def test_the_worker_is_woken_and_the_page_watches_until_it_is_done(
    desk: Client, work: Callable[[], None], app: Flask, city: City
) -> None:
    address = hand_in(desk)
    begin(desk, address, "try")
    with queues.connect(app.config["REDIS_URL"]) as redis:
        waiting = Queue(BULK, connection=redis, serializer=JSONSerializer).jobs
    assert [(job.func_name, list(job.args)) for job in waiting] == [
        ("workflows.jobs.run_import", [int(address.rpartition("/")[2])])
    ]
    progress = desk.page(address).one("div", id="live").get("hx-get")
    assert desk.get(progress).status_code == 200
    assert "HX-Refresh" not in desk.get(progress).headers
    work()
    assert desk.get(progress).headers["HX-Refresh"] == "true"
    assert desk.page(address).all("div", id="live") == []


def test_without_redis_an_import_waits_for_the_schedule(
    desk: Client, work: Callable[[], None], app: Flask, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    address = hand_in(desk)
    begin(desk, address, "import", category_id=city.categories["99"])
    assert "排队中" in desk.page(address).text()
    work()
    assert tickets(app) == 4


def test_an_unknown_deed_does_nothing(desk: Client, app: Flask, city: City) -> None:
    address = hand_in(desk)
    desk.send(address, status=422, deed="delete")
    assert "待设置" in desk.page(address).text()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_understood_without_being_told(desk: Client, city: City, form: str) -> None:
    template = desk.get(f"/imports/template.{form}")
    assert template.headers["Content-Disposition"].startswith("attachment")
    sent = desk.send("/imports/", file=(io.BytesIO(template.data), f"模板.{form}"))
    fields = desk.page(sent.headers["Location"]).fields(sent.headers["Location"])
    assert [fields[f"column_{name}"] for name in FIELDS] == [str(place) for place in range(len(FIELDS))]


@pytest.mark.parametrize("account", ["agent", "housing", "admin", "leader"])
def test_the_pages_are_closed_to_others(browser: Client, city: City, account: str) -> None:
    browser.as_user(account).page("/imports/", status=403)
