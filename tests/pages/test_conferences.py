"""会商 on the pages: called from the desk, answered by an invited unit, decided; why the dispatch was not late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import confer
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import ConferenceReason

Loop = Callable[..., Any]


def waiting(city: City) -> str:
    return play.log(city, "0502").no


def called(city: City) -> str:
    no = waiting(city)
    confer.confer(no, city.actor("dispatcher"), reason=ConferenceReason.OVERLAP, question="占道与物业如何划分",
                  unit_ids=[city.units["URBAN"], city.units["SCHOOLS"]])
    return no


def version(app, no: str) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Ticket.version).where(Ticket.no == no)))


def test_the_desk_calls_units_together(app, city: City, loop: Loop, browser: Client) -> None:
    no = loop(waiting)
    browser.as_user("dispatcher")
    sent = {"reason": "OVERLAP", "question": "占道与物业如何划分", "version": version(app, no)}
    answer = browser.send(f"/tickets/{no}/moves/confer", status=422, unit_ids=str(city.units["URBAN"]), **sent)
    assert "请选择 2 至 10 个单位" in answer.get_data(as_text=True)
    assert "占道与物业如何划分" in answer.get_data(as_text=True)
    both = [str(city.units["URBAN"]), str(city.units["HOUSING"])]
    browser.send(f"/tickets/{no}/moves/confer", unit_ids=both, **sent)
    desk = browser.page("/dispatch/?tab=conferences")
    assert "0／2 已提交" in desk.text(desk.one("tr", id=f"c{no}"))
    assert "没有待派单的工单" in browser.page("/dispatch/").text()


def test_an_invited_unit_writes_its_opinion_and_others_find_nothing(app, loop: Loop, browser: Client) -> None:
    no = loop(called)
    listed = browser.as_user("schools").page("/departments/conferences")
    assert "待本单位填写" in listed.text(listed.one("tr", id=f"c{no}"))
    browser.send(f"/tickets/{no}/moves/opine", stance="NOT_OURS", opinion="不属教育管理范围。")
    shown = browser.page(f"/tickets/{no}").text()
    assert "非本单位职责" in shown
    assert "不属教育管理范围。" in shown
    assert browser.as_user("housing").get(f"/tickets/{no}").status_code == 404


def test_the_result_goes_to_its_unit_and_the_pause_is_explained(app, city: City, loop: Loop, browser: Client) -> None:
    no = loop(called)
    browser.as_user("dispatcher")
    browser.send(f"/tickets/{no}/moves/decide_conference", version=version(app, no), unit_id=str(city.units["URBAN"]),
                 minutes="会商纪要：由城管局主办。")
    assert "会商纪要：由城管局主办。" in browser.as_user("urban").page(f"/tickets/{no}").text()
    with app.app_context():
        key = db.session.scalar(select(Clock.id).join(Ticket, Ticket.id == Clock.ticket_id)
                                .where(Ticket.no == no, Clock.code == "DISPATCH"))
    shown = browser.page(f"/tickets/{no}/clocks/{key}").text()
    assert "会商期间" in shown
    assert "各项首尾相接，合计与到期时间相符" in shown
    assert "按时完成" in shown
