"""时限说明: the page and the API that say why a clock is due when it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import administer, dispatch
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.ticket import Ticket
from workflows.rules.calendar import DayKind

Loop = Callable[..., Any]
BUDGET = 14


def address(app, no: str, code: str = "HANDLING") -> str:
    with app.app_context():
        key = db.session.scalar(
            select(Clock.id).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == code)
        )
    return f"/tickets/{no}/clocks/{key}"


def over_spring_festival(city: City) -> str:
    with play.at("2026-02-13 16:00"):
        return play.to_handling(city)


def returned_in_vain(city: City) -> str:
    with play.at("2026-11-16 10:00"):
        no = play.to_handling(city)
        play.ask_return(city, no)
    with play.at("2026-11-17 17:30"):
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
    return no


def test_holidays_and_make_up_days_are_named_day_by_day(app, loop: Loop, browser: Client) -> None:
    no = loop(over_spring_festival)
    page = browser.as_user("housing").page(address(app, no))
    words = page.text()
    for wanted in ("时限说明", no, "区住房和建设局", "内置默认（可改）", "5 工作日", "办公时间（第1版）",
                   "2026-02-13 16:00", "2026-02-27 17:30", "各项首尾相接，合计与到期时间相符"):
        assert wanted in words
    days = [" ".join(row.split()) for row in page.texts("tr")]
    told = [row for row in days if "2月1" in row or "2月2" in row]
    assert told[0] == "2月13日周五 起算当日，不计"
    assert told[1] == "2月14日周六 第1天 春节调休上班"
    assert told[2] == "2月15日周日–2月23日周一 不计 春节放假"
    assert told[-1] == "2月27日周五 第5天"


def test_a_credit_says_who_was_late_and_by_how_much(app, loop: Loop, browser: Client) -> None:
    no = loop(returned_in_vain)
    words = browser.as_user("housing").page(address(app, no)).text()
    assert "热线审核退单超过时限" in words
    assert "派单员" in words
    assert "应于 2026-11-16 15:30 前决定，实际于 2026-11-17 17:30 决定" in words
    assert "各项首尾相接" in words


def test_a_wrong_sum_is_told(app, loop: Loop, browser: Client) -> None:
    no = loop(over_spring_festival)

    def spoil(_city: City) -> None:
        with db.engine.begin() as connection:
            connection.execute(Clock.__table__.update().where(Clock.code == "HANDLING").values(
                due_at=play.moment("2026-03-20 17:30")))

    loop(spoil)
    words = browser.as_user("housing").page(address(app, no)).text()
    assert "各项相加与到期时间不符" in words


def test_a_limit_that_holds_by_an_older_calendar_says_so(app, loop: Loop, browser: Client) -> None:
    no = loop(over_spring_festival)
    off = {"day": date(2026, 2, 25), "kind": DayKind.OFFDAY, "source": "通知"}
    loop(lambda city: administer.set_day(city.actor("admin"), **off))
    page = browser.as_user("housing").page(address(app, no))
    assert "该时限未重新计算" in page.text()
    assert page.all("section", id="days-1") == []


@pytest.mark.parametrize(("account", "status"), [("housing", 200), ("leader", 200), ("urban", 404), ("admin", 403)])
def test_it_is_for_those_who_may_see_the_ticket(app, loop: Loop, browser: Client, account: str, status: int) -> None:
    no = loop(play.to_handling)
    assert browser.as_user(account).get(address(app, no)).status_code == status


def test_a_clock_of_another_ticket_or_none_is_not_found(app, loop: Loop, browser: Client) -> None:
    no, other = loop(play.to_handling), loop(play.to_handling)
    wrong = address(app, other).replace(other, no)
    assert browser.as_user("housing").get(wrong).status_code == 404
    assert browser.get(f"/tickets/{no}/clocks/99999999999999999999").status_code == 404


def test_it_reads_in_english_and_takes_few_queries(app, loop: Loop, browser: Client, queries) -> None:
    no = loop(returned_in_vain)
    page = browser.as_user("housing")
    assert queries(lambda: page.page(address(app, no))) <= BUDGET
    page.send("/language", locale="en")
    assert "How the due date comes about" in page.page(address(app, no)).text()


def test_the_ticket_page_leads_there(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    links = [a.get("href") for a in browser.as_user("housing").page(f"/tickets/{no}").all("a")]
    assert address(app, no) in links
