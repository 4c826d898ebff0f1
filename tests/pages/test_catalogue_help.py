"""协办单位: ticked on a line of the catalogue, and beforehand in the form of dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from tests.builders import City, log
from tests.pages.browser import Client, Document


def ticked(page: Document, name: str) -> list[str]:
    """The values of a field of several that stand ticked."""
    return [box.get("value") for box in page.all("input") if box.get("name") == name and box.get("checked") is not None]


def test_who_is_to_help_is_ticked_beforehand(
    browser: Client, loop: Callable[..., Any], city: City, admin: psycopg.Connection
) -> None:
    urban, water = str(city.units["URBAN"]), str(city.units["WATER"])
    boss = browser.as_user("admin")
    fields = {"category_id": city.categories["0101"], "unit_id": city.units["HOUSING"], "basis": "三定方案"}
    assert "已有这张工单的任务" in boss.send(
        "/admin/catalogue/new", status=422, **fields, co_unit_ids=[str(city.units["HOUSING"])]).page.text()
    line = boss.page(boss.send("/admin/catalogue/new", **fields, co_unit_ids=[urban, water]).headers["Location"])
    assert ticked(line, "co_unit_ids") == [urban, water]
    assert "协办：区城市管理局、区自来水公司" in boss.page("/admin/catalogue").text()
    no = loop(lambda city: log(city).no)
    clerk = browser.as_user("dispatcher")
    assert "协办：区城市管理局、区自来水公司" in clerk.page("/dispatch/").text()
    page = clerk.page(f"/tickets/{no}")
    assert ticked(page, "co_units") == [urban, water]
    form = page.fields(f"/tickets/{no}/moves/dispatch") | {"co_units": [urban, water]}
    assert form["unit_id"] == str(city.units["HOUSING"])
    clerk.send(f"/tickets/{no}/moves/dispatch", **form)
    roles = admin.execute("SELECT role FROM assignment ORDER BY id").fetchall()
    assert [role for (role,) in roles] == ["LEAD", "CO", "CO"]
