"""The administrator's pages: each deed from its page, refusals with the words kept, history, closed to others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import jobs

NEW = {"account": "clerk-new", "name": "新来的", "roles": "UNIT_CLERK"}


def once(page: Document) -> str:
    return page.text(page.one("p", class_="password-once")).strip()


def version(browser: Client, address: str) -> str:
    found = [f.get("value") for f in browser.page(address).all("input") if f.get("name") == "version"]
    assert found
    return found[0]


@pytest.fixture
def desk(browser: Client, city: City) -> Client:
    return browser.as_user("admin")


def make(desk: Client, city: City, **changes: Any) -> Document:
    form = {**NEW, "unit_id": city.units["HOUSING"], "idempotency_key": "k1"} | changes
    return desk.send("/admin/users/new", status=200, **form).page


def user_address(desk: Client, account: str) -> str:
    page = desk.page(f"/admin/users?q={account}&closed=1")
    return next(a.get("href") for a in page.all("a") if re.fullmatch(r"/admin/users/\d+", a.get("href") or ""))


def test_a_new_account_gets_a_password_shown_once_that_must_be_changed(desk: Client, city: City) -> None:
    password = once(make(desk, city))
    assert len(password) >= 14
    again = desk.send("/admin/users/new", **{**NEW, "unit_id": city.units["HOUSING"], "idempotency_key": "k1"})
    assert again.headers["Location"] == "/admin/users"
    assert password not in desk.page(user_address(desk, "clerk-new")).text()
    other = desk.application.test_client()
    other.send("/sign-in", account="clerk-new", password=password, next="")
    assert other.get("/notices").headers["Location"].startswith("/password")


def test_a_refused_account_keeps_what_was_typed(desk: Client, city: City) -> None:
    form = {**NEW, "account": "agent", "unit_id": city.units["HOUSING"]}
    page = desk.send("/admin/users/new", status=422, **form).page
    assert "新来的" in [i.get("value") for i in page.all("input")]
    page = desk.send("/admin/users/new", status=422, **{**form, "account": "x1", "roles": ["ADMIN", "UNIT_CLERK"]}).page
    assert page.all("div", class_="error")


def test_changing_roles_is_on_record_with_who_and_what(desk: Client, city: City) -> None:
    address = user_address(desk, "housing")
    desk.send(address, version=version(desk, address), name="住建经办人", unit_id=city.units["HOUSING"],
              roles=["UNIT_CLERK", "UNIT_LEAD"])
    words = desk.page(address).text()
    for wanted in ("系统管理员", "修改", "岗位", "承办单位负责人"):
        assert wanted in words
    assert "承办单位负责人" in desk.page("/admin/record?subject=USER").text()


def test_a_stale_page_is_refused(desk: Client, city: City) -> None:
    address = user_address(desk, "housing")
    desk.send(address, status=409, version=99, name="别的名字", unit_id=city.units["HOUSING"], roles="UNIT_CLERK")


def test_disabling_ends_sessions_at_once(desk: Client, city: City) -> None:
    clerk = desk.application.test_client().as_user("housing")
    address = user_address(desk, "housing")
    desk.send(f"{address}/disable", version=version(desk, address))
    assert clerk.get("/notices").status_code == 303
    desk.send(f"{address}/enable", version=version(desk, address))
    assert "正常" in desk.page(address).text()


def test_a_reset_password_works_once_and_the_old_one_no_more(desk: Client, city: City) -> None:
    address = user_address(desk, "housing")
    shown = desk.send(f"{address}/password", status=200, version=version(desk, address)).page
    password = once(shown)
    other = desk.application.test_client()
    assert other.send("/sign-in", account="housing", password=password, next="").status_code == 303


def test_the_last_administrator_stays(desk: Client, city: City) -> None:
    address = user_address(desk, "admin")
    desk.send(f"{address}/disable", status=409, version=version(desk, address))


@pytest.mark.parametrize("account", ["agent", "housing", "supervisor", "leader", "auditor"])
def test_the_seat_is_closed_to_others(browser: Client, city: City, account: str) -> None:
    browser.as_user(account).page("/admin/users", status=403)


def test_a_director_sets_rules_but_not_people(browser: Client, city: City) -> None:
    browser.as_user("director").page("/admin/users", status=403)
    browser.page("/admin/record")


# --- trees


def unit_address(city: City, code: str) -> str:
    return f"/admin/units/{city.units[code]}"


def test_a_unit_is_opened_renamed_moved_and_closed_with_a_successor(desk: Client, city: City) -> None:
    made = desk.send("/admin/units/new", code="PARKS", name="区园林绿化中心", short_name="园林", kind="BUREAU",
                     parent_id=city.units["DISTRICT"])
    address = made.headers["Location"]
    desk.send(address, version=version(desk, address), name="区园林局", short_name="园林局")
    desk.send(f"{address}/move", version=version(desk, address), parent_id=city.units["URBAN"])
    desk.send(f"{address}/close", version=version(desk, address), successor_id=city.units["URBAN"], note="机构改革")
    words = desk.page(address).text()
    for wanted in ("该单位已停用", "区园林局", "机构改革", "区城市管理局"):
        assert wanted in words
    assert "区园林局" not in desk.page("/admin/units").text()
    assert "区园林局" in desk.page("/admin/units?closed=1").text()


def test_a_unit_with_open_work_needs_a_successor_and_hands_it_over(desk: Client, city: City, loop: Any) -> None:
    no = loop(play.to_handling)
    address = unit_address(city, "HOUSING")
    assert "现有 1 件未办结" in desk.page(address).text()
    desk.send(f"{address}/close", status=409, version=version(desk, address))
    desk.send(f"{address}/close", version=version(desk, address), successor_id=city.units["URBAN"])
    assert "区城市管理局" in desk.as_user("urban").page(f"/tickets/{no}").text()


def test_a_merger_is_looked_at_first_then_done_with_progress(desk: Client, city: City, loop: Any) -> None:
    no = loop(play.to_handling)
    address = f"{unit_address(city, 'HOUSING')}/change"
    assert "预览" in desk.page(address).text()
    asked = {"change": "MERGE", "successor_id": city.units["URBAN"], "note": "机构改革"}
    desk.send(f"{address}/plan", status=422, version=1, change="MERGE")
    desk.send(f"{address}/plan", status=422, version=1, change="SPLIT", stays="1", lines="9999,*,URBAN")
    seen = desk.send(f"{address}/plan", status=200, version=1, **asked).text
    assert "尚未改动" in seen
    assert "区城市管理局" in seen
    assert "按此执行" in seen
    where = desk.send(address, version=1, **asked).headers["Location"]
    assert "停止" in desk.page(where).text()
    desk.send(f"{where}/cancel")
    assert "继续" in desk.page(where).text()
    desk.send(f"{where}/resume")
    loop(lambda _city: jobs.start_unit_changes())
    assert "已完成" in desk.page(where).text()
    assert "区城市管理局" in desk.as_user("urban").page(f"/tickets/{no}").text()


def test_people_of_a_split_are_shown_where_they_go_and_kept_as_typed(desk: Client, city: City, loop: Any) -> None:
    address = f"{unit_address(city, 'HOUSING')}/change"
    asked = {"version": 1, "change": "SPLIT", "lines": "0101,*,SCHOOLS", "successor_id": city.units["URBAN"]}
    refused = desk.send(f"{address}/plan", status=422, **asked, people="housing SCHOOLS").page
    assert "每行写账号、单位代码" in refused.text()
    assert "housing SCHOOLS" in refused.html
    seen = desk.send(f"{address}/plan", status=200, **asked, people="housing，SCHOOLS").page
    assert "住建经办人区教育局" in "".join(seen.text().split())
    assert "住建分管领导区城市管理局" in "".join(seen.text().split())
    form = seen.fields(address) | {"successor_id": city.units["URBAN"]}
    assert form["people"] == "housing，SCHOOLS"
    where = desk.send(address, **form).headers["Location"]
    loop(lambda _city: jobs.start_unit_changes())
    assert "已完成" in desk.page(where).text()


@pytest.mark.parametrize(("what", "parent", "more"), [
    ("categories", "05", {"needs_place": "1"}), ("areas", "D", {"kind": "STREET"}),
])
def test_a_node_is_added_renamed_moved_and_taken_out_of_use(
    desk: Client, city: City, what: str, parent: str, more: dict[str, str]
) -> None:
    keys = city.categories if what == "categories" else city.areas
    made = desk.send(f"/admin/{what}/new", code="X9", name="新条目", parent_id=keys[parent], **more)
    address = made.headers["Location"]
    desk.send(address, version=version(desk, address), name="新名称", **{k: v for k, v in more.items() if k != "kind"})
    desk.send(f"{address}/move", version=version(desk, address), parent_id=keys[parent])
    desk.send(f"{address}/close", version=version(desk, address))
    assert "新名称" not in desk.page(f"/admin/{what}").text()
    assert "新名称" in desk.page(f"/admin/{what}?closed=1").text()
    assert "停用" in desk.page(address).text()
    desk.send(f"{address}/open", version=version(desk, address))
    assert "新名称" in desk.page(f"/admin/{what}?q=xmc").text()


def test_a_refused_node_keeps_what_was_typed(desk: Client, city: City) -> None:
    page = desk.send("/admin/categories/new", status=422, code="05", name="重复的代码").page
    assert "重复的代码" in [i.get("value") for i in page.all("input")]
    desk.page("/admin/categories/999999", status=404)
