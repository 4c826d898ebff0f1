"""运行通报、运行大屏: what supervisors read, take away as a workbook, and hang on the wall."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from openpyxl import load_workbook

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows.rules.vocabulary import Kind

Loop = Callable[..., Any]


@pytest.fixture
def work(loop: Loop) -> None:
    """A little of everything."""
    loop(play.to_closed)
    loop(lambda city: play.log(city, kind=Kind.HELP))


def test_the_bulletin_shows_counts_changes_and_the_tickets_behind_its_rates(browser: Client, work: None) -> None:
    page = browser.as_user("supervisor").page("/reports/")
    words = page.text()
    for wanted in ("受理", "物业服务", "区住房和建设局", "响应率", "口径版本"):
        assert wanted in words
    links = [a.get("href") for a in page.all("a") if "figures/tickets" in (a.get("href") or "")]
    assert links
    browser.page(links[0])
    charts = json.loads(page.one("div", id="charts").get("data-charts"))
    assert set(charts) == {"days", "topics", "kinds"}
    assert sum(charts["kinds"]["series"][0]["values"]) == 2


def test_the_workbook_says_the_same_and_holds_no_formula(browser: Client, work: None, loop: Loop) -> None:
    answer = browser.as_user("supervisor").get("/reports/bulletin.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["概况", "每日受理", "热点事项", "承办单位", "回访", "退单与挂账", "指标口径"]
    rows = {row[0].value: row[1].value for row in book["概况"].iter_rows(min_row=2)}
    assert rows["受理"] == 2
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_every_table_of_figures_says_who_is_rung_back(
    browser: Client, work: None, admin: psycopg.Connection, city: City
) -> None:
    boss = browser.as_user("supervisor")
    tables = ("/figures/", "/figures/ranking", "/reports/", "/citizen/months/")
    for address in tables:
        assert "回访方式：全量回访。" in boss.page(address).text()
    admin.execute("UPDATE rate_policy SET callback_percent = 20")
    for address in tables:
        words = boss.page(address).text()
        assert "抽样回访，以单位为层各抽 20%" in words
        assert "投诉举报、重办、企业、风险、督办批示和点名的必访" in words
    book = load_workbook(io.BytesIO(boss.get("/reports/bulletin.xlsx").data))
    held = [row[1].value for row in book["指标口径"].iter_rows(min_row=2)]
    assert "各抽 20%" in held[0]


def test_an_administrator_changes_who_is_rung_back_from_tomorrow_on(
    browser: Client, city: City, admin: psycopg.Connection
) -> None:
    boss = browser.as_user("director")
    key = admin.execute("SELECT id FROM rate_policy").fetchone()[0]
    address = f"/admin/scoring/policy/{key}"
    fields = boss.page(address).fields(address)
    assert fields["callback_percent"] == "100"
    sent = fields | {"callback_percent": "20", "source": "回访办法第三条"}
    assert "最早自明日起改变" in boss.send(address, status=422, **sent).page.text()
    tomorrow = admin.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date + 1").fetchone()[0]
    boss.send(address, **sent | {"valid_from": str(tomorrow)})
    asked = "SELECT callback_percent, valid_from = %s FROM rate_policy ORDER BY id"
    held = admin.execute(asked, (tomorrow,)).fetchall()
    assert held == [(100, False), (20, True)]
    assert "抽样回访，以单位为层各抽 20%" in boss.page("/admin/scoring").text()


def test_a_unit_reads_its_own_and_a_desk_nothing(browser: Client, work: None) -> None:
    words = browser.as_user("housing").page("/reports/").text()
    assert "区住房和建设局" in words
    assert "区城市管理局" not in words
    browser.as_user("callback").page("/reports/", status=403)


def test_a_period_that_runs_backwards_is_said_beside_its_field(browser: Client, city: City) -> None:
    words = browser.as_user("supervisor").page("/reports/?first=2026-11-20&last=2026-11-01").text()
    assert "不能早于开始日期" in words


def test_the_wall_shows_the_day_and_the_map_the_installation_supplies(
    browser: Client, work: None, app: Flask, tmp_path: Path
) -> None:
    browser.as_user("supervisor")
    assert "今日受理" in browser.page("/reports/wall").text()
    assert browser.get("/reports/wall/map.json").status_code == 404
    outlines = tmp_path / "areas.json"
    outlines.write_text(json.dumps({"type": "FeatureCollection", "features": []}), encoding="utf-8")
    app.config["AREAS_GEOJSON"] = str(outlines)
    try:
        page = browser.page("/reports/wall")
        assert page.one("div", **{"data-map": "/reports/wall/map.json"}) is not None
        assert browser.get("/reports/wall/map.json").json["type"] == "FeatureCollection"
    finally:
        app.config["AREAS_GEOJSON"] = ""
    browser.get("/reports/wall/now")
