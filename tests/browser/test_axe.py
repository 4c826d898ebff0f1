"""Every page of every seat in a real browser: nothing serious by axe's rules, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import builders as play
from tests.browser.conftest import Desk, accessible, fits
from tests.builders import PEOPLE, City
from workflows import jobs, supervise
from workflows.model.base import now
from workflows.rules.roles import Role

Loop = Callable[..., Any]

#: One person of each role: role → account.
OF_EACH_ROLE = {role: account for account, (_name, _unit, role) in reversed(PEOPLE.items())}
#: The same for everybody but for the menu beside them; looked at once.
EVERYBODYS = ("/password", "/notices")
#: Which tickets of `lived_in` are opened by whom.
SEEN_BY = {
    "agent": ("new",), "dispatcher": ("ambiguous", "returned"), "housing": ("new", "handling", "rework", "late"),
    "reviewer": ("replied",), "supervisor": ("unhappy", "undecided"),
}
LONG = "三号楼电梯停运三天物业电话无人接听居民多次反映仍未修复请尽快处理并回复结果"


def lived_in(city: City) -> dict[str, str]:
    """A ticket in every stage a list shows, some of them late, some marked; long titles."""
    with play.at(now() - timedelta(days=12)):
        made = {"late": play.to_handling(city, title=LONG), "undecided": play.log(city, "99", title=LONG).no}
        play.to_closed(city)
    supervise.sweep()
    made["ambiguous"] = play.log(city, "0502", title=LONG, place="杨桥路 18 号东门口", **play.URGENT).no
    made["new"] = play.log(city, title=LONG, **play.WITHHELD).no
    made["handling"] = play.to_handling(city, title=LONG)
    made["returned"] = play.to_handling(city, title=LONG)
    play.ask_return(city, made["returned"])
    made["replied"] = play.to_replied(city, title=LONG)
    made["ring"] = play.to_callback(city, title=LONG)
    made["unhappy"] = play.to_callback(city, title=LONG)
    play.ring(city, made["unhappy"], **play.UNHAPPY)
    made["rework"] = play.to_callback(city, title=LONG)
    play.ring(city, made["rework"], rework=True, **play.UNHAPPY)
    jobs.relay_outbox()
    return made


@pytest.fixture
def tickets(loop: Loop) -> dict[str, str]:
    """What `lived_in` made: what it is → number."""
    return loop(lived_in)


@pytest.fixture
def desk(app: Flask, listen: Callable[[Flask], Desk], tickets: dict[str, str]) -> Desk:
    """The application on the city lived in, listening."""
    return listen(app)


class Walk:
    """Pages opened one after another; what is wrong with each is collected, and said in the end together."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.wrong: list[str] = []
        self.seen: list[str] = []

    def window(self, account: str) -> Page:
        """A window of somebody."""
        self.account = account
        self.page = self.desk.window(account)
        return self.page

    def open(self, address: str) -> None:
        """Open an address of whoever has the window, and look at the page."""
        answer = self.page.goto(address)
        if answer is None or answer.status != 200:
            self.wrong.append(f"{self.account} {address}: {answer.status if answer else 'no answer'}")
        self.look(address)

    def look(self, what: str) -> None:
        """Look at the page as it stands."""
        self.seen.append(what)
        for check in (accessible, fits):
            try:
                check(self.page)
            except AssertionError as problem:
                self.wrong.append(f"{self.account} {what}: {problem}")

    def first_of(self, address: str, below: str) -> None:
        """Open the first page that a list leads to."""
        self.page.goto(address)
        self.open(self.page.locator(f"main tbody a[href*='{below}']").first.get_attribute("href") or "")

    def done(self, least: int) -> None:
        """Nothing was wrong, and at least so many pages were seen."""
        assert not self.wrong, "\n".join(self.wrong)
        assert len(self.seen) >= least


def test_every_page_of_every_menu(desk: Desk) -> None:
    walk = Walk(desk)
    for account in OF_EACH_ROLE.values():
        page = walk.window(account)
        page.goto("/password")
        links = [link.get_attribute("href") or "" for link in page.locator("nav.menu a").all()]
        for address in links:
            if address not in EVERYBODYS or address not in walk.seen:
                walk.open(address)
        page.context.close()
    assert set(OF_EACH_ROLE) == set(Role) - {Role.CITIZEN, Role.SYSTEM}
    walk.done(least=40)


def test_tickets_and_the_work_on_them(desk: Desk, tickets: dict[str, str], tmp_path: Path, app: Flask,
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "VAR", str(tmp_path / "var"))
    walk = Walk(desk)
    for account, kinds in SEEN_BY.items():
        walk.window(account)
        for kind in kinds:
            walk.open(f"/tickets/{tickets[kind]}")
            walk.page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
            walk.look(f"{kind}, with every form unfolded")
    walk.window("reviewer")
    walk.open(f"/reviews/{tickets['replied']}")
    walk.window("callback")
    walk.open("/callbacks/?tab=DISSATISFIED")
    walk.open(f"/callbacks/tickets/{tickets['ring']}")
    walk.page.locator("#call-result-1").check()
    walk.page.locator("#call-satisfaction-5").check()
    walk.look("a caller who is not content")
    walk.window("supervisor")
    walk.open(f"/callbacks/tickets/{tickets['unhappy']}")
    for tab in ("1", "3", "ageing"):
        walk.open(f"/supervision/?tab={tab}")
    walk.first_of("/figures/", "/figures/tickets")
    walk.window("housing")
    for tab in ("TO_SIGN", "WORKING", "REWORK", "OVERDUE", "REPLIED"):
        walk.open(f"/departments/?tab={tab}")
    walk.window("dispatcher").goto("/imports/")
    walk.page.get_by_label("CSV 或 XLSX 文件").set_input_files(_file(tmp_path))
    walk.page.keyboard.press("Alt+s")
    expect(walk.page.get_by_role("heading", name="各列含义")).to_be_visible()
    walk.look("an import")
    walk.done(least=25)


def test_the_pages_of_the_administrator(desk: Desk) -> None:
    walk = Walk(desk)
    walk.window("admin")
    for under in ("users", "units", "categories", "areas", "catalogue", "limits", "calendars"):
        walk.open(f"/admin/{under}/new")
        walk.first_of(f"/admin/{under}", f"/admin/{under}/")
    walk.open("/admin/calendars/years/2026")
    walk.open("/admin/calendars/years/2026?day=2026-11-23")
    walk.open("/admin/calendars/years/2027/notice")
    walk.page.get_by_label("日子").fill("2027-01-01~2027-01-03,OFFDAY,元旦")
    walk.page.get_by_label("依据").fill("通知")
    walk.page.keyboard.press("Alt+s")
    expect(walk.page.get_by_role("button", name="确认导入")).to_be_visible()
    walk.look("a notice to be confirmed")
    walk.done(least=18)


def _file(folder: Path) -> Path:
    file = folder / "来件.csv"
    file.write_text("标题,主要内容,问题分类,联系电话\n电梯停运,三号楼电梯停运三天,物业服务,13900001111\n", "utf-8-sig")
    return file
