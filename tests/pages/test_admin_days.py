"""The administrator's pages of working hours and working days: seen, changed, imported, dues counted anew."""

from __future__ import annotations

from typing import Any

import pytest

from hotline import times
from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import jobs
from workflows.model.base import db
from workflows.model.ticket import Assignment, Ticket

NOTICE = "2027-01-01~2027-01-03,OFFDAY,元旦\n2027/1/4，休息日，元旦\n\n2027-01-09\tworkday\t元旦调休上班"
YEARS = "/admin/calendars/years"
SOURCE = "国办发明电〔2026〕9号"


@pytest.fixture
def desk(browser: Client, city: City) -> Client:
    return browser.as_user("admin")


def hours(desk: Client, name: str) -> str:
    """The address of working hours."""
    listed = desk.page("/admin/calendars")
    return next(a.get("href") or "" for a in listed.all("a") if listed.text(a) == name)


def errors(page: Document) -> str:
    return " ".join(page.texts("div", class_="error"))


def cell(page: Document, day: str) -> tuple[str, str]:
    """The class and the words of a day in its month."""
    found = next(a for a in page.all("a") if f"day={day}#" in (a.get("href") or ""))
    return found.get("class") or "", page.text(found)


# --- working hours


def test_the_list_shows_hours_with_their_blocks_and_who_works_by_them(desk: Client) -> None:
    rows = desk.page("/admin/calendars").texts("tr")
    office, duty = (next(row for row in rows if row.startswith(name)) for name in ("办公时间", "24h"))
    for wanted in ("09:00–12:00、13:30–17:30", "默认", "未另行指定的单位"):
        assert wanted in office
    for wanted in ("00:00–24:00", "全年无休", "1 个单位"):
        assert wanted in duty


def test_hours_are_added_changed_and_made_the_default_with_their_history(desk: Client) -> None:
    made = desk.send("/admin/calendars/new", name="窗口时间", blocks="8：30 － 12:00\r\n14:00~24:00\r\n", all_days="1")
    address = made.headers["Location"]
    form = desk.page(address).fields(address)
    assert form["blocks"] == "08:30-12:00\n14:00-24:00"
    assert form["all_days"] == "1"
    desk.send(address, version=form["version"], name="窗口", blocks="09:00-18:00")
    desk.send(f"{address}/default", version=int(form["version"]) + 1)
    words = desk.page(address).text()
    for wanted in ("08:30–12:00、14:00–24:00 → 09:00–18:00", "系统管理员", "新增", "全年无休 是 → 否"):
        assert wanted in words
    assert "默认" in next(row for row in desk.page("/admin/calendars").texts("tr") if row.startswith("窗口"))
    assert "默认" not in next(row for row in desk.page("/admin/calendars").texts("tr") if row.startswith("办公时间"))


@pytest.mark.parametrize("blocks", [
    "九点到五点", "09:00-12:00\n11:00-13:00", "13:30-17:30\n09:00-12:00", "25:00-26:00",
    "09:61-10:00", "24:00-08:00", "# ",
])
def test_hours_that_cannot_be_counted_by_are_refused_with_the_words_kept(desk: Client, blocks: str) -> None:
    page = desk.send("/admin/calendars/new", status=422, name="怪时间", blocks=blocks).page
    assert page.fields("/new")["name"] == "怪时间"
    assert page.fields("/new")["blocks"] == blocks
    assert "时段须按先后填写" in errors(page)


def test_stale_hours_are_refused_with_the_words_kept(desk: Client) -> None:
    address = hours(desk, "办公时间")
    page = desk.send(address, status=409, version=99, name="改名", blocks="10:00-11:00").page
    assert page.fields(address) | {"csrf_token": ""} == {
        "csrf_token": "", "version": "1", "name": "改名", "blocks": "10:00-11:00"}
    assert "已被他人修改" in page.text()


# --- the year


def test_a_year_tells_working_days_holidays_and_make_up_days_apart_by_sign(desk: Client) -> None:
    page = desk.page(f"{YEARS}/2026")
    assert len(page.all("section", class_="month")) == 12
    assert cell(page, "2026-10-01") == ("day day-holiday", "1休")
    assert cell(page, "2026-10-10") == ("day day-makeup", "10班")
    assert cell(page, "2026-10-11") == ("day day-rest", "11")
    assert cell(page, "2026-10-12")[1] == "12"
    words = page.text()
    assert "1–7 国庆节" in words
    assert "10 国庆节调休上班" in words
    assert "全年 248 个工作日" in words
    assert "暂定" not in words


def test_a_provisional_and_an_unknown_year_say_what_that_means(desk: Client) -> None:
    assert "调休上班的日子还不知道" in desk.page(f"{YEARS}/2027").text()
    page = desk.page(f"{YEARS}/2031")
    assert "只按周一至周五工作" in page.text()
    assert not [f for f in page.all("form") if (f.get("action") or "").endswith("/day")]
    answer = desk.send(f"{YEARS}/2031/day", status=422, day="2031-05-01", kind="OFFDAY", source="通知").page
    assert "只按周一至周五工作" in answer.text()
    for year in (1999, 2101, 99999999999999999999):
        desk.page(f"{YEARS}/{year}", status=404)
        desk.page(f"{YEARS}/{year}/notice", status=404)


def test_a_day_is_changed_by_somebodys_word_and_that_is_on_record(desk: Client) -> None:
    page = desk.page(f"{YEARS}/2026?day=2026-11-20")
    assert page.fields("/day")["day"] == "2026-11-20"
    assert page.fields("/day")["kind"] == "WORKDAY"
    sent = desk.send(f"{YEARS}/2026/day", day="2026-11-20", kind="OFFDAY", name="城运会开幕", source="市政府通知")
    page = desk.page(sent.headers["Location"])
    assert cell(page, "2026-11-20") == ("day day-holiday", "20休")
    assert page.fields("/dues")["first"] == page.fields("/dues")["last"] == "2026-11-20"
    words = page.text()
    for wanted in ("已定的到期时间没有变动", "20 城运会开幕", "系统管理员", "工作日 → 休息日", "市政府通知",
                   "全年 247 个工作日"):
        assert wanted in words
    assert "城运会开幕" not in desk.page(f"{YEARS}/2025").text()


def test_a_refused_day_keeps_what_was_typed_and_leaves_the_other_form_alone(desk: Client) -> None:
    page = desk.send(f"{YEARS}/2026/day", status=422, day="2026-11-20", kind="OFFDAY", name="城运会开幕").page
    assert page.fields("/day")["name"] == "城运会开幕"
    assert page.fields("/day")["kind"] == "OFFDAY"
    assert page.fields("/dues")["first"] == "2026-01-01"
    assert len(page.all("div", role="alert")) == 1


# --- dues


def due(no: str) -> Any:
    ticket = db.session.query(Ticket).filter_by(no=no).one()
    return db.session.get(Assignment, ticket.lead_assignment_id).due_at


def test_dues_move_only_when_counted_anew_and_the_ticket_says_so(desk: Client, loop: Any) -> None:
    no = loop(play.to_handling)
    before = loop(lambda _city: due(no))
    day = str(before.date())
    desk.send(f"{YEARS}/2026/day", day=day, kind="OFFDAY", source="市政府通知")
    job = desk.send(f"{YEARS}/2026/dues", first=day, last=day).headers["Location"]
    assert "排队中" in desk.page(job).text()
    loop(lambda _city: jobs.start_recounts())
    page = desk.page(job)
    assert no in page.text()
    assert "试算，没有改动任何工单" in page.text()
    assert loop(lambda _city: due(no)) == before
    desk.send(job)
    assert desk.open(f"{job}/progress").status_code == 200
    loop(lambda _city: jobs.start_recounts())
    assert loop(lambda _city: due(no)) > before
    assert "已完成" in desk.page(job).text()
    assert desk.open(f"{job}/progress").headers["HX-Refresh"] == "true"
    assert no in desk.open(f"{job}/moves.csv").get_data(as_text=True)
    assert job in [a.get("href") for a in desk.page("/admin/recounts").all("a")]
    assert "重新计算时限" in desk.as_user("housing").page(f"/tickets/{no}").text()
    desk.page(job, status=403)


def test_limits_are_judged_anew_only_on_purpose_and_may_be_stopped(desk: Client, loop: Any, city: City) -> None:
    no = loop(play.to_handling)
    desk.as_user("director")
    desk.send("/admin/limits/new", code="HANDLING", amount=1, basis="wd", source="试点通知",
              category_id=city.categories["0101"])
    job = desk.send("/admin/recounts", code="HANDLING").headers["Location"]
    desk.send(f"{job}/cancel")
    assert "已取消" in desk.page(job).text()
    desk.send(f"{job}/cancel", status=409)
    desk.send(job)
    loop(lambda _city: jobs.start_recounts())
    assert "会变动1" in desk.page(job).text()
    desk.send(job)
    loop(lambda _city: jobs.start_recounts())
    desk.send(job, status=409)
    page = desk.as_user("supervisor").page(f"/tickets/{no}")
    assert "试点通知" in page.text()
    accounts = [a.get("href") or "" for a in page.all("a") if "/clocks/" in (a.get("href") or "")]
    words = [desk.page(address).text() for address in accounts]
    account = next(text for text in words if "按现行时限规则重新判定" in text)
    assert "按规则计 5 工作日" in account
    assert "相符" in account
    desk.page(job, status=403)


@pytest.mark.parametrize(("first", "last", "words"), [
    ("2026-05-02", "2026-05-01", "不能早于"), ("2025-01-01", "2026-12-31", "太长"), ("", "2026-05-01", "必填"),
])
def test_days_that_are_no_span_are_refused_with_the_words_kept(desk: Client, first: str, last: str, words: str) -> None:
    page = desk.send(f"{YEARS}/2026/dues", status=422, first=first, last=last).page
    assert (page.fields("/dues")["first"], page.fields("/dues")["last"]) == (first, last)
    assert words in errors(page)


# --- the notice


def test_a_notice_is_looked_at_then_written(desk: Client) -> None:
    page = desk.send(f"{YEARS}/2027/notice", status=200, rows=NOTICE, source=SOURCE).page
    rows = page.texts("tr")
    assert "2027-01-09 周六 改为上班 休息日 工作日 元旦调休上班" in rows
    assert "2027-01-02 周六 只改名称 休息日 休息日 元旦" in rows
    assert "请检查节假日是否写全" in page.text()
    assert not [row for row in rows if row.startswith("2027-01-12")]
    assert "暂定" in desk.page(f"{YEARS}/2027").text(), "looking must write nothing"
    plan = page.fields("/import")
    sent = desk.send(f"{YEARS}/2027/import", **{n: plan[n] for n in ("rows", "source", "seen")})
    page = desk.page(sent.headers["Location"])
    assert cell(page, "2027-01-09") == ("day day-makeup", "9班")
    for wanted in ("已按通知导入", SOURCE, "1–4 元旦", "2027-01-09 休息日 → 工作日 元旦调休上班"):
        assert wanted in page.text()
    assert "调休上班的日子还不知道" not in page.text()
    assert "导入" in desk.page("/admin/record?subject=CALENDAR_DAY").text()


def test_a_year_changed_since_it_was_looked_at_is_shown_anew_with_the_words_kept(desk: Client) -> None:
    plan = desk.send(f"{YEARS}/2027/notice", status=200, rows=NOTICE, source=SOURCE).page.fields("/import")
    desk.send(f"{YEARS}/2027/day", day="2027-03-01", kind="OFFDAY", source="市政府通知")
    page = desk.send(f"{YEARS}/2027/import", status=409, rows=plan["rows"], source=SOURCE, seen=plan["seen"]).page
    assert "已被他人修改" in page.text()
    assert "2027-03-01 周一 改为上班 休息日 工作日" in page.texts("tr")
    again = page.fields("/import")
    assert again["seen"] != plan["seen"]
    assert page.fields("/notice")["rows"] == NOTICE
    desk.send(f"{YEARS}/2027/import", rows=again["rows"], source=SOURCE, seen=again["seen"])


@pytest.mark.parametrize(("rows", "words"), [
    ("2027-01-01,OFFDAY,元旦\n元旦放假三天", "第 2 行"),
    ("2027-02-30,OFFDAY,春节", "第 1 行"),
    ("2027-02-06~2027-02-01,OFFDAY,春节", "第 1 行"),
    ("2027-01-01,HOLIDAY,元旦", "第 1 行"),
    ("2027-01-01,OFFDAY,元旦\n2027-01-01,OFFDAY,元旦", "同一天出现了两次"),
    ("2026-12-31,OFFDAY,元旦", "其他年份"),
    ("date,kind,name", "必填"),
])
def test_a_notice_that_cannot_be_read_is_refused_by_its_line(desk: Client, rows: str, words: str) -> None:
    page = desk.send(f"{YEARS}/2027/notice", status=422, rows=rows, source=SOURCE).page
    assert page.fields("/notice")["rows"] == rows
    assert page.fields("/notice")["source"] == SOURCE
    assert words in errors(page)


def test_the_pages_are_the_administrators_alone(browser: Client, city: City) -> None:
    for account in ("director", "housing"):
        browser.as_user(account)
        for address in ("/admin/calendars", "/admin/calendars/new", f"{YEARS}/2026", f"{YEARS}/2027/notice"):
            browser.page(address, status=403)
        browser.send(f"{YEARS}/2027/notice", status=403, rows=NOTICE, source=SOURCE)
        browser.send(f"{YEARS}/2026/day", status=403, day="2026-11-20", kind="OFFDAY", source="x")
        browser.send(f"{YEARS}/2026/dues", status=403, first="2026-11-20", last="2026-11-20")


def test_the_notices_own_words_are_looked_at_and_imported(desk: Client) -> None:
    words = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。1月9日（周六）上班。"
    page = desk.send(f"{YEARS}/2027/notice", status=200, rows=words, source=SOURCE).page
    assert "2027-01-09 周六 改为上班 休息日 工作日 元旦调休上班" in page.texts("tr")
    plan = page.fields("/import")
    assert plan["rows"] == words
    sent = desk.send(f"{YEARS}/2027/import", **{n: plan[n] for n in ("rows", "source", "seen")})
    page = desk.page(sent.headers["Location"])
    assert cell(page, "2027-01-09") == ("day day-makeup", "9班")
    assert "重算到期时间" in page.text()
    refused = desk.send(f"{YEARS}/2027/notice", status=422, rows=words.replace("周六", "周一"), source=SOURCE).page
    assert "第 1 行：“1月9日(周一)”的星期不对" in errors(refused)
    assert refused.fields("/notice")["rows"] == words.replace("周六", "周一")


@pytest.mark.parametrize(("day", "year"), [("2026-10-31 23:59", None), ("2026-11-01 00:00", 2027)])
def test_who_keeps_the_calendar_is_warned_from_november_on(
    desk: Client, monkeypatch: pytest.MonkeyPatch, day: str, year: int | None
) -> None:
    monkeypatch.setattr(times, "moment", lambda: play.moment(day))
    for account, kept in (("admin", True), ("supervisor", True), ("director", True), ("housing", False)):
        words = desk.as_user(account).page("/notices").text()
        assert ("年尚无正式的放假安排" in words) is (kept and year is not None), account
    warned = desk.as_user("admin").page("/notices").all("a", href=f"{YEARS}/{year}/notice")
    assert len(warned) == (1 if year else 0)


def test_a_due_that_may_still_move_is_marked_on_pages_and_in_the_api(desk: Client, loop: Any, city: City) -> None:
    desk.as_user("director").send("/admin/limits/new", code="HANDLING", amount=60, basis="wd", source="长期限",
                                  category_id=city.categories["0101"])
    no = loop(play.to_handling)
    desk.as_user("housing")
    for address in (f"/tickets/{no}", "/departments/?tab=WORKING"):
        marks = [mark for mark in desk.page(address).all("span", class_="tag tag-warn") if mark.get("title")]
        assert [(mark.text, "正式的放假安排" in mark.get("title", "")) for mark in marks][:1] == [("暂定", True)]
