"""抽查: from the list to the ticket, what was found, and the numbers of the month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.builders import City, at, set_threshold
from tests.loop.test_spot_checks import end
from tests.pages.browser import Client
from workflows import spot_check
from workflows.model.base import now
from workflows.model.spot_check import last_month


def _ended_last_month(city: City) -> str:
    begins, _ = last_month(now().date())
    set_threshold("CHECK_SHARE", 100)
    with at(begins + timedelta(days=10)):
        no = end(city, title="电梯停运<b>三天</b>")
    spot_check.sample_endings()
    return no


def test_an_ending_is_looked_into_and_counted(browser: Client, loop: Callable[..., Any]) -> None:
    no = loop(_ended_last_month)
    assert "须由他人抽查" in browser.as_user("supervisor").page("/reviews/checks").text()
    reviewer = browser.as_user("reviewer")
    listed = reviewer.page("/reviews/checks")
    assert f"/tickets/{no}?next=/reviews/checks#move-check_ending" in listed.html
    assert "<b>三天" not in listed.html
    fields = reviewer.page(f"/tickets/{no}").fields(f"/tickets/{no}/moves/check_ending")
    reviewer.send(f"/tickets/{no}/moves/check_ending", status=422, **fields | {"result": "IMPROPER"})
    reviewer.send(f"/tickets/{no}/moves/check_ending", **fields | {"result": "IMPROPER", "note": "协议系伪造"})
    assert f'id="c{no}"' not in reviewer.page("/reviews/checks").html
    done = reviewer.page("/reviews/checks?done=1").text()
    assert "协议系伪造" in done
    assert "100.0% 1/1" in " ".join(done.split())
    assert browser.as_user("housing").get("/reviews/checks").status_code == 403
    assert "协议系伪造" not in browser.as_user("leader").page(f"/tickets/{no}").html
