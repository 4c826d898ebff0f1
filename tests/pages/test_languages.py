"""In English nothing Chinese is left on a page but what people wrote: names, titles, places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, ngettext
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows.model.base import db
from workflows.model.directory import Area, Category, Unit, User
from workflows.model.settings import WorkCalendar

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
#: The menu says of each language its own name.
OWN_NAME = "中文"
#: What callers and units of these tests say, and where the built-in limits say they come from.
TOLD = {
    "电梯停运三天无人修", "小区三号楼电梯停运三天，物业电话无人接听。", "林小满", "林**", "已联系", "内置默认（可改）",
}
SEATS = [
    ("agent", "/desk/"), ("agent", "/password"), ("housing", "/departments/?tab=WORKING"), ("dispatcher", "/dispatch/"),
    ("supervisor", "/supervision/"), ("supervisor", "/figures/"),
    ("callback", "/callbacks/"), ("reviewer", "/reviews/"), ("admin", "/admin/users"),
]


@pytest.fixture
def data(app: Flask, city: City) -> set[str]:
    """The words of the city: what people have named."""
    with app.app_context():
        named = [
            db.session.scalars(select(column)).all()
            for column in (Unit.name, Unit.short_name, User.name, Area.name, Category.name, WorkCalendar.name)
        ]
        db.session.remove()
    return {word for column in named for word in column if word}


def left(page: Document, data: set[str]) -> set[str]:
    """Chinese words of a page that nobody of the city wrote."""
    text = page.html
    for known in sorted(data | TOLD | {OWN_NAME}, key=len, reverse=True):
        text = text.replace(known, "")
    return set(CHINESE.findall(text))


def english(browser: Client, account: str) -> None:
    """Sign in and choose English, as the menu does."""
    browser.as_user(account).send("/language", locale="en")


def test_the_sign_in_page_is_english_for_whoever_chose_it(client: Client) -> None:
    assert left(client.page("/sign-in"), set())
    client.send("/language", locale="en")
    page = client.page("/sign-in")
    assert page.texts("h1") == ["Sign in"]
    assert not left(page, set())


@pytest.mark.parametrize(("account", "address"), SEATS)
def test_every_seat_is_english_to_whoever_chose_it(
    browser: Client, loop: Callable[..., Any], data: set[str], account: str, address: str
) -> None:
    loop(play.to_handling)
    english(browser, account)
    page = browser.page(address)
    assert page.one("html").get("lang") == "en"
    assert not left(page, data)


@pytest.mark.parametrize("account", ["housing", "supervisor"])
def test_the_ticket_page_is_english(
    browser: Client, loop: Callable[..., Any], data: set[str], account: str
) -> None:
    no = loop(play.to_handling)
    english(browser, account)
    assert not left(browser.page(f"/tickets/{no}"), data)


def test_numbers_take_the_plural(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert ngettext("%(num)d 天", "%(num)d 天", 1) == "1 day"
        assert ngettext("%(num)d 天", "%(num)d 天", 2) == "2 days"


@pytest.mark.parametrize("template", [
    "{{ 'ANSWERED_DIRECT'|label('TicketState') }}", "{{ 'R2'|reason('refuse') }}", "{{ 'required'|problem }}",
    "{{ 7200|duration }}",
])
def test_what_one_reader_was_shown_is_not_kept_for_readers_of_the_other_language(app: Flask, template: str) -> None:
    made = app.jinja_env.from_string(template)
    read = {}
    for language in ("zh", "en"):
        with app.test_request_context(), force_locale(language):
            read[language] = made.render()
    assert CHINESE.search(read["zh"])
    assert not CHINESE.search(read["en"])
