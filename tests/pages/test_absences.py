"""Absences and channels of notices from their pages."""

from __future__ import annotations

from tests.builders import City
from tests.pages.browser import Client


def test_an_absence_is_entered_seen_and_ended_by_its_person(browser: Client, city: City) -> None:
    desk = browser.as_user("housing")
    me = city.users["housing"]
    assert "登记外出" in desk.page("/absences").text()
    wrong = desk.send(f"/absences/{me}", status=422, delegate="urban", last_day="2099-01-01").page
    assert "urban" in [i.get("value") for i in wrong.all("input")]
    first = desk.page("/absences")
    assert "没有外出记录" in first.text()
    desk.send(f"/absences/{me}", delegate="housing_lead", first_day="2090-01-02", last_day="2090-01-05")
    page = desk.page("/absences")
    assert "住建分管领导" in page.text()
    desk.send(f"/absences/{me}/1/end", version="1")
    assert "已结束" in desk.page("/absences").text()
    assert desk.get(f"/absences/{city.users['urban']}").status_code == 403


def test_an_administrator_sets_channels_from_the_page(browser: Client, city: City) -> None:
    desk = browser.as_user("admin")
    page = desk.page("/admin/notices")
    action = next(f.get("action") for f in page.all("form") if "/admin/notices/" in (f.get("action") or ""))
    desk.send(action, version="1", carriers=["sms", "webhook"])
    page = desk.page("/admin/notices").text()
    assert "短信" in page
    assert "变更历史" in page
    assert browser.as_user("supervisor").get("/admin/notices").status_code == 403
