"""A unit's queue: its tabs, filters, refresh; signing for one ticket and for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import collect
from workflows.model.base import db, now
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import CallerType, Kind

Loop = Callable[..., Any]
#: Queries of the page, sign-in and badge included.
BUDGET = 14


def shown(page: Document) -> list[str]:
    """The numbers of the rows."""
    return [row.get("id").removeprefix("t") for row in page.all("tr") if (row.get("id") or "").startswith("t")]


def tabs(page: Document) -> dict[str, int]:
    """The counts on the tabs."""
    listed = next(nav for nav in page.all("nav") if nav.get("class") == "tabs")
    found = (page.text(link).rsplit(" ", 1) for link in listed.iter("a"))
    return {words: int(count) for words, count in found}


def state_of(app, no: str) -> tuple[str, int]:
    with app.app_context():
        return tuple(db.session.execute(select(Ticket.state, Ticket.version).where(Ticket.no == no)).one())


def pair(app, no: str) -> str:
    """A ticket as its tick box sends it."""
    return f"{no}.{state_of(app, no)[1]}"


def poll(browser: Client, address: str, **headers: str) -> Any:
    return browser.get(address, headers={"X-Poll": "1", "HX-Request": "true"} | headers)


def test_every_tab_shows_its_count_and_its_tickets(loop: Loop, browser: Client) -> None:
    where = {"TO_SIGN": loop(play.log).no, "WORKING": loop(play.to_handling), "REPLIED": loop(play.to_replied)}
    where["RETURNING"] = loop(play.to_handling)
    loop(play.ask_return, where["RETURNING"])
    browser.as_user("housing")
    for tab, no in where.items():
        assert shown(browser.page(f"/departments/?tab={tab}")) == [no]
    assert tabs(browser.page("/departments/")) == {
        "待签收": 1, "办理中": 1, "将超期": 0, "已超期": 0, "退单中": 1, "重办": 0, "待审签": 0,
        "协办": 0, "下派": 0, "抄送": 0, "挂账": 0, "已回复": 1,
    }


def test_what_waits_to_be_signed_for_is_opened_first_else_what_is_being_handled(loop: Loop, browser: Client) -> None:
    working = loop(play.to_handling)
    browser.as_user("housing")
    assert shown(browser.page("/departments/")) == [working]
    waiting = loop(play.log).no
    assert shown(browser.page("/departments/")) == [waiting]


def test_the_queue_says_how_much_is_left_in_words(loop: Loop, browser: Client) -> None:
    late, early = loop(_long_ago), loop(play.log).no
    page = browser.as_user("housing").page("/departments/?tab=TO_SIGN")
    assert shown(page) == [late, early]
    said = [page.text(e) for e in page.all("time") if "due" in (e.get("class") or "")]
    assert said[0].startswith("✖ 超期")
    assert said[1].startswith("● 剩")
    assert shown(browser.page("/departments/?tab=OVERDUE")) == [late]


def _long_ago(city: City) -> str:
    with play.at(now() - timedelta(days=40)):
        return play.log(city).no


def test_a_row_says_what_is_special_about_its_ticket(loop: Loop, browser: Client) -> None:
    no = loop(play.log, **play.WITHHELD, **play.URGENT, caller_type=CallerType.ENTERPRISE,
              enterprise_name="甲公司", place="三号楼").no
    loop(lambda city: collect.urge(no, city.actor("agent")))
    words = browser.as_user("housing").page("/departments/").text()
    for wanted in ("紧急", "保密", "企业", "催×1", "三号楼", "投诉", "电梯停运三天无人修"):
        assert wanted in words


def test_other_units_see_nothing_of_it_and_other_roles_no_queue(loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    assert no not in browser.as_user("schools").page("/departments/?tab=TO_SIGN").html
    assert no in browser.as_user("coordinator").page("/departments/?tab=TO_SIGN").html
    for account in ("agent", "dispatcher", "leader", "admin"):
        browser.as_user(account).page("/departments/", status=403)


def test_a_ticket_is_signed_for_from_its_row(app, loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    page = browser.as_user("housing").page("/departments/?tab=TO_SIGN")
    button = page.one("button", form="sign-one")
    sent = browser.send(button.get("formaction"), **{button.get("name"): button.get("value")})
    assert sent.headers["Location"] == "/departments/?tab=TO_SIGN"
    assert state_of(app, no)[0] == "HANDLING"
    assert f"工单 {no}：“签收”已完成。" in browser.page(sent.headers["Location"]).text()


def test_many_are_signed_for_each_by_itself_and_each_is_accounted_for(app, loop: Loop, browser: Client) -> None:
    good, gone, stale = (loop(play.log).no for _ in range(3))
    foreign = loop(play.log, "0201").no
    ticked = [pair(app, no) for no in (good, gone, stale, foreign)]
    loop(play.sign, gone)
    loop(lambda city: collect.add(stale, city.actor("agent"), text="还有一部也坏了"))
    browser.as_user("housing")
    page = browser.send("/departments/?tab=TO_SIGN", status=200, tickets=ticked).page
    said = page.text(next(e for e in page.all("div") if "data-focus" in e.attrib))
    assert "已签收 1 件" in said
    assert "3 件未能签收" in said
    assert said.count("已有变化") == 2
    assert "没有找到这张工单。" in said
    assert [state_of(app, no)[0] for no in (good, gone, stale, foreign)] == [
        "HANDLING", "HANDLING", "DISPATCHED", "DISPATCHED",
    ]
    assert shown(page) == [stale]


@pytest.mark.parametrize("tickets", [[], ["abc"], [f"2026111601000{n:04}.1" for n in range(51)]], ids=len)
def test_what_cannot_be_signed_for_together_is_refused_and_the_queue_stays(
    loop: Loop, browser: Client, tickets: list[str]
) -> None:
    no = loop(play.log).no
    browser.as_user("housing")
    page = browser.send("/departments/", status=422, tickets=tickets).page
    assert "填写的内容有误" in page.text()
    assert page.texts("p", class_="error")
    assert shown(page) == [no]


def test_a_refresh_sends_the_rows_alone_and_nothing_where_nothing_changed(loop: Loop, browser: Client) -> None:
    loop(play.log)
    browser.as_user("housing")
    address = browser.page("/departments/").one("div", id="live").get("hx-get")
    first = poll(browser, address)
    assert "<html" not in first.get_data(as_text=True)
    assert not first.page.all("form")
    again = poll(browser, address, **{"X-Shown": first.headers["X-Shown"]})
    assert (again.status_code, again.data) == (304, b"")
    newer = loop(play.log).no
    changed = poll(browser, address, **{"X-Shown": first.headers["X-Shown"]})
    assert newer in changed.page.html


def test_a_refreshed_page_still_leads_to_pages_not_to_parts(loop: Loop, browser: Client) -> None:
    for _ in range(3):
        loop(play.log)
    browser.as_user("housing")
    address = browser.page("/departments/?tab=TO_SIGN&size=2").one("div", id="live").get("hx-get")
    link = poll(browser, address).page.one("a", rel="next").get("href")
    assert len(shown(browser.page(link))) == 1


def test_what_came_in_since_the_page_was_opened_is_told(loop: Loop, browser: Client) -> None:
    loop(play.to_handling)
    browser.as_user("housing")
    # A page opened some seconds ago: the clock of the address counts whole seconds.
    address = browser.page("/departments/?tab=WORKING").one("div", id="live").get("hx-get")
    assert "新到" not in poll(browser, address).page.text()
    earlier = int(address.rpartition("=")[2]) - 5
    loop(play.log)
    later = poll(browser, f"/departments/?tab=WORKING&since={earlier}").page
    assert "新到 1 件待签收工单。" in later.text()
    assert later.one("div", id="arrivals").get("data-arrived") == "1"


def test_the_queue_is_walked_in_pages_by_due(loop: Loop, browser: Client) -> None:
    numbers = [loop(play.log, kind=kind).no for kind in (Kind.SUGGEST, Kind.COMPLAINT, Kind.SUGGEST)]
    urgent = loop(play.log, **play.URGENT).no
    browser.as_user("housing")
    first = browser.page("/departments/?tab=TO_SIGN&size=3")
    second = browser.page(first.one("a", rel="next").get("href"))
    assert [*shown(first), *shown(second)][0] == urgent
    assert sorted([*shown(first), *shown(second)]) == sorted([*numbers, urgent])
    assert shown(browser.page(second.one("a", rel="prev").get("href"))) == shown(first)


def test_the_queue_is_filtered_by_words_number_matter_and_unit(city: City, loop: Loop, browser: Client) -> None:
    lift = loop(play.log, title="电梯停运", place="阳光花园 7 号楼").no
    leak = loop(play.log, "0102", title="楼顶漏水", content="顶层渗水 100%").no
    school = loop(play.log, "0201", title="入学咨询", content="怎么划片").no
    browser.as_user("coordinator")

    def found(**asked: Any) -> set[str]:
        said = "&".join(f"{name}={value}" for name, value in asked.items())
        return set(shown(browser.page(f"/departments/?tab=TO_SIGN&{said}")))

    assert found() == {lift, leak, school}
    assert found(words="电梯") == {lift}
    assert found(words="阳光花园 电梯") == {lift}
    assert found(words="渗水 100%25") == {leak}
    assert found(words="%25") == {leak}
    assert found(words=school[-6:]) == {school}
    assert found(category_id=city.categories["01"]) == {lift, leak}
    assert found(category_id=city.categories["0102"]) == {leak}
    assert found(unit_id=city.units["SCHOOLS"]) == {school}
    assert found(unit_id=city.units["SCHOOLS"], words="电梯") == set()
    assert found(unit_id=999_999) == set()
    assert found(unit_id="x") == {lift, leak, school}
    assert browser.page("/departments/?tab=TO_SIGN&words=没有的").texts("p", class_="empty") == ["没有符合条件的工单。"]


def test_a_filter_reaches_no_further_than_ones_own_units(city: City, loop: Loop, browser: Client) -> None:
    loop(play.log, "0201")
    browser.as_user("housing")
    assert shown(browser.page(f"/departments/?tab=TO_SIGN&unit_id={city.units['SCHOOLS']}")) == []
    assert shown(browser.page(f"/departments/?tab=TO_SIGN&unit_id={city.units['DISTRICT']}")) == []


def test_an_address_with_nonsense_is_no_fault(loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    browser.as_user("housing")
    assert shown(browser.page("/departments/?tab=NONE&since=x&size=9999&category_id=-1")) == [no]
    browser.page("/departments/?page=broken", status=422)


CANARY = {"name": "欧阳秋白", "phone": "13912345678", "address": "金丝雀巷七号",
          "caller_type": CallerType.ENTERPRISE, "enterprise_name": "金丝雀贸易公司"}
LEAKS = ("欧阳", "13912345678", "139****", "金丝雀")


def test_a_withheld_caller_is_in_no_tab_of_a_unit(loop: Loop, browser: Client) -> None:
    for step in (play.log, play.to_handling, play.to_replied):
        loop(step, **play.WITHHELD, **CANARY)
    for account in ("housing", "housing_lead", "coordinator"):
        browser.as_user(account)
        for tab in ("TO_SIGN", "WORKING", "REPLIED"):
            page = browser.page(f"/departments/?tab={tab}")
            assert len(shown(page)) == 1
            assert not [leak for leak in LEAKS if leak in page.html]
            assert "欧阳" not in page.html
        assert shown(browser.page("/departments/?tab=TO_SIGN&words=欧阳秋白")) == []


def test_the_queue_costs_the_same_however_long_it_is(loop: Loop, browser: Client, queries: Callable[..., int]) -> None:
    loop(play.log)
    browser.as_user("housing").page("/departments/")
    few = queries(lambda: browser.page("/departments/"))
    for _ in range(6):
        loop(play.log)
    assert queries(lambda: browser.page("/departments/")) == few <= BUDGET
