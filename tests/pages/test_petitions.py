"""移交信访: from the ticket's page to the package, the caller in full only for a reason on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from tests.builders import to_handling
from tests.pages.browser import Client

NAME, PHONE = "欧阳春晓", "13800138000"


def test_a_matter_is_handed_over_and_its_package_taken_out(
    browser: Client, loop: Callable[..., Any], admin: psycopg.Connection
) -> None:
    no = loop(to_handling, name=NAME, phone=PHONE)
    boss = browser.as_user("supervisor")
    page = boss.page(f"/tickets/{no}")
    fields = page.fields(f"/tickets/{no}/moves/petition") | {
        "reason": "LEGACY", "note": "历史遗留", "told": "请向区信访局反映", "not_parallel": "1"}
    boss.send(f"/tickets/{no}/moves/petition", **fields)
    page = boss.page(f"/tickets/{no}")
    assert "尚未登记" in page.text()
    fields = page.fields(f"/tickets/{no}/moves/record_receipt") | {"receipt_no": "信〔2026〕12号"}
    boss.send(f"/tickets/{no}/moves/record_receipt", **fields)
    assert "信〔2026〕12号" in boss.page(f"/tickets/{no}").text()
    address = f"/tickets/{no}/petition"
    assert NAME not in boss.page(address).html
    told = boss.get(address + "?form=json")
    assert told.json["petition"][0]["receipt_no"] == "信〔2026〕12号"
    boss.send(address, status=422, reason="")
    assert NAME in boss.send(address, status=200, reason="移交区信访局").page.html
    seen = admin.execute("SELECT actor_name, note FROM ticket_event WHERE kind = 'revealed'").fetchall()
    assert seen == [("督办员", "移交区信访局")]
    for account in ("housing", "agent", "leader"):
        assert browser.as_user(account).get(address).status_code in {403, 404}
