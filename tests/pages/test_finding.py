"""工单查询: what is found by number, words and conditions, by whom; and what must not be: callers, others' tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import upkeep
from workflows.rules.numbering import ticket_no

Loop = Callable[..., Any]
NAME, PHONE = "欧阳白头鹎", "13794618309"
#: Queries of the page, sign-in and badge included.
BUDGET = 16


def stock(city: City) -> dict[str, str]:
    """Three requests, two of them about rubbish; one caller is withheld."""
    found = {
        "lift": play.log(city, name=NAME, phone=PHONE, **play.WITHHELD).no,
        "street": play.log(city, "0501", "D-E", title="垃圾堆积", content="杨桥路门前垃圾一周未清运。").no,
        "west": play.log(city, "0501", "D-W", title="垃圾桶破损", content="垃圾桶破损多日。").no,
    }
    upkeep.index_texts()
    return found


def found(page: Document) -> list[str]:
    """Numbers of the rows, in their order."""
    cells = [cell for cell in page.all("td", class_="num") if list(cell.iter("a"))]
    return [page.text(cell) for cell in cells]


def test_words_and_conditions_find_and_lead_back_to_the_list(loop: Loop, browser: Client, city: City) -> None:
    nos = loop(stock)
    seen = browser.as_user("agent")
    matter = str(city.categories["05"])
    asked = seen.send("/tickets/", q="垃圾", state="", category_id=matter, created_from="2020-01-01")
    page = seen.page(asked.location)
    assert found(page) == [nos["west"], nos["street"]]
    assert "垃圾" in page.texts("mark")
    [link] = [a for a in page.all("a") if a.get("href", "").startswith(f"/tickets/{nos['street']}")][:1]
    back = parse_qs(urlsplit(link.get("href")).query)["next"][0]
    assert found(seen.page(back)) == [nos["west"], nos["street"]]
    assert back in [a.get("href") for a in seen.page(link.get("href")).all("a")]
    for conditions, sees in (
        (f"area_id={city.areas['D-E']}", ["street"]), (f"unit_id={city.units['WEST']}", ["west"]),
        ("state=HANDLING", []), ("state=OVER", []), ("state=DISPATCHED&q=清运", ["street"]),
        ("created_to=2020-01-01", []), ("q=垃圾&created_from=2020-01-01", ["west", "street"]),
    ):
        assert found(seen.page(f"/tickets/?{conditions}")) == [nos[name] for name in sees], conditions


def test_pages_are_turned_with_all_that_was_asked(loop: Loop, browser: Client) -> None:
    nos = loop(stock)
    seen = browser.as_user("agent")
    page = seen.page("/tickets/?q=垃圾&size=1")
    assert found(page) == [nos["west"]]
    after = seen.page(page.one("a", rel="next").get("href"))
    assert found(after) == [nos["street"]]
    assert found(seen.page(after.one("a", rel="prev").get("href"))) == [nos["west"]]
    assert seen.get("/tickets/?q=垃圾&page=nonsense").status_code == 422


def test_a_number_opens_its_ticket_only_for_those_who_may_see_it(loop: Loop, browser: Client) -> None:
    no = loop(stock)["lift"]
    asked = browser.as_user("agent").send("/tickets/", q=f"{no[:8]} {no[8:]}-1")
    assert browser.get(asked.location).location == f"/tickets/{no}"
    hidden = browser.as_user("schools").page(f"/tickets/?q={no}").texts("p", class_="empty")
    never = browser.page(f"/tickets/?q={ticket_no(date(2020, 1, 1), '01', 1)}").texts("p", class_="empty")
    assert hidden == never != []
    wrong = no[:-1] + str((int(no[-1]) + 1) % 10)
    assert "有一位不对" in browser.page(f"/tickets/?q={wrong}").text()


def test_a_unit_never_finds_what_is_anothers(loop: Loop, browser: Client, city: City) -> None:
    nos = loop(stock)
    for account, sees in (("east", ["street"]), ("west", ["west"]), ("schools", []), ("leader", ["west", "street"])):
        seen = browser.as_user(account)
        matter, east = city.categories["0501"], city.units["EAST"]
        for asked in ("q=垃圾", "q=圾", f"category_id={matter}", f"q=垃圾&unit_id={east}"):
            expected = [name for name in sees if "unit_id" not in asked or name == "street"]
            assert found(seen.page(f"/tickets/?{asked}")) == [nos[name] for name in expected], (account, asked)
    assert not [f for f in browser.as_user("east").page("/tickets/").all("input") if f.get("name") == "unit_id"]


def test_a_callers_name_finds_nothing_and_stands_nowhere(loop: Loop, browser: Client) -> None:
    no = loop(stock)["lift"]
    for account in ("agent", "supervisor", "housing", "leader"):
        seen = browser.as_user(account)
        assert found(seen.page(f"/tickets/?q={NAME}")) == []
        shown = seen.page("/tickets/?q=电梯")
        assert found(shown) == [no]
        assert not [one for one in (NAME, "欧阳", "欧**", PHONE, "137****") if one in shown.html]


@pytest.mark.parametrize("written", [PHONE, "137 9461 8309", "+86-13794618309", f"电梯 {PHONE}", "0591-87654321"])
def test_a_telephone_number_is_not_searched_and_stands_in_no_address(
    loop: Loop, browser: Client, written: str
) -> None:
    loop(stock)
    refused = browser.as_user("agent").send("/tickets/", status=422, q=written)
    assert "电话号码不在这里查" in refused.page.text()
    assert "/desk/" in [a.get("href") for a in refused.page.one("main").iter("a")]
    refused = browser.as_user("housing").send("/tickets/", status=422, q=written)
    assert "/desk/" not in refused.page.html
    page = browser.get("/tickets/", query_string={"q": written}).page
    assert "电话号码不在这里查" in page.text()
    assert found(page) == []
    assert browser.send("/tickets/", q="110").status_code == 303  # a public service is nobody's number


def test_what_people_wrote_is_shown_as_words(loop: Loop, browser: Client) -> None:
    evil = "<script>alert('电梯')</script><img src=x onerror=电梯>"
    loop(play.log, "0502", title=f"电梯{evil}"[:120], content=f"电梯停运 {evil}")
    loop(lambda _city: upkeep.index_texts())
    seen = browser.as_user("agent")
    for words in ("电梯", "script", "<script>", "\"'><b>"):
        answer = seen.get("/tickets/", query_string={"q": words})
        assert answer.status_code == 200
        assert not answer.page.all("img")
        assert not answer.page.all("b")
        assert all(script.get("src", "").startswith("/assets/") for script in answer.page.all("script"))
    assert "&lt;" in seen.get("/tickets/", query_string={"q": "电梯"}).get_data(as_text=True)
    assert seen.page("/tickets/?q=电梯").texts("mark")[0] == "电梯"


def test_one_character_says_how_far_it_looks(loop: Loop, browser: Client) -> None:
    nos = loop(stock)
    page = browser.as_user("agent").page("/tickets/?q=梯")
    assert found(page) == [nos["lift"]]
    assert "单个字只在最近 30 天、最新 20000 件工单里查找" in page.text()
    assert "单个字" not in browser.page("/tickets/?q=电梯").text()


def test_an_unusable_condition_is_said_and_left_out(loop: Loop, browser: Client) -> None:
    nos = loop(stock)
    seen = browser.as_user("agent")
    for asked, words in (
        ("state=CLOSED", "请从列表中选择"), ("created_from=tomorrow", "日期不正确"), ("unit_id=x", "应为整数"),
        ("created_from=2026-02-02&created_to=2026-02-01", "截止日期不能早于开始日期"),
    ):
        page = seen.page(f"/tickets/?{asked}&q=清运")
        assert words in page.text(), asked
    assert found(seen.page("/tickets/?unit_id=x&q=清运")) == [nos["street"]]
    kept = seen.send("/tickets/", status=422, q="清运", created_from="x").page
    assert kept.one("input", id="f-q").get("value") == "清运"


def test_nothing_asked_and_nothing_found_say_what_to_do(loop: Loop, browser: Client) -> None:
    loop(stock)
    seen = browser.as_user("agent")
    assert "写工单编号直接打开" in seen.page("/tickets/").text()
    assert "可换一个说法" in seen.page("/tickets/?q=蜂鸟").text()


def test_the_box_in_the_bar_is_there_for_those_who_see_tickets(loop: Loop, browser: Client) -> None:
    for account in ("agent", "housing", "leader", "coordinator"):
        page = browser.as_user(account).page("/notices")
        assert page.fields("/tickets/")["q"] == ""
        assert len(browser.page("/tickets/").all("input", type="search")) == 1
    for account in ("admin", "auditor"):
        page = browser.as_user(account).page("/notices")
        assert not page.all("input", type="search")
        assert "/tickets/" not in page.html
        assert browser.get("/tickets/?q=电梯").status_code == 403
        assert browser.post("/tickets/", data={"q": "电梯", "csrf_token": browser.token()}).status_code == 403


def test_the_list_asks_a_fixed_number_of_questions(
    loop: Loop, browser: Client, queries: Callable[[Callable[[], Any]], int]
) -> None:
    loop(stock)
    browser.as_user("agent").page("/tickets/?q=垃圾")
    one = queries(lambda: browser.page("/tickets/?q=清运"))
    assert queries(lambda: browser.page("/tickets/?q=垃圾")) == one <= BUDGET
