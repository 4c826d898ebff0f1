"""The pages of what returns teach: proposals for the catalogue, thresholds, dispatch quality, raised tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import dispatch
from workflows.read.proposals import open_groups
from workflows.rules.vocabulary import RecallReason

Loop = Callable[..., Any]


def returned(city: City) -> int:
    no = play.to_handling(city)
    play.ask_return(city, no)
    dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
    return open_groups()[0].id


def raised(city: City) -> str:
    no = play.log(city).no
    for unit in ("URBAN", "SCHOOLS"):
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        play.send_to(city, no, unit, override_reason="改派")
    dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
    return no


def test_a_director_takes_a_proposal_up(city: City, loop: Loop, browser: Client) -> None:
    key = loop(returned)
    listed = browser.as_user("director").page("/admin/proposals")
    assert "区住房和建设局" in listed.text(listed.one("tr", id=f"p{key}"))
    page = browser.page(f"/admin/proposals/{key}")
    assert "退单单位建议" in page.text()
    wrong = browser.send(f"/admin/proposals/{key}/accept", status=422, unit_id=str(city.units["URBAN"]), basis="")
    assert "区城市管理局" in wrong.get_data(as_text=True)
    browser.send(f"/admin/proposals/{key}/accept", unit_id=str(city.units["URBAN"]), basis="权责清单第三条")
    shown = browser.page("/admin/proposals").text()
    assert "已采纳" in shown
    assert "没有待处理的建议" in shown


def test_an_administrator_sets_one_aside_and_says_why(loop: Loop, browser: Client) -> None:
    key = loop(returned)
    browser.as_user("admin")
    browser.send(f"/admin/proposals/{key}/reject", status=422, opinion="")
    browser.send(f"/admin/proposals/{key}/reject", opinion="个案")
    assert "未采纳" in browser.page("/admin/proposals").text()


def test_thresholds_are_changed_and_keep_what_was_typed(browser: Client) -> None:
    browser.as_user("director")
    wrong = browser.send("/admin/thresholds/CONFER_RETURNS", status=422, version="1", amount="0", source="区派单办法")
    assert "区派单办法" in wrong.get_data(as_text=True)
    browser.send("/admin/thresholds/CONFER_RETURNS", version="1", amount="4", source="区派单办法")
    assert "区派单办法" in browser.page("/admin/thresholds/CONFER_RETURNS").text()
    assert browser.get("/admin/thresholds/NOTHING").status_code == 404


def test_a_supervisor_sees_the_quality_and_the_raised_tickets(loop: Loop, browser: Client) -> None:
    no = loop(raised)
    board = browser.as_user("supervisor").page("/supervision/?tab=raised")
    assert "政府办公室协调会" in board.text(board.one("tr", id=f"q{no}"))
    shown = browser.page("/supervision/dispatching").text()
    assert "首派准确率" in shown
    assert "0 / 1" in shown
    assert "派错最多的事项" in shown
