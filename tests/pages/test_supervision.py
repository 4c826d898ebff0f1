"""The supervision board and the figures: what stands there, for whom, and that every number opens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows import supervise
from workflows.model.base import now
from workflows.read.figures import figures, this_month
from workflows.rules.indicators import FigureGroup, of_group
from workflows.supervise import chasing

Loop = Callable[..., Any]


def long_ago(city: City) -> dict[str, str]:
    """Twelve days ago: a ticket still owed, one undecided, one finished; the clocks have been swept since."""
    with play.at(now() - timedelta(days=12)):
        made = {"owed": play.to_handling(city), "undecided": play.log(city, "99").no, "done": play.to_closed(city)}
    supervise.sweep()
    return made


@pytest.fixture
def late(loop: Loop) -> dict[str, str]:
    return loop(long_ago)


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_the_board_says_what_is_late_who_must_act_and_since_when(browser: Client, late: dict[str, str]) -> None:
    words = browser.as_user("supervisor").page("/supervision/").text()
    for wanted in (late["owed"], late["undecided"], "办理时限", "区住房和建设局", "派单时限", "热线中心", "派单员"):
        assert wanted in words
    assert late["done"] not in words


def test_the_ageing_table_leads_to_the_clocks_it_counts(browser: Client, late: dict[str, str], city: City) -> None:
    board = browser.as_user("supervisor")
    table = board.page("/supervision/?tab=ageing")
    links = [a.get("href") for a in table.all("a") if "bucket=" in (a.get("href") or "")]
    assert links
    for link in links:
        assert len(board.page(link).all("tr")) > 1


def test_the_file_of_the_board_holds_what_is_on_screen(browser: Client, late: dict[str, str]) -> None:
    head, *rows = rows_of(browser.as_user("supervisor").get("/supervision/board.csv?code=HANDLING"))
    assert head[:4] == ["工单编号", "标题", "环节", "责任单位"]
    assert [(row[0], row[3]) for row in rows] == [(late["owed"], "区住房和建设局")]


def test_pressing_tells_the_unit_and_goes_on_record(browser: Client, late: dict[str, str]) -> None:
    board = browser.as_user("supervisor")
    fields = board.page("/supervision/?code=HANDLING").fields(f"/supervision/tickets/{late['owed']}/chase")
    board.send(f"/supervision/tickets/{late['owed']}/chase?code=HANDLING", **fields | {"note": "请今日联系诉求人"})
    page = board.page(f"/tickets/{late['owed']}")
    assert "请今日联系诉求人" in page.text()


def test_pressing_from_a_stale_board_is_refused_and_its_words_kept(browser: Client, late: dict[str, str]) -> None:
    board = browser.as_user("supervisor")
    response = board.send(f"/supervision/tickets/{late['owed']}/chase", status=409, version=1, note="请今日联系诉求人")
    assert "请今日联系诉求人" in response.data.decode()


@pytest.mark.parametrize("account", ["leader", "discipline", "shift"])
def test_who_only_watches_is_offered_no_pressing(browser: Client, late: dict[str, str], account: str) -> None:
    page = browser.as_user(account).page("/supervision/")
    assert late["owed"] in page.text()
    assert not [f for f in page.all("form") if "/chase" in (f.get("action") or "")]


@pytest.mark.parametrize("account", ["agent", "housing", "admin"])
def test_the_board_is_closed_to_others(browser: Client, account: str) -> None:
    browser.as_user(account).page("/supervision/", status=403)


def test_every_number_of_the_table_opens_to_its_tickets(browser: Client, late: dict[str, str], loop: Loop) -> None:
    eyes = browser.as_user("supervisor")
    table = eyes.page(_whole_time(loop))
    links = [a.get("href") for a in table.all("a") if "/figures/tickets?" in (a.get("href") or "")]
    assert len(links) >= 8
    for link in links:
        assert len(eyes.page(link).all("tr")) > 1 or "part=NUMERATOR" in link


def _whole_time(loop: Loop) -> str:
    first, last = loop(lambda _city: this_month())
    return f"/figures/?first={first - timedelta(days=60)}&last={last}"


def test_the_file_of_figures_says_the_same_as_the_count(browser: Client, late: dict[str, str], loop: Loop) -> None:
    first, last = loop(lambda _city: this_month())
    head, *rows = rows_of(
        browser.as_user("supervisor").get(f"/figures/figures.csv?first={first - timedelta(days=60)}&last={last}")
    )
    outcome = of_group(FigureGroup.OUTCOME)
    counted = loop(lambda city: figures(city.actor("supervisor"), first - timedelta(days=60), last, outcome))
    assert len(rows) == len(counted)
    assert head.index("解决率") == 8
    for row, line in zip(rows, counted, strict=True):
        assert int(row[2]) == line.received


def test_a_unit_reads_its_own_figures_only(browser: Client, late: dict[str, str], loop: Loop) -> None:
    words = browser.as_user("housing").page(_whole_time(loop)).text()
    assert "区住房和建设局" in words
    assert "区城市管理局" not in words


def test_a_period_that_runs_backwards_is_said_to(browser: Client, city: City) -> None:
    words = browser.as_user("supervisor").page("/figures/?first=2026-11-20&last=2026-11-01").text()
    assert "不能早于开始日期" in words


def test_a_number_that_does_not_exist_is_not_found(browser: Client, city: City) -> None:
    browser.as_user("supervisor").page("/figures/tickets?figure=NONSENSE", status=404)


def test_ticked_tickets_are_pressed_for_together_and_the_batch_stands_in_the_log(
    browser: Client, late: dict[str, str], loop: Loop
) -> None:
    board = browser.as_user("supervisor")
    sent = board.send("/supervision/chases?tab=overdue", tickets=[late["owed"], late["undecided"]], way="PHONE",
                      note="请今日反馈", idempotency_key="press-1")
    job_id = int(sent.headers["Location"].rpartition("/")[2])
    loop(lambda _city: chasing.run_batch(job_id))
    page = board.page(f"/supervision/chases/{job_id}")
    assert "请今日反馈" in page.text()
    assert "电话催办" in board.page(f"/tickets/{late['owed']}").text()
    assert board.page("/supervision/chases").all("a", href=f"/supervision/chases/{job_id}")
    again = board.send("/supervision/chases?tab=overdue", tickets=[late["owed"], late["undecided"]], way="PHONE",
                       note="请今日反馈", idempotency_key="press-1")
    assert again.headers["Location"].endswith("/supervision/chases")


def test_all_that_the_filters_find_is_pressed_for(browser: Client, late: dict[str, str], loop: Loop) -> None:
    board = browser.as_user("supervisor")
    sent = board.send("/supervision/chases?tab=overdue", everything="1", code="HANDLING", way="LETTER")
    job = loop(lambda _city: chasing.find_batch(int(sent.headers["Location"].rpartition("/")[2])).params)
    assert job["tickets"] == [late["owed"]]
    assert job["way"] == "LETTER"


@pytest.mark.parametrize("tab", ["ageing", "orders", "raised"])
def test_where_no_clocks_are_listed_nothing_is_pressed_for_together(
    browser: Client, late: dict[str, str], tab: str
) -> None:
    board = browser.as_user("supervisor")
    assert not board.page(f"/supervision/?tab={tab}").all("form", id="chase-many")
    board.send(f"/supervision/chases?tab={tab}", status=422, everything="1", way="PHONE")
    assert not board.page("/supervision/chases").all("a", href=re.compile(r"/chases/\d"))


def test_a_batch_of_nothing_is_refused_in_words(browser: Client, late: dict[str, str]) -> None:
    board = browser.as_user("supervisor")
    page = board.send("/supervision/chases?tab=overdue", status=422, way="PHONE", note="请今日反馈").page
    assert "勾选的工单" in page.text()
    assert page.one("input", name="note", id_="chase-many-note").get("value") == "请今日反馈"
