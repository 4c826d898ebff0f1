"""What is wrong with the system itself stands on every page of those who can do something about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hotline.pulse import SIGNING
from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import upkeep
from workflows.model.base import now, rehearse
from workflows.model.leaps import BEAT, HELD

Loop = Callable[..., Any]
LATE, SILENT, HELD_WORDS, NO_REDIS = "时限扫描已落后", "没有响应", "暂停触发", "Redis 不可用"


@pytest.fixture
def alive(loop: Loop) -> None:
    """Every process has just been heard of."""
    loop(lambda _city: [upkeep.sign_of_life(role, {}) for role in SIGNING])


def alarms(browser: Client, account: str, path: str) -> str:
    browser.as_user(account)
    return browser.page(path).text()


def test_nothing_is_said_while_all_is_well(browser: Client, alive: None) -> None:
    words = alarms(browser, "supervisor", "/supervision/")
    assert not [said for said in (LATE, SILENT, HELD_WORDS, NO_REDIS, "没有运行") if said in words]


@pytest.mark.parametrize(
    ("account", "path"), [("supervisor", "/reviews/"), ("admin", "/admin/units"), ("director", "/figures/")]
)
def test_late_clocks_stand_on_every_page_of_supervisors_and_administrators(
    browser: Client, loop: Loop, alive: None, account: str, path: str
) -> None:
    def forgotten(city: City) -> None:
        with play.at(now() - timedelta(days=12)):
            play.log(city)

    loop(forgotten)
    assert LATE in alarms(browser, account, path)
    assert LATE in browser.get("/alarm").text


def test_units_and_desks_are_not_troubled_with_it(browser: Client) -> None:
    assert "没有运行" not in alarms(browser, "housing", "/departments/")
    assert browser.get("/alarm").text.strip() == ""


def test_a_silent_process_is_named_with_how_long_it_has_been_silent(browser: Client, loop: Loop, alive: None) -> None:
    def fall_silent(_city: City) -> None:
        with rehearse(timedelta(minutes=-3)):
            upkeep.sign_of_life("worker-clocks", {})

    loop(fall_silent)
    words = alarms(browser, "supervisor", "/supervision/")
    assert "“时限”" in words
    assert SILENT in words
    assert "“节拍”" not in words


def test_a_leap_and_a_missing_redis_are_said(browser: Client, loop: Loop, alive: None) -> None:
    def trouble(_city: City) -> None:
        upkeep.sign_of_life(HELD, {"seconds": 86400})
        upkeep.sign_of_life(BEAT, {"without_redis": True})

    loop(trouble)
    words = alarms(browser, "supervisor", "/supervision/")
    assert HELD_WORDS in words
    assert NO_REDIS in words


def test_a_machine_whose_clock_is_wrong_is_told(
    browser: Client, alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.model.leaps.difference", lambda database: -301.2)
    assert "相差 -301 秒" in alarms(browser, "supervisor", "/supervision/")
