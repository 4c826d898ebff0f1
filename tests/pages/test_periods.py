"""账期锁定: asked for and agreed to on the page, then read as it was published, down to the tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import jobs
from workflows.model.base import now
from workflows.read.figures import this_month

Loop = Callable[..., Any]


def long_ago(city: City) -> str:
    """A ticket that was dispatched twelve days ago."""
    with play.at(now() - timedelta(days=12)):
        return play.to_handling(city)


@pytest.fixture
def no(loop: Loop) -> str:
    return loop(long_ago)


def test_a_period_is_asked_for_agreed_to_and_opens_to_its_tickets(browser: Client, no: str, loop: Loop) -> None:
    _, today = loop(lambda city: this_month())
    first, last = today - timedelta(days=60), today - timedelta(days=1)
    asking = browser.as_user("supervisor")
    back = asking.send("/periods/", status=422, first=str(first), last=str(today), note="月度通报").page
    assert back.fields("/periods/")["note"] == "月度通报"
    asking.send("/periods/", first=str(first), last=str(last), note="月度通报")
    own = asking.page("/periods/")
    assert not [f for f in own.all("form") if (f.get("action") or "").endswith("/grant")]
    assert "须由他人审批" in own.text()
    director = browser.as_user("director")
    form = next(f for f in director.page("/periods/").all("form") if (f.get("action") or "").endswith("/grant"))
    director.send(form.get("action"), version=1)
    director.send(form.get("action"), status=409, version=1)
    assert loop(lambda city: jobs.freeze_periods()) == 1
    page = director.page("/periods/")
    address = next(a.get("href") for a in page.all("a") if (a.get("href") or "").startswith("/periods/")
                   and (a.get("href") or "").strip("/") != "periods")
    shown = director.page(f"{address}?group=SPEED")
    assert "月度通报" in shown.text()
    numbers = [a.get("href") for a in shown.all("a") if "/tickets?" in (a.get("href") or "")]
    assert numbers
    assert "回访方式：全量回访。" in shown.text()
    assert no in director.page(numbers[0]).text()
    assert "没有更正" in director.page(f"{address}corrections").text()
    assert f"/periods/{address.strip('/').rpartition('/')[2]}/" in [
        a.get("href") for a in director.page(f"/figures/?first={first}&last={last}").all("a")]
    browser.as_user("supervisor").page("/periods/999999/", status=404)
