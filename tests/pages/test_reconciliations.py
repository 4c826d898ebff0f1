"""What the daily reconciliation found stands where somebody looks, with the tickets it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests import builders as play
from tests.pages.browser import Client
from workflows import reconcile

Loop = Callable[..., Any]


@pytest.fixture
def spoilt(loop: Loop, admin: psycopg.Connection) -> dict[str, str]:
    """Two tickets made wrong on purpose, found by a second run; the first found nothing."""

    def make(city: play.City) -> dict[str, str]:
        made = {"missing": play.log(city).no, "idle": play.log(city).no}
        reconcile.reconcile()
        spoil = "UPDATE clock SET next_at = NULL FROM ticket t WHERE t.id = ticket_id AND code = 'HANDLING' AND no = %s"
        admin.execute(spoil, [made["idle"]])
        admin.execute("DELETE FROM clock USING ticket t WHERE t.id = ticket_id AND code = 'SIGN' AND no = %s",
                      [made["missing"]])
        reconcile.reconcile()
        return made

    return loop(make)


@pytest.mark.parametrize("account", ["supervisor", "director", "admin"])
def test_those_who_must_know_see_what_was_found_and_what_is_left(
    browser: Client, spoilt: dict[str, str], account: str
) -> None:
    words = browser.as_user(account).page("/reconciliation/").text()
    kinds = ("缺少应有的时限", "时限不会触发", "签收时限")
    for wanted in ("发现 2 处不一致，已修复 1 处", spoilt["missing"], spoilt["idle"], *kinds):
        assert wanted in words


def test_each_run_can_be_opened(browser: Client, spoilt: dict[str, str]) -> None:
    page = browser.as_user("supervisor").page("/reconciliation/")
    links = [a.get("href") for a in page.all("a") if "/reconciliation/" in (a.get("href") or "")]
    older = browser.page(sorted(set(links))[-2]).text()
    assert "没有发现不一致" in older
    assert spoilt["missing"] not in older


def test_before_the_first_run_it_says_so_and_an_unknown_run_is_unknown(browser: Client) -> None:
    assert "还没有核对记录" in browser.as_user("supervisor").page("/reconciliation/").text()
    assert browser.get("/reconciliation/4711").status_code == 404


def test_units_do_not_see_it(browser: Client) -> None:
    assert browser.as_user("housing").get("/reconciliation/").status_code == 403
