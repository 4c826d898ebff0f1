"""The administrator's pages: each deed from its page, refusals with the words kept, history, closed to others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders import City
from tests.pages.browser import Client, Document

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
