"""Points of a request in a real browser: typed at the desk by keys, answered one by one by the unit."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Desk, accessible
from tests.browser.test_desks import log_by_keys
from tests.builders import to_handling


def test_points_are_typed_by_keys_and_the_unit_answers_each(
    app: Flask, listen: Callable[[Flask], Desk], city: object, admin: psycopg.Connection
) -> None:
    desk = listen(app)
    agent = desk.window("agent")
    agent.goto("/desk/")
    log_by_keys(agent)
    agent.keyboard.press("Tab")
    agent.keyboard.type("1、清运垃圾")
    agent.keyboard.press("Enter")
    agent.keyboard.type("2、公示清运时间")
    agent.keyboard.press("Alt+s")
    expect(agent.locator("#receipt")).to_contain_text("已派至")
    assert admin.execute("SELECT request_items FROM ticket").fetchone() == (["清运垃圾", "公示清运时间"],)
    no = agent.locator("#receipt .read-aloud").first.evaluate("e => e.textContent.trim()")
    clerk = desk.window("east")
    clerk.goto(f"/tickets/{no}")
    expect(clerk.locator("#request")).to_contain_text("公示清运时间")
    clerk.locator("#move-sign").get_by_role("button", name="签收").click()
    clerk.goto(f"/tickets/{no}")
    admin.execute("UPDATE assignment SET contacted_at = now()")
    clerk.goto(f"/tickets/{no}")
    unfold = clerk.locator("#move-reply:not([open]) > summary")
    if unfold.count():
        unfold.click()
    form = clerk.locator("#move-reply form")
    expect(form.locator("fieldset.point")).to_have_count(2)
    accessible(clerk)
    for point in ("1", "2"):
        form.locator(f"#reply-items-{point}-truth-1").check()
        form.locator(f"#reply-items-{point}-resolution-1").check()
    form.locator("#reply-items-1-answer").fill("已清运。")
    form.locator("#reply-internal_account").fill("已派车。")
    form.locator("#reply-public_answer").fill("您反映的问题已办结。")
    form.get_by_role("button", name="提交回复").click()
    expect(form.locator("#reply-items-2-answer")).to_have_attribute("aria-invalid", "true")
    form.locator("#reply-items-2-answer").fill("已公示。")
    form.get_by_role("button", name="提交回复").click()
    expect(clerk.locator("#messages")).to_contain_text("“提交回复”已完成")
    assert admin.execute("SELECT items->1->>'answer', resolution FROM reply").fetchone() == ("已公示。", "RESOLVED")
    assert [agent.complaints, clerk.complaints] == [[], []]  # type: ignore[attr-defined]


def test_the_leader_corrects_and_signs_what_the_clerk_wrote(
    app: Flask, listen: Callable[[Flask], Desk], loop: Callable[..., str], admin: psycopg.Connection
) -> None:
    desk = listen(app)
    no = loop(to_handling)
    admin.execute("UPDATE unit SET signs_replies = 'ALWAYS'")
    admin.execute("UPDATE assignment SET contacted_at = now()")
    clerk, lead = desk.window("housing"), desk.window("housing_lead")
    clerk.goto(f"/tickets/{no}")
    clerk.locator("#move-reply > summary").click()
    form = clerk.locator("#move-reply form")
    form.locator("#reply-truth-1").check()
    form.locator("#reply-resolution-1").check()
    form.locator("#reply-internal_account").fill("已派车。")
    form.locator("#reply-public_answer").fill("电梯修好了。")
    form.get_by_role("button", name="提交回复").click()
    form = clerk.locator("#move-sign_off form")  # refused, and what was written stands where it has to go
    expect(form.locator("#sign_off-public_answer")).to_have_value("电梯修好了。")
    form.get_by_role("button", name="提交审签").click()
    expect(clerk.locator("#messages")).to_contain_text("“提交审签”已完成")
    lead.goto("/departments/?tab=TO_SIGN_OFF")
    lead.locator(f"#t{no} a[data-row]").click()
    signing = lead.locator("#move-reply form")
    if lead.locator("#move-reply:not([open])").count():
        lead.locator("#move-reply > summary").click()
    expect(signing.locator("#reply-public_answer")).to_have_value("电梯修好了。")
    accessible(lead)
    signing.locator("#reply-public_answer").fill("电梯已于今日修复。")
    signing.get_by_role("button", name="提交回复").click()
    expect(lead.locator("#messages")).to_contain_text("“提交回复”已完成")
    kept = admin.execute(
        "SELECT reply_draft.content->>'public_answer', reply_draft.decision, reply.public_answer, reply.signed_by"
        " FROM reply_draft JOIN reply USING (ticket_id)"
    ).fetchone()
    assert kept == ("电梯修好了。", "SIGNED", "电梯已于今日修复。", "住建分管领导")
    assert [clerk.complaints, lead.complaints] == [[], []]  # type: ignore[attr-defined]
