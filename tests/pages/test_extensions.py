"""延期 on the pages: asked for on the ticket page, decided at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import extend
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import ExtensionReason

Loop = Callable[..., Any]
ASKED = {"reason": "CONSTRUCTION", "amount": "5", "plan": "配件已订购，到货后安装。", "caller_informed": "1"}


def contacted(city: City) -> str:
    no = play.to_handling(city)
    play.contact(city, no)
    return no


def asked(city: City) -> str:
    no = contacted(city)
    extend.apply_extension(no, city.actor("housing"), reason=ExtensionReason.OTHER, plan="等待验收", amount=4,
                           caller_informed=True)
    return no


def version(app, no: str) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Ticket.version).where(Ticket.no == no)))


def test_a_unit_asks_with_the_form_of_the_ticket_page(app, loop: Loop, browser: Client) -> None:
    no = loop(contacted)
    page = browser.as_user("housing").page(f"/tickets/{no}")
    form = page.one("details", id="move-apply_extension")
    assert "最多 5 工作日" in page.text(form)
    browser.send(f"/tickets/{no}/moves/apply_extension", version=version(app, no), **ASKED)
    shown = browser.page(f"/tickets/{no}").text()
    assert "延期申请" in shown
    assert "申请 5 工作日" in shown
    assert "配件已订购，到货后安装。" in shown
    assert browser.page(f"/tickets/{no}").all("details", id="move-apply_extension") == []


def test_what_is_wrong_is_told_and_the_words_are_kept(app, loop: Loop, browser: Client) -> None:
    no = loop(contacted)
    browser.as_user("housing")
    wrong = ASKED | {"amount": "9", "caller_informed": ""}
    answer = browser.send(f"/tickets/{no}/moves/apply_extension", status=422, version=version(app, no), **wrong)
    said = answer.get_data(as_text=True)
    assert "超过可延期的上限" in said
    assert "须先告知诉求人" in said
    assert "配件已订购，到货后安装。" in said


def test_the_desk_lists_what_waits_and_a_supervisor_grants_it(app, loop: Loop, browser: Client) -> None:
    no = loop(asked)
    desk = browser.as_user("supervisor").page("/dispatch/?tab=extensions")
    row = desk.one("tr", id=f"e{no}")
    assert "等待验收" in desk.text(row)
    assert "4 工作日" in desk.text(row)
    browser.send(f"/tickets/{no}/moves/grant_extension", version=version(app, no))
    assert "批准 4 工作日" in browser.page(f"/tickets/{no}").text()
    assert "没有待审的延期" in browser.page("/dispatch/?tab=extensions").text()


def test_a_dispatcher_sees_it_and_may_not_decide(loop: Loop, browser: Client) -> None:
    no = loop(asked)
    page = browser.as_user("dispatcher").page("/dispatch/?tab=extensions")
    assert "同意延期" not in page.text(page.one("tr", id=f"e{no}"))


def test_a_refusal_needs_words(app, loop: Loop, browser: Client) -> None:
    no = loop(asked)
    browser.as_user("supervisor")
    browser.send(f"/tickets/{no}/moves/refuse_extension", status=422, version=version(app, no), opinion="")
    browser.send(f"/tickets/{no}/moves/refuse_extension", version=version(app, no), opinion="时间足够")
    assert "时间足够" in browser.page(f"/tickets/{no}").text()
