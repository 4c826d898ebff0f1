"""The page of messages that did not arrive: seen, sent again, given up, with who did it; closed to others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import City
from tests.pages.browser import Client
from workflows.model.base import db, now, transaction
from workflows.model.outbox import Outbox
from workflows.model.settings import SettingEvent
from workflows.rules.vocabulary import Carrier

PAYLOAD = {"kind": "expired", "role": "UNIT_CLERK", "unit_id": 1, "user_id": 1, "ticket_no": "20261116-000001",
           "data": {}}


@pytest.fixture
def dead(city: City, app: object) -> list[int]:
    """Two dead text messages and an e-mail that is tried again."""
    with app.app_context(), transaction():  # type: ignore[attr-defined]
        at = now()
        rows = [
            Outbox(key=f"sms:1:{n}", topic=Carrier.SMS, payload=PAYLOAD | {"unit_id": city.units["HOUSING"]},
                   created_at=at, not_before=at, attempts=15, dead_at=at, last_error="HTTP 422")
            for n in range(2)
        ]
        rows.append(Outbox(key="email:1:1", topic=Carrier.EMAIL, payload=PAYLOAD, created_at=at, not_before=at,
                           attempts=3, last_error="no answer in time"))
        db.session.add_all(rows)
        db.session.flush()
        return [row.id for row in rows]


def state(app: object, key: int) -> Outbox:
    with app.app_context():  # type: ignore[attr-defined]
        return db.session.get(Outbox, key)


@pytest.mark.parametrize("account", ["supervisor", "director", "admin"])
def test_dead_letters_are_seen_with_their_reason(browser: Client, dead: list[int], account: str) -> None:
    page = browser.as_user(account).page("/letters")
    assert page.text().count("HTTP 422") == 2
    assert "no answer in time" not in page.text()
    assert "no answer in time" in browser.page("/letters?tab=retried").text()
    assert "HTTP 422" not in browser.page("/letters?carrier=email").text()


def test_one_is_sent_again_and_one_given_up_and_both_are_on_record(
    browser: Client, dead: list[int], app: object
) -> None:
    desk = browser.as_user("supervisor")
    desk.send(f"/letters/{dead[0]}/replay")
    desk.send(f"/letters/{dead[1]}/give-up")

    again, over = state(app, dead[0]), state(app, dead[1])
    assert (again.dead_at, again.attempts, again.sent_at) == (None, 0, None)
    assert (over.dead_at, over.dropped) == (None, "GIVEN_UP")
    page = desk.page("/letters").text()
    assert "重新发送" in page
    assert "放弃发送" in page
    with app.app_context():  # type: ignore[attr-defined]
        asked = select(SettingEvent.actor_name, SettingEvent.action).order_by(SettingEvent.id)
        events = db.session.execute(asked).all()
    assert events == [("督办员", "REPLAYED"), ("督办员", "GIVEN_UP")]


def test_all_of_a_channel_are_sent_again_and_no_others(browser: Client, dead: list[int], app: object) -> None:
    browser.as_user("supervisor").send("/letters/replay", carrier="sms")
    assert [state(app, key).dead_at for key in dead] == [None, None, None]
    assert state(app, dead[2]).attempts == 3


def test_what_somebody_else_has_dealt_with_is_said(browser: Client, dead: list[int]) -> None:
    desk = browser.as_user("supervisor")
    desk.send(f"/letters/{dead[0]}/replay")
    page = desk.send(f"/letters/{dead[0]}/replay", status=409).page
    assert "可能已被他人处理" in page.text()


@pytest.mark.parametrize("account", ["agent", "housing", "leader", "auditor"])
def test_the_page_is_closed_to_others(browser: Client, city: City, account: str) -> None:
    assert browser.as_user(account).get("/letters").status_code == 403
