"""Nobody has to guess an address: every page is on the menu, or excused with a reason."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from hotline.access import guard_of
from hotline.navigation import EXCUSED, MENU, Entry, here

ENTRIES = [entry for group in MENU for entry in group.entries]


def _opened_from_nowhere(app: Flask) -> set[str]:
    """Pages somebody opens without coming from a list: looked at, no argument in the address, not the API's."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments
        and rule.endpoint != "static" and not rule.rule.startswith("/api/")
    }


def test_every_page_is_on_the_menu_or_excused(app: Flask) -> None:
    on_menu = {entry.endpoint for entry in ENTRIES}
    assert _opened_from_nowhere(app) - on_menu - set(EXCUSED) == set()


def test_nothing_is_excused_that_is_on_the_menu_or_gone(app: Flask) -> None:
    assert set(EXCUSED) & {entry.endpoint for entry in ENTRIES} == set()
    assert set(EXCUSED) <= set(app.view_functions)


def test_every_entry_leads_somewhere(app: Flask) -> None:
    assert {entry.endpoint for entry in ENTRIES} <= set(app.view_functions)


def test_an_entry_is_shown_only_to_those_the_guard_lets_in(app: Flask) -> None:
    shut_out = {
        entry.endpoint: sorted(entry.roles - guard.roles)
        for entry in ENTRIES
        if (guard := guard_of(app, entry.endpoint)) is not None and guard.roles is not None
        and entry.roles - guard.roles
    }
    assert not shut_out


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.endpoint}{dict(entry.arguments)}")
def test_the_entry_of_the_page_shown_is_marked_and_no_other(app: Flask, entry: Entry) -> None:
    with app.test_request_context():
        address = url_for(entry.endpoint, **dict(entry.arguments))
    with app.test_request_context(address + ("&" if "?" in address else "?") + "more=1"):
        assert [marked for marked in ENTRIES if here(marked)] == [entry]
