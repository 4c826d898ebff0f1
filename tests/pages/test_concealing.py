"""保密 on the pages: withheld by the desk, asked by the unit, passed on from the call-back desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import builders as play
from tests.pages.browser import Client
from workflows import conceal

Loop = Callable[..., Any]
NAME = "秦岭云雀"


def seen_by_its_unit(city: Any) -> str:
    no = play.to_handling(city, name=NAME, phone="13911112222", content=f"我是{NAME}，电梯停运三天。")
    conceal.reveal(no, city.actor("housing"), reason="联系诉求人")
    return no


def key(page: Any, address: str) -> str:
    return page.fields(address)["idempotency_key"]


def test_withheld_at_the_desk_asked_by_the_unit_and_passed_on(loop: Loop, browser: Client) -> None:
    no = loop(seen_by_its_unit)
    at = f"/tickets/{no}/moves"
    unit = browser.as_user("housing")
    assert NAME in unit.page(f"/tickets/{no}").text()
    agent = browser.as_user("agent")
    agent.send(f"{at}/conceal", idempotency_key=key(agent.page(f"/tickets/{no}"), f"{at}/conceal"), note="要求保密")
    assert "已有人查看过身份" in agent.page(f"/tickets/{no}").text()
    unit = browser.as_user("housing")
    page = unit.page(f"/tickets/{no}")
    assert NAME not in page.text()
    assert "不得使用、外传" in page.text()
    unit.send(f"{at}/ask_relay", idempotency_key=key(page, f"{at}/ask_relay"), question="电梯编号是多少？")
    desk = browser.as_user("callback")
    assert "电梯编号是多少？" in desk.page("/callbacks/?tab=RELAYS").text()
    page = desk.page(f"/tickets/{no}")
    desk.send(f"{at}/relay", idempotency_key=key(page, f"{at}/relay"), result="REACHED", answer="三号梯")
    assert "没有待转达的内容" in desk.page("/callbacks/?tab=RELAYS").text()
    assert "三号梯" in browser.as_user("housing").page(f"/tickets/{no}").text()
