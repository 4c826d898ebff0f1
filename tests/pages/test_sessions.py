"""Sessions live on the server and end when they should (S04, S05, S06, T33, T34)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import psycopg
import pytest
from flask import Flask

from tests.pages.browser import Client
from tests.pages.conftest import PASSWORD


def _signed_in(client: Client) -> bool:
    return client.get("/notices").status_code == 200


def _copy(client: Client) -> Client:
    """Another browser with the same cookie."""
    other = client.application.test_client()
    other.set_cookie("hotline", client.get_cookie("hotline").value)
    return other


def test_only_a_hash_of_the_session_id_is_kept(client: Client, admin: psycopg.Connection) -> None:
    client.as_user("agent")
    with client.session_transaction() as browser:
        secret = browser["sid"]
    kept = admin.execute("select token_hash from user_session").fetchone()[0]
    assert kept == hashlib.sha256(secret.encode()).digest()


def test_signing_in_gives_a_new_session_and_ends_the_old_one(client: Client) -> None:
    client.send("/sign-in", account="agent", password=PASSWORD)
    before = _copy(client)
    client.send("/sign-in", account="leader", password=PASSWORD)
    assert _signed_in(client)
    assert not _signed_in(before)


def test_a_session_id_brought_along_is_not_taken_over(client: Client) -> None:
    """Fixation: an id planted before sign-in is worth nothing after it."""
    with client.session_transaction() as browser:
        browser["sid"] = "planted"
    client.send("/sign-in", account="agent", password=PASSWORD)
    with client.session_transaction() as browser:
        assert browser["sid"] != "planted"


def test_a_copied_cookie_is_worthless_after_signing_out(client: Client) -> None:
    client.as_user("agent")
    copy = _copy(client)
    assert _signed_in(copy)
    client.send("/sign-out")
    assert not _signed_in(copy)
    assert not _signed_in(client)


def test_a_new_password_ends_all_other_sessions(client: Client, app: Flask) -> None:
    elsewhere = app.test_client().as_user("agent")
    client.as_user("agent")
    client.send("/password", old=PASSWORD, new="Better-horse-8", again="Better-horse-8")
    assert _signed_in(client)
    assert not _signed_in(elsewhere)


def test_a_disabled_account_is_out_at_once(client: Client, admin: psycopg.Connection) -> None:
    client.as_user("agent")
    admin.execute("update user_account set active = false where account = 'agent'")
    assert not _signed_in(client)


@pytest.mark.parametrize(("column", "back", "still"), [
    ("seen_at", "29 minutes", True), ("seen_at", "31 minutes", False),
    ("created_at", "11 hours 59 minutes", True), ("created_at", "12 hours 1 minute", False),
])
def test_sessions_end_after_half_an_hour_unused_and_after_twelve_hours(
    client: Client, admin: psycopg.Connection, column: str, back: str, still: bool
) -> None:
    client.as_user("agent")
    admin.execute(f"update user_session set {column} = {column} - interval '{back}'")
    assert _signed_in(client) is still


def test_use_is_noted_at_most_once_a_minute(client: Client, admin: psycopg.Connection) -> None:
    client.as_user("agent")
    seen = "select seen_at from user_session"
    first = admin.execute(seen).fetchone()
    client.page("/notices")
    assert admin.execute(seen).fetchone() == first
    admin.execute("update user_session set seen_at = seen_at - interval '2 minutes'")
    client.page("/notices")
    assert admin.execute(seen).fetchone() > first


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(client: Client, admin: psycopg.Connection) -> None:
    client.as_user("agent")
    admin.execute("update user_session set seen_at = seen_at - interval '29 minutes'")
    before = admin.execute("select seen_at from user_session").fetchone()
    assert client.get("/notices/badge", headers={"X-Poll": "1"}).status_code == 200
    assert admin.execute("select seen_at from user_session").fetchone() == before


def test_the_cookie_is_hidden_from_scripts_and_other_sites(client: Client) -> None:
    cookie = client.send("/sign-in", account="agent", password=PASSWORD).headers["Set-Cookie"]
    assert cookie.startswith("hotline=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_over_tls_the_cookie_is_bound_to_this_host(another_app: Callable[..., Flask]) -> None:
    answer = another_app(HOTLINE_TLS="1").test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hotline=")
    assert {"Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/password", "/notices/seen", "/language"])
def test_nothing_is_done_without_a_form_token(client: Client, address: str) -> None:
    client.as_user("agent")
    answer = client.post(address, data={"account": "agent", "password": PASSWORD, "locale": "en"})
    assert answer.status_code == 400
    assert "已过期" in answer.page.text()
    assert _signed_in(client)


def test_a_method_is_not_overridden_by_a_field(client: Client) -> None:
    client.as_user("agent")
    assert client.get("/notices/seen?_method=POST").status_code == 405
    assert client.post("/notices?_method=GET", data={"csrf_token": client.token()}).status_code == 405


def test_a_form_sent_after_the_session_ended_asks_to_sign_in_and_keeps_the_browsers_page(
    client: Client, admin: psycopg.Connection
) -> None:
    client.as_user("agent")
    token = client.token()
    admin.execute("update user_session set revoked_at = now()")
    answer = client.post("/notices/seen", data={"csrf_token": token})
    assert answer.status_code == 401
    assert "重新提交" in answer.page.text()


def test_a_poll_after_the_session_ended_leaves_what_is_typed_alone(client: Client) -> None:
    answer = client.get("/notices/badge", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (401, "#messages")
    assert not {"HX-Refresh", "HX-Redirect"} & set(answer.headers.keys())
    assert answer.page.one("a", target="_blank").get("href") == "/sign-in"


def test_the_token_of_another_window_works_after_signing_in_again(client: Client) -> None:
    """js/guard.js fetches it when the window is shown, so that a half-written form can still be sent."""
    client.as_user("agent")
    client.send("/sign-in", account="agent", password=PASSWORD)
    assert client.post("/notices/seen", data={"csrf_token": client.token()}).status_code == 303


def test_the_language_is_switched_for_the_browser_and_kept_with_the_account(client: Client, app: Flask) -> None:
    client.send("/language", locale="en", next="/sign-in")
    assert client.page("/sign-in").one("html").get("lang") == "en"
    client.as_user("agent")
    client.send("/language", locale="en", next="/notices")
    again = app.test_client().as_user("agent")
    assert again.page("/notices").one("html").get("lang") == "en"
    assert client.post("/language", data={"locale": "xx", "csrf_token": client.token()}).status_code == 422
