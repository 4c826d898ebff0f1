"""One ticket through every seat, each in a browser window of its own: logged, sent, handled, sent again, closed."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.builders import City

PHONE = "13800138000"
TITLE = "占道经营无人管理"
FIRST, SECOND = "已劝离摊贩。", "已劝离摊贩并每日巡查。"


class Story:
    """The windows of everybody, and what each does to the ticket."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.windows: dict[str, Page] = {}
        self.no = ""

    def at(self, account: str, address: str) -> Page:
        """Somebody's window, at a page."""
        if account not in self.windows:
            self.windows[account] = self.desk.window(account)
        page = self.windows[account]
        page.goto(address)
        return page

    def log(self) -> None:
        """The agent takes the call by keys alone; the matter belongs to one of two bureaus."""
        page = self.at("agent", "/desk/")
        expect(page.locator("#f-phone")).to_be_focused()
        keys = page.keyboard
        for words in (PHONE, "王建国", "", "3"):  # the number, the name, the type of caller, 投诉
            keys.type(words)
            keys.press("Enter")
        for initials in ("zdjy", "yqsq"):
            keys.type(initials)
            expect(page.locator("[role=listbox]:not([hidden]) [role=option]").first).to_be_visible()
            keys.press("Enter")
            keys.press("Enter")
        for words in ("东门口", TITLE):
            keys.type(words)
            keys.press("Enter")
        keys.type("东门口每天有流动摊贩占道经营，行人无法通行。")
        keys.press("Alt+s")
        receipt = page.locator("#receipt")
        expect(receipt).to_contain_text("派单")
        self.no = (receipt.locator(".read-aloud").first.text_content() or "").strip()

    def dispatch(self) -> None:
        """The dispatcher sees both candidates with the reason, and sends it to one."""
        page = self.at("dispatcher", "/dispatch/")
        row = page.locator(f"#t{self.no}")
        expect(row).to_contain_text("派给区住房和建设局")
        row.get_by_role("button", name="派给区城市管理局").click()
        expect(page.locator("#messages")).to_contain_text(self.no)
        expect(row).to_have_count(0)

    def sign(self) -> None:
        """The unit's clerk signs from the queue."""
        page = self.at("urban", "/departments/?tab=TO_SIGN")
        page.locator(f"#t{self.no}").get_by_role("button", name="签收").click()
        expect(page.locator("#messages")).to_contain_text(self.no)
        expect(page.locator(f"#t{self.no}")).to_have_count(0)

    def contact(self) -> None:
        """The clerk rings the caller, and puts it on record."""
        page = self.at("urban", f"/tickets/{self.no}")
        self._unfold(page, "contact")
        form = page.locator("#move-contact form")
        form.get_by_label("已联系上").check()
        form.get_by_label("联系情况").fill("已说明处理安排。")
        form.get_by_role("button", name="登记联系").click()
        expect(page.locator("#messages")).to_contain_text("“登记首次联系”已完成")

    def reply(self, answer: str) -> None:
        """The clerk opens the ticket from the queue and answers."""
        page = self.at("urban", f"/tickets/{self.no}")
        self._unfold(page, "reply")
        form = page.locator("#move-reply form")
        form.locator("#reply-truth-1").check()
        form.locator("#reply-resolution-1").check()
        form.get_by_label("办理情况（仅内部可见）").fill("中队现场处置。")
        form.get_by_label("公开答复内容").fill(answer)
        form.get_by_role("button", name="提交回复").click()
        expect(page.locator("#messages")).to_contain_text("“提交回复”已完成")

    def accept(self, answer: str) -> None:
        """The reviewer opens the first reply that waits, reads it and accepts it by key."""
        page = self.at("reviewer", "/reviews/")
        page.keyboard.press("Alt+n")
        page.wait_for_url(f"**/reviews/{self.no}*")
        expect(page.locator("#content")).to_contain_text(answer)
        page.keyboard.press("Alt+a")
        page.wait_for_url("**/reviews/")
        expect(page.locator("#messages")).to_contain_text(self.no)

    def ring(self, *answers: str, words: str = "") -> None:
        """The caller is rung; the answers are the digits of the questionnaire."""
        page = self.at("callback", "/callbacks/")
        page.keyboard.press("Alt+n")
        expect(page.locator("#call-result-1")).to_be_focused()
        for digit in answers:
            page.keyboard.press(digit)
            page.keyboard.press("Enter")
        if words:
            page.keyboard.type(words)
        page.keyboard.press("Alt+s")
        page.wait_for_url("**/callbacks/")
        expect(page.locator("#messages")).to_contain_text(self.no)

    def rework(self) -> None:
        """The supervisor finds the unit at fault."""
        page = self.at("supervisor", f"/callbacks/tickets/{self.no}")
        page.get_by_role("button", name="发回重办").click()
        page.wait_for_url(lambda address: address.endswith("/callbacks/?tab=DISSATISFIED"))

    @staticmethod
    def _unfold(page: Page, move: str) -> None:
        panel = page.locator(f"#move-{move}")
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()


@pytest.fixture
def story(app: Flask, listen: Callable[[Flask], Desk], city: City) -> Story:
    """The city's people before their screens."""
    return Story(listen(app))


def state_of(admin: psycopg.Connection, no: str) -> tuple[str, int]:
    found = admin.execute("SELECT state, round FROM ticket WHERE no = %s", [no]).fetchone()
    assert found is not None
    return found


def test_a_ticket_goes_through_every_seat_and_once_again(story: Story, admin: psycopg.Connection) -> None:
    story.log()
    assert state_of(admin, story.no) == ("TO_DISPATCH", 1)
    story.dispatch()
    expect(story.at("supervisor", "/supervision/?tab=3").locator("table")).to_contain_text(story.no)
    story.sign()
    story.contact()
    story.reply(FIRST)
    assert state_of(admin, story.no) == ("REPLIED", 1)
    story.accept(FIRST)
    # taken, contacted, not solved, dissatisfied, the result falls short, the line was good
    story.ring("1", "1", "3", "4", "7", "2", words="摊贩第二天又来了")
    story.rework()
    assert state_of(admin, story.no) == ("REWORK", 2)

    again = story.at("urban", "/departments/?tab=REWORK").locator(f"#t{story.no}")
    expect(again).to_contain_text("第2轮")
    story.reply(SECOND)
    story.accept(SECOND)
    story.ring("1", "1", "1", "1", "1")
    assert state_of(admin, story.no) == ("CLOSED", 2)
    look_back(story)


def look_back(story: Story) -> None:
    """What the supervisor finds afterwards, and that the unit's clerk finds the ticket gone from the work."""
    page = story.at("supervisor", "/figures/")
    line = page.get_by_role("row").filter(has_text="区城市管理局")
    heads = page.get_by_role("columnheader").all_text_contents()
    said = dict(zip(heads[1:], line.get_by_role("cell").all_text_contents(), strict=True))
    assert (said["收到"], said["办结"]) == ("1", "1")
    assert "50" in said["满意率"], "one call of two was content"
    line.get_by_role("cell").nth(heads.index("满意率") - 1).get_by_role("link").first.click()
    expect(page.locator("tbody tr").first).to_contain_text(story.no)
    page.locator("tbody a").first.click()
    history = page.locator("#content")
    for words in (FIRST, SECOND, "摊贩第二天又来了"):
        expect(history).to_contain_text(words)
    assert PHONE not in page.content()
    for tab in ("TO_SIGN", "WORKING", "REWORK"):
        expect(story.at("urban", f"/departments/?tab={tab}").locator(f"#t{story.no}")).to_have_count(0)
    expect(story.at("supervisor", "/supervision/?tab=3").locator("#content")).not_to_contain_text(story.no)


def test_every_page_of_the_administrator_opens(story: Story) -> None:
    page = story.at("admin", "/")
    links = [link.get_attribute("href") or "" for link in page.locator("nav.menu a").all()]
    assert len(links) >= 9
    for address in links:
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, address
        expect(page.locator("nav.menu a[aria-current=page]")).to_have_count(1)
