"""The catalogue and the limits: lines with a basis and a validity, each change a new version, and the try-out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from tests.pages.test_admin import version


@pytest.fixture
def desk(browser: Client, city: City) -> Client:
    return browser.as_user("director")


def line(city: City, **changes: Any) -> dict[str, Any]:
    return {"category_id": city.categories["99"], "unit_id": city.units["URBAN"], "basis": "三定方案第九条"} | changes


def test_a_new_line_routes_the_next_ticket(desk: Client, city: City, loop: Any) -> None:
    assert loop(play.log, "99").unit_id is None
    desk.send("/admin/catalogue/new", **line(city))
    assert loop(play.log, "99").unit_id == city.units["URBAN"]


def test_changing_a_line_ends_the_old_and_begins_the_new(desk: Client, city: City, loop: Any) -> None:
    address = desk.send("/admin/catalogue/new", **line(city)).headers["Location"]
    after = desk.send(address, version=version(desk, address), **line(city, unit_id=city.units["HOUSING"]))
    new = after.headers["Location"]
    assert new != address
    assert loop(play.log, "99").unit_id == city.units["HOUSING"]
    words = desk.page(new).text()
    for wanted in ("区城市管理局", "区住房和建设局", "三定方案第九条", "热线主任"):
        assert wanted in words
    desk.send(f"{new}/end", version=version(desk, new))
    assert loop(play.log, "99").unit_id is None
    assert new not in [a.get("href") for a in desk.page("/admin/catalogue").all("a")]
    assert new in [a.get("href") for a in desk.page("/admin/catalogue?every=1").all("a")]


@pytest.mark.parametrize("changes", [{"basis": ""}, {"unit_id": ""}, {"selector": "STREET_OF_PLACE"}, {"unit_id": "x"}])
def test_a_refused_line_keeps_what_was_typed(desk: Client, city: City, changes: dict[str, str]) -> None:
    page = desk.send("/admin/catalogue/new", status=422, **line(city, note="试行") | changes).page
    assert "试行" in [i.get("value") for i in page.all("input")]


def test_a_street_needs_the_mark_that_it_may_be_given_work(desk: Client, city: City) -> None:
    desk.send("/admin/catalogue/new", status=422, **line(city, unit_id=city.units["EAST"]))
    desk.send("/admin/catalogue/new", **line(city, unit_id=city.units["EAST"], grassroots_allowed="1"))


@pytest.mark.parametrize(
    ("matter", "wanted"), [("0101", "区住房和建设局"), ("0502", "区城市管理局"), ("99", "区政府办公室")]
)
def test_the_try_out_says_where_a_request_would_go_and_why(
    desk: Client, city: City, matter: str, wanted: str
) -> None:
    page = desk.page(f"/admin/catalogue?try=1&kind=HELP&category_id={city.categories[matter]}")
    assert wanted in page.text(page.one("details"))


def test_a_new_limit_holds_for_the_next_ticket_and_not_for_running_clocks(desk: Client, city: City, loop: Any) -> None:
    before = loop(play.log).no
    made = desk.send("/admin/limits/new", code="HANDLING", amount=1, basis="h", source="试点通知",
                     category_id=city.categories["0101"])
    assert "试点通知" in desk.page(made.headers["Location"]).text()
    after = loop(play.log).no
    desk.as_user("supervisor")
    assert "试点通知" not in desk.page(f"/tickets/{before}").text()
    assert "试点通知" in desk.page(f"/tickets/{after}").text()


def test_a_limit_is_changed_and_ended_with_its_history(desk: Client, city: City) -> None:
    limit = {"code": "HANDLING", "amount": 3, "basis": "wd", "source": "地方条例", "unit_id": city.units["WATER"]}
    address = desk.send("/admin/limits/new", **limit).headers["Location"]
    new = desk.send(address, version=version(desk, address), **limit | {"amount": 4}).headers["Location"]
    words = desk.page(new).text()
    assert re.search(r"3 → 4", words)
    desk.send(f"{new}/end", version=version(desk, new))
    assert "地方条例" not in desk.page("/admin/limits").text()


def test_an_amount_must_be_a_number(desk: Client, city: City) -> None:
    page = desk.send("/admin/limits/new", status=422, code="SIGN", amount="三", basis="wd", source="甲").page
    assert "三" in [i.get("value") for i in page.all("input")]


@pytest.mark.parametrize("address", ["/admin/catalogue", "/admin/limits"])
def test_rules_are_closed_to_others(browser: Client, city: City, address: str) -> None:
    browser.as_user("dispatcher").page(address, status=403)
    browser.as_user("admin").page(address)


def test_a_limit_in_stages_shows_which_one_runs_on_the_ticket_and_in_the_queue(
    desk: Client, city: City, loop: Any
) -> None:
    rule = {"code": "STAGE", "basis": "wd", "source": "消防隐患办理规定", "category_id": city.categories["01"]}
    desk.send("/admin/limits/new", stage=1, stage_name="现场核查", amount=1, **rule)
    desk.send("/admin/limits/new", stage=2, stage_name="整改", amount=3, **rule)
    assert "阶段时限 2 整改" in desk.page("/admin/limits?code=STAGE").text()
    page = desk.send("/admin/limits/new/plan", status=422, stage=2, amount=3, **rule).page
    assert "必填" in page.text()
    no = loop(play.to_handling)
    desk.as_user("housing")
    assert "阶段时限 1 现场核查" in desk.page(f"/tickets/{no}").text()
    desk.send(f"/tickets/{no}/moves/interim", text="已核查。")
    assert "阶段时限 2 整改" in desk.page(f"/tickets/{no}").text()
    assert "整改" in desk.page("/departments/?tab=WORKING").text()


def test_a_role_gets_channels_for_a_kind_of_notice(browser: Client, city: City) -> None:
    desk = browser.as_user("admin")
    wanted = {"kind": "warned", "role": "REVIEWER", "carriers": ["email"]}
    desk.send("/admin/notices", **wanted)
    rows = ["".join(row.itertext()) for row in desk.page("/admin/notices").all("tr")]
    assert [words for words in rows if "即将超期" in words and "审核员" in words]
    again = desk.send("/admin/notices", status=422, **wanted).page
    assert "这个岗位的这类通知已在表中" in again.text()
    desk.send("/admin/notices", status=422, **wanted | {"kind": "nonsense"})
