"""挂账 on the pages: asked for on the ticket page, decided by those whose step it is, kept in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows.model.base import db
from workflows.model.settings import SignOffRule, SuspensionCauseRule
from workflows.model.ticket import Ticket

Loop = Callable[..., Any]
ASKED = {
    "reason": "BUDGET", "obstacles": "尚未立项", "plan": "列入明年计划",
    "milestones": "2098-03-31 完成立项\n2098-12-31 竣工",
    "leader_name": "王建国", "leader_office": "副局长", "target_on": "2099-06-30", "caller_informed": "1",
}


def contacted(city: City) -> str:
    no = play.to_handling(city)
    play.contact(city, no)
    return no


def version(app, no: str) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Ticket.version).where(Ticket.no == no)))


def test_a_suspension_goes_from_desk_to_desk_and_into_the_ledger(app, loop: Loop, browser: Client) -> None:
    no = loop(contacted)
    browser.as_user("housing").page(f"/tickets/{no}").one("details", id="move-apply_suspension")
    wrong = ASKED | {"milestones": "明年立项"}
    answer = browser.send(f"/tickets/{no}/moves/apply_suspension", status=422, version=version(app, no), **wrong)
    assert "尚未立项" in answer.get_data(as_text=True)  # what was typed is kept
    browser.send(f"/tickets/{no}/moves/apply_suspension", version=version(app, no), **ASKED)
    for person, move in (("housing_lead", "endorse"), ("supervisor", "endorse"), ("director", "grant_suspension")):
        page = browser.as_user(person).page("/approvals/")
        assert "列入明年计划" in page.text(page.one("tr", id=f"s{no}"))
        browser.page(f"/tickets/{no}").one("details", id=f"move-{move}")
        browser.send(f"/tickets/{no}/moves/{move}", version=version(app, no), opinion="同意")
        assert "没有待您审批的申请" in browser.page("/approvals/").text()
    shown = browser.page(f"/tickets/{no}").text()
    assert "挂账中" in shown
    assert "完成立项" in shown
    assert no in browser.as_user("housing").page("/approvals/ledger").text()
    assert no in browser.open("/approvals/ledger.csv").get_data(as_text=True)
    assert no in browser.page("/departments/?tab=SUSPENDED").text()
    assert no not in browser.as_user("urban").page("/approvals/ledger").text()


def test_an_administrator_switches_causes_and_sign_offs(app, loop: Loop, browser: Client) -> None:
    no = loop(contacted)
    with app.app_context():
        cause = db.session.scalar(select(SuspensionCauseRule.id).where(SuspensionCauseRule.cause == "BUDGET"))
        sign = db.session.scalar(select(SignOffRule.id).where(SignOffRule.kind == "SUSPENSION"))
    browser.as_user("admin").page("/admin/chains")
    browser.send(f"/admin/chains/causes/{cause}", version="1")
    browser.send(f"/admin/chains/sign-offs/{sign}", version="1")
    browser.as_user("housing")
    refused = browser.send(f"/tickets/{no}/moves/apply_suspension", status=422, version=version(app, no), **ASKED)
    assert "这一原因目前不在挂账范围内" in refused.get_data(as_text=True)
    browser.send(f"/tickets/{no}/moves/apply_suspension", version=version(app, no), **ASKED | {"reason": "PLANNING"})
    browser.as_user("supervisor").page("/approvals/").one("tr", id=f"s{no}")  # not the leader's step
