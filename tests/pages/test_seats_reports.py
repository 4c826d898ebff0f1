"""话务员报表、街镇画像、重复来电人、领导驾驶舱: on screen, as workbooks, and the tickets behind their numbers."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows.model.base import now

Loop = Callable[..., Any]
NAME, PHONE = "端木金丝雀", "13794618305"
FILES = {
    "/reports/cockpit.xlsx": (
        "supervisor", ["概况", "每日受理", "三率", "热点事项", "已超期", "排名末位", "待办与关注", "指标口径"]),
    "/reports/profile.xlsx?{district}": (
        "supervisor", ["概况", "近12个月", "热点事项", "热点点位", "下级区域", "指标", "已超期", "指标口径"]),
    "/agents/agents.xlsx": ("shift", ["话务员报表"]),
    "/repeats/repeats.xlsx?least=3": ("shift", ["重复来电人"]),
}


@pytest.fixture
def work(loop: Loop) -> list[str]:
    """Three of one caller, one of them closed, at a place whose name a spreadsheet would take for a formula."""

    def made(city: City) -> list[str]:
        said = {"name": NAME, "phone": PHONE, "area": "D-E-1", "place": "=1+1 栋"}
        return [play.to_closed(city, **said), *(play.log(city, **said).no for _ in range(2)), play.log(city, "0201").no]

    return loop(made)


@pytest.fixture
def of_district(loop: Loop) -> str:
    """The query of the whole district."""
    return f"area_id={loop(lambda city: city.areas['D'])}"


def workbook(answer: Any) -> Workbook:
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data))


def behind(page: Document, **wanted: str) -> str:
    """The address of the first number that opens to these requests."""
    links = [a.get("href") or "" for a in page.all("a") if "/reports/requests" in (a.get("href") or "")]
    return next(link for link in links if all(f"{name}={value}" in link for name, value in wanted.items()))


def test_every_workbook_has_its_sheets_and_no_formula(browser: Client, work: list[str], of_district: str) -> None:
    for address, (account, names) in FILES.items():
        book = workbook(browser.as_user(account).get(address.format(district=of_district)))
        assert book.sheetnames == names
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"], address
        assert len(cells) > 4


def test_the_cockpit_opens_each_number_to_its_tickets(browser: Client, work: list[str]) -> None:
    page = browser.as_user("leader").page("/reports/cockpit")
    for wanted in ("待我审批", "提级工单", "督办未答复", "风险待交接", "三率", "排名末位", "未设"):
        assert wanted in page.text()
    assert set(json.loads(page.one("div", id="charts").get("data-charts"))) == {"days", "topics", "ages"}
    for address in {a.get("href") or "" for a in page.all("a")}:
        if address.startswith(("/reports/requests", "/figures", "/supervision", "/approvals")):
            browser.page(address)
    listed = browser.page(behind(page, fate="DISPATCHED")).text()
    assert all(no in listed for no in work)
    assert NAME not in listed


def test_every_chart_has_its_table_and_every_table_a_caption(
    browser: Client, work: list[str], of_district: str
) -> None:
    browser.as_user("supervisor")
    for address in ("/reports/cockpit", f"/reports/profile?{of_district}"):
        page = browser.page(address)
        assert len(page.all("caption")) == len(page.all("table"))
        captions = page.texts("caption")
        for chart in page.all("div", class_="chart"):
            words = (chart.get("aria-label") or "").partition("（")[0].removeprefix("近7天")
            assert words in captions, (words, captions)


def test_dangers_open_to_what_was_reported_and_what_waits(browser: Client, work: list[str], loop: Loop) -> None:
    no = loop(lambda city: play.log(city, "0501", "D-E-1", content="有人要跳楼").no)
    page = browser.as_user("leader").page("/reports/cockpit")
    for wanted in ({"in_danger": "1"}, {"risk": "EXTREME"}):
        listed = browser.page(behind(page, **wanted)).text()
        assert no in listed
        assert not [other for other in work if other in listed]
    assert no not in browser.page("/reports/requests?risk=MASS").text()


def test_a_leader_of_a_unit_reads_their_own(browser: Client, work: list[str]) -> None:
    page = browser.as_user("housing_lead").page("/reports/cockpit")
    listed = browser.page(behind(page, fate="DISPATCHED")).text()
    assert [no in listed for no in work] == [True, True, True, False]
    assert "/supervision/" not in page.html
    assert "领导驾驶舱" not in browser.as_user("housing").page("/reports/").text()
    browser.as_user("agent").page("/reports/cockpit", status=403)


def test_the_profile_of_a_place_and_of_those_below_it(browser: Client, work: list[str]) -> None:
    page = browser.as_user("supervisor").page("/reports/profile")
    down = next(a.get("href") for a in page.all("a") if page.text(a) == "东街街道")
    page = browser.page(down)
    assert "杨桥社区" in page.text()
    assert "=1+1 栋" in page.text()
    assert browser.get("/reports/profile.xlsx").status_code == 404
    listed = browser.page(behind(page, area_id=re.search(r"area_id=(\d+)", down)[1])).text()
    assert [no in listed for no in work] == [True, True, True, False]
    browser.page("/reports/profile?area_id=999999", status=404)
    assert "统计期太长" in browser.page(f"{down.partition('&')[0]}&first=2024-01-01&last=2026-01-01").text()
    # a unit is told no place that few requests name
    assert "=1+1" not in browser.as_user("housing").page(down).text()
    assert "杨桥社区" in browser.as_user("east").page("/reports/profile").text()


def test_a_matter_above_its_baseline_is_marked(browser: Client, loop: Loop) -> None:
    def made(city: City) -> None:
        for back in range(5, 0, -1):
            with play.at(now() - timedelta(weeks=back, minutes=5)):
                play.log(city)
        for _ in range(10):
            play.log(city)

    loop(made)
    page = browser.as_user("supervisor").page("/reports/cockpit")
    assert "高于基线" in page.text()


def test_agents_read_their_own_line_and_shift_leads_everybodys(browser: Client, work: list[str]) -> None:
    words = browser.as_user("shift").page("/agents/").text()
    assert "受理员甲" in words
    page = browser.page("/agents/")
    listed = browser.page(behind(page, by_id="1")).text()
    assert all(no in listed for no in work)
    own = browser.as_user("agent2").page("/agents/").text()
    assert "受理员乙" in own
    assert "受理员甲" not in own
    assert "只显示本人的数据" in own
    for account in ("dispatcher", "callback", "housing", "leader"):
        browser.as_user(account).page("/agents/", status=403)
    rows = workbook(browser.as_user("agent2").get("/agents/agents.xlsx")).active.iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["姓名", "受理员乙"]


def test_a_unit_cannot_ask_for_the_requests_of_an_agent(browser: Client, work: list[str]) -> None:
    unit = browser.as_user("housing")
    # the second agent took none of them: the filter is not the unit's
    assert work[0] in unit.page("/reports/requests?by_id=2").text()


def test_repeat_callers_are_named_to_nobody_before_a_reason_is_given(browser: Client, work: list[str]) -> None:
    page = browser.as_user("shift").page("/repeats/")
    assert "137" not in page.text()
    assert work[0] not in page.text()
    assert "物业服务 3" in page.text()
    fields = {name: page.one("input", name=name, type="hidden").get("value") for name in ("first", "last", "least")}
    refused = browser.send("/repeats/", status=422, **fields, reason="")
    assert "137" not in refused.page.text()
    shown = browser.send("/repeats/", status=200, **fields, reason="研判重复来电").page.text()
    assert "端木**" in shown
    assert "137****8305" in shown
    assert all(no in shown for no in work[:3])
    assert NAME not in shown
    assert PHONE not in shown
    assert "在重复来电人中查看了诉求人" in browser.page(f"/tickets/{work[2]}").text()
    assert "重复来电人" not in browser.as_user("housing").page(f"/tickets/{work[2]}").text()


def test_what_leaves_the_building_of_repeat_callers_is_counts(browser: Client, work: list[str]) -> None:
    book = workbook(browser.as_user("supervisor").get("/repeats/repeats.xlsx"))
    assert [list(row) for row in book.active.iter_rows(values_only=True)] == [
        ["序号", "次数", "未办结", "事项"], [1, 3, 2, "住房与房产 › 物业服务 3"]]
    for account in ("agent", "dispatcher", "callback", "housing", "leader"):
        seen = browser.as_user(account)
        seen.page("/repeats/", status=403)
        assert seen.get("/repeats/repeats.xlsx").status_code == 403
        assert seen.post("/repeats/", data={"csrf_token": seen.token()}).status_code == 403


@pytest.mark.parametrize("address", ["/agents/?", "/repeats/?", "/reports/requests?", "/reports/profile?{district}&"])
def test_a_period_that_runs_backwards_is_said_beside_its_field(
    browser: Client, city: City, address: str, of_district: str
) -> None:
    asked = address.format(district=of_district)
    words = browser.as_user("supervisor").page(f"{asked}first=2026-11-20&last=2026-11-01").text()
    assert "不能早于开始日期" in words
