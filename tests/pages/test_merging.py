"""并单 on the pages: joined while the caller talks, gathered at the dispatch desk, rung one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from tests.pages.test_desk import after, call, fresh
from workflows import collect, merge

Loop = Callable[..., Any]


def states(admin: psycopg.Connection) -> dict[str, str]:
    return dict(admin.execute("SELECT no, state FROM ticket").fetchall())


def closed_with_one_more(city: City) -> str:
    """A merged ticket whose master has ended."""
    master = play.to_callback(city)
    other = collect.join({"name": "陈小北", "phone": "13900002222"}, city.actor("agent2"), master=master).no
    play.ring(city, master)
    return other


def test_a_call_about_a_known_matter_joins_it_in_two_keys(
    browser: Client, city: City, loop: Loop, admin: psycopg.Connection
) -> None:
    master = loop(play.to_handling)
    agent = browser.as_user("agent2")
    found = agent.send("/desk/similar", status=200, content="电梯停运三天无人修", category_id=city.categories["0101"])
    [button] = [b for b in found.page.all("button") if b.get("data-key") == "Alt+M"]
    assert button.get("formaction") == f"/desk/tickets/{master}/join"
    assert button.get("data-confirm")
    sent = agent.send(f"/desk/tickets/{master}/join", **fresh(agent), phone="13900003333", name="赵一鸣",
                      caller_type="PERSON", urgency="NORMAL", anonymity="OPEN", need_reply="1", channel="PHONE")
    told = after(agent, sent).text()
    assert "已并入同一事项的工单" in told
    assert "查询码" in told
    assert sorted(states(admin).values()) == ["HANDLING", "MERGED"]
    unit = browser.as_user("housing").page(f"/tickets/{master}").text()
    assert "并入的诉求（1 件）" in unit
    assert "赵一鸣" not in unit
    assert "赵" not in unit


def test_a_withheld_caller_is_not_given_away_by_joining(browser: Client, loop: Loop, city: City) -> None:
    master = loop(play.to_handling)
    agent = browser.as_user("agent2")
    form = call(city, content="我是王建国，三号楼电梯停运。", anonymity="WITHHELD") | fresh(agent)
    answer = agent.send(f"/desk/tickets/{master}/join", status=422, **form)
    assert "已核对，仍按原文登记" in answer.page.text()


def test_several_rows_of_the_dispatch_desk_become_one_matter(
    browser: Client, loop: Loop, admin: psycopg.Connection
) -> None:
    numbers = [loop(play.log, "99").no for _ in range(3)]
    desk = browser.as_user("dispatcher")
    boxes = [box.get("value") for box in desk.page("/dispatch/").all("input") if box.get("name") == "no"]
    assert sorted(boxes) == sorted(numbers)
    alone = desk.send("/dispatch/merge", status=422, no=[numbers[0]])
    assert "请至少勾选两件工单" in alone.page.text()
    desk.send("/dispatch/merge", no=numbers, master="")
    assert states(admin) == {numbers[0]: "TO_DISPATCH", numbers[1]: "MERGED", numbers[2]: "MERGED"}
    assert "共 3 人反映同一事项" in desk.page("/dispatch/").text()


@pytest.mark.usefixtures("in_a_slot")
def test_a_merged_caller_is_rung_with_the_masters_answer(browser: Client, loop: Loop) -> None:
    other = loop(closed_with_one_more)
    desk = browser.as_user("callback")
    assert other in desk.page("/callbacks/").text()
    page = desk.page(f"/callbacks/tickets/{other}")
    assert "电梯已修复并恢复运行。" in page.text()
    form = page.fields(f"/callbacks/tickets/{other}")
    desk.send(f"/callbacks/tickets/{other}", version=form["version"], idempotency_key=form["idempotency_key"],
              result="ANSWERED", contacted="1", solved="SOLVED", satisfaction="SATISFIED", service="SATISFIED")
    assert "已回访：满意" in desk.page("/callbacks/").text()


def test_the_page_of_a_merged_ticket_leads_to_its_master(browser: Client, loop: Loop, city: City) -> None:
    first, second = (loop(play.log, "99").no for _ in range(2))
    loop(lambda city: merge.merge(second, city.actor("dispatcher"), master=first))
    page = browser.as_user("supervisor").page(f"/tickets/{second}")
    assert f"/tickets/{first}" in [a.get("href") for a in page.all("a")]
    assert page.all("details", id="move-unmerge")
    refused = browser.send(f"/tickets/{second}/moves/unmerge", status=422, version="99", note="")
    assert "拆分理由" in refused.page.text()


@pytest.mark.parametrize("account", ["agent2", "housing"])
def test_who_may_not_merge_has_no_button(browser: Client, loop: Loop, account: str) -> None:
    no = loop(play.to_handling)
    assert browser.as_user(account).page(f"/tickets/{no}").all("details", id="move-merge") == []
