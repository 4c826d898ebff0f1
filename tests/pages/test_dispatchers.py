"""The dispatch desk: candidates with reasons, one press to send, returns to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders as play
from tests.pages.browser import Client
from workflows import dispatch

Loop = Callable[..., Any]


def action(page: Any, no: str, move: str) -> list[Any]:
    return [f for f in page.all("form") if f"/tickets/{no}/moves/{move}" in (f.get("action") or "")]


def test_an_ambiguous_ticket_stands_there_with_its_candidates_and_reasons(loop: Loop, browser: Client) -> None:
    no = loop(play.log, "0502").no
    page = browser.as_user("dispatcher").page("/dispatch/")
    words = page.text()
    for wanted in (no, "区城市管理局", "区住房和建设局", "市容环卫 › 占道经营"):
        assert wanted in words
    assert len(action(page, no, "dispatch")) == 2


def test_one_press_sends_it_and_leads_back_to_the_desk(loop: Loop, browser: Client, city: Any) -> None:
    no = loop(play.log, "0502").no
    desk = browser.as_user("dispatcher")
    desk.page("/dispatch/")
    sent = desk.send(f"/tickets/{no}/moves/dispatch?next=/dispatch/", version=2, unit_id=city.units["URBAN"])
    assert sent.headers["Location"] == "/dispatch/"
    assert no not in [a.get("href") for a in desk.page("/dispatch/rows").all("a")]
    assert "区城市管理局" in desk.page(f"/tickets/{no}").text()


def test_a_certain_ticket_never_comes_here(loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    assert no not in browser.as_user("dispatcher").page("/dispatch/").text()


def test_a_return_is_shown_with_its_reason_basis_and_suggestion(loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    loop(play.ask_return, no)
    page = browser.as_user("dispatcher").page("/dispatch/?tab=returns")
    for wanted in (no, "非本单位职责", "三定方案第四条", "区城市管理局"):
        assert wanted in page.text()
    assert len(action(page, no, "grant_return")) == 1


def test_a_second_return_is_left_to_the_supervisor(loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    loop(play.ask_return, no)
    loop(lambda city: dispatch.grant_return(no, city.actor("dispatcher")))
    loop(play.send_to, no, "URBAN", override_reason="职责清单")
    loop(play.ask_return, no, by="urban", to="HOUSING")
    page = browser.as_user("dispatcher").page("/dispatch/?tab=returns")
    assert "由督办员审核" in page.text()
    assert action(page, no, "grant_return") == []
    assert len(action(browser.as_user("supervisor").page("/dispatch/?tab=returns"), no, "grant_return")) == 1


def test_who_does_not_dispatch_sees_what_is_to_be_completed_and_nothing_else(browser: Client, loop: Loop) -> None:
    page = browser.as_user("agent").page("/dispatch/?tab=returns")
    assert "没有待补充的工单" in page.text()
    assert "退单待审" not in page.text()


@pytest.mark.parametrize("account", ["callback", "housing", "admin", "leader"])
def test_the_desk_is_closed_to_others(browser: Client, account: str) -> None:
    browser.as_user(account).page("/dispatch/", status=403)
