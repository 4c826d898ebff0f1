"""The ladder's pages, and supervision orders on the pages of those they concern."""

from __future__ import annotations

from typing import Any

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from tests.pages.test_admin import version


@pytest.fixture
def desk(browser: Client) -> Client:
    return browser.as_user("director")


def step(city: City, **changes: Any) -> dict[str, Any]:
    return {"code": "HANDLING", "level": "URGE", "amount": "2", "unit_id": city.units["HOUSING"],
            "addressees": ["UNIT:UNIT_LEAD", "PARENT:UNIT_LEAD"], "source": "本区督办办法"} | changes


def test_the_ladder_says_when_each_step_is_taken_and_who_is_told(desk: Client) -> None:
    words = desk.page("/admin/ladder").text()
    for wanted in ("蓝牌提醒", "时间过 50%", "红牌超期", "超期 5 个工作日", "区政府 · 领导", "热线 · 督办员"):
        assert wanted in words


def test_a_unit_gets_a_step_of_its_own_which_is_changed_and_ended(desk: Client, city: City) -> None:
    address = desk.send("/admin/ladder/new", **step(city)).headers["Location"]
    new = desk.send(address, version=version(desk, address), **step(city, amount="4")).headers["Location"]
    assert new != address
    words = desk.page(new).text()
    for wanted in ("超期 4 个工作日", "区住房和建设局", "热线主任", "本区督办办法"):
        assert wanted in words
    desk.send(f"{new}/end", version=version(desk, new))
    assert new not in [a.get("href") for a in desk.page("/admin/ladder").all("a")]
    assert new in [a.get("href") for a in desk.page("/admin/ladder?every=1").all("a")]


def test_a_refused_step_keeps_what_was_typed(desk: Client, city: City) -> None:
    page = desk.send("/admin/ladder/new", status=422, **step(city, amount="")).page
    assert "本区督办办法" in [i.get("value") for i in page.all("input")]


def test_an_order_goes_from_the_supervisor_to_the_unit_and_back(browser: Client, city: City, loop: Any) -> None:
    no = loop(play.to_handling)
    supervisor = browser.as_user("supervisor")
    supervisor.send(f"/tickets/{no}/moves/supervise", level="1", reason="群众反映强烈")
    board = supervisor.page("/supervision/?tab=orders").text()
    for wanted in (no, "群众反映强烈", "区住房和建设局", "一级（热线督办）", "DB20"):
        assert wanted in board
    unit = browser.as_user("housing")
    page = unit.page(f"/tickets/{no}")
    number = next(o.get("value") for o in page.all("option") if (o.get("value") or "").startswith("DB"))
    unit.send(f"/tickets/{no}/moves/answer_order", order=number, answer="已约谈物业公司")
    assert "已约谈物业公司" in unit.page(f"/tickets/{no}").text()
    assert number not in browser.as_user("supervisor").page("/supervision/?tab=orders").text()
