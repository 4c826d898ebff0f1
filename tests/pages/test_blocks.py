"""黑名单: asked for and decided in the list, shown at the desk when the number is typed."""

from __future__ import annotations

from tests.pages.browser import Client

PHONE = "13912345678"


def test_a_number_is_asked_for_agreed_to_twice_and_shown_at_the_desk(browser: Client) -> None:
    agent = browser.as_user("agent")
    agent.page("/blocks/")
    back = agent.send("/blocks/", status=422, phone=PHONE, reason="", evidence="两次劝导无效", days=7).page
    assert back.fields("/blocks/")["evidence"] == "两次劝导无效"
    agent.send("/blocks/", phone=PHONE, reason="深夜反复辱骂", evidence="两次劝导无效", days=7)
    for account in ("shift", "supervisor"):
        page = browser.as_user(account).page("/blocks/")
        assert "139****5678" in page.text()
        assert PHONE not in page.text()
        action = next(f.get("action") for f in page.all("form") if (f.get("action") or "").endswith("/agree"))
        browser.send(action)
    agent = browser.as_user("agent")
    agent.page("/desk/")
    assert "深夜反复辱骂" in agent.send("/desk/caller", status=200, phone=PHONE).page.text()
    assert "黑名单" not in agent.send("/desk/caller", status=200, phone="13900000000").page.text()
    lead = browser.as_user("shift")
    page = lead.page("/blocks/?tab=IN_FORCE")
    action = next(f.get("action") for f in page.all("form") if (f.get("action") or "").endswith("/lift"))
    lead.send(action, status=422, opinion="")
    lead.send(action, opinion="已道歉")
    assert "已道歉" in lead.page("/blocks/?tab=OVER").text()
