"""Signing in: the same answer for every failure, locks, limits, the first password (S07, T35)."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from pwdlib import PasswordHash

from hotline import limiting
from hotline.sign_in import passwords
from hotline.sign_in.views import safe_target
from tests.pages.browser import Client
from tests.pages.conftest import PASSWORD

WRONG = "Wrong-horse-77"


def _try(client: Client, account: str, password: str) -> tuple[int, str]:
    response = client.post("/sign-in", data={"account": account, "password": password, "csrf_token": client.token()})
    message = response.page.texts("div", role="alert") if response.status_code == 403 else []
    return response.status_code, " ".join(message)


def test_the_sign_in_page_is_a_good_page(client: Client) -> None:
    assert client.page("/sign-in").texts("h1") == ["登录"]


def test_whoever_signs_in_lands_on_the_first_page_of_their_menu(client: Client) -> None:
    response = client.send("/sign-in", account="agent", password=PASSWORD, next="")
    assert response.headers["Location"] == "/"
    assert client.get("/").status_code == 303
    assert "人AGENT" in client.page("/password").text()


def test_whoever_was_sent_to_sign_in_comes_back_to_their_page(client: Client) -> None:
    sent = client.get("/notices?before=7")
    assert sent.status_code == 303
    page = client.page(sent.headers["Location"])
    response = client.send("/sign-in", **(page.fields("/sign-in") | {"account": "agent", "password": PASSWORD}))
    assert response.headers["Location"] == "/notices?before=7"


ELSEWHERE = ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", "/a\nb"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_target(target) == "/"


def test_every_failure_looks_the_same(client: Client, admin: psycopg.Connection) -> None:
    admin.execute("update user_account set active = false where account = 'leader'")
    admin.execute("update user_account set locked_until = now() + interval '1 hour' where account = 'reviewer'")
    attempts = [("nobody", WRONG), ("agent", WRONG), ("leader", PASSWORD), ("reviewer", PASSWORD)]
    answers = {_try(client, account, password) for account, password in attempts}
    assert len(answers) == 1
    assert answers.pop()[0] == 403


def test_every_failure_takes_one_verification(client: Client, admin: psycopg.Connection, monkeypatch) -> None:
    """What takes time is the hash; one is computed whether or not there is anything to compare with."""
    admin.execute("update user_account set locked_until = now() + interval '1 hour' where account = 'reviewer'")
    _try(client, "nobody", WRONG)  # the stand-in's hash is made once per process
    made = []
    for name in ("verify", "verify_and_update"):
        real = getattr(passwords.hasher, name)
        monkeypatch.setattr(passwords.hasher, name, lambda *given, real=real: (made.append(1), real(*given))[1])
    for account in ("nobody", "agent", "reviewer"):
        made.clear()
        _try(client, account, WRONG)
        assert len(made) == 1, account


def test_what_was_typed_stays_except_the_password(client: Client) -> None:
    response = client.send("/sign-in", status=403, account="agent", password=WRONG, next="/notices")
    fields = response.page.fields("/sign-in")
    assert (fields["account"], fields["next"], fields["password"]) == ("agent", "/notices", "")
    assert WRONG not in response.page.html


def test_five_failures_lock_an_account_and_time_unlocks_it(client: Client, admin: psycopg.Connection) -> None:
    for _ in range(5):
        assert _try(client, "agent", WRONG)[0] == 403
    assert _try(client, "agent", PASSWORD)[0] == 403
    admin.execute("update user_account set locked_until = now() - interval '1 second' where account = 'agent'")
    assert _try(client, "agent", PASSWORD)[0] == 303


def test_four_failures_and_a_success_start_the_count_anew(client: Client) -> None:
    for _ in range(2):
        for _ in range(4):
            assert _try(client, "agent", WRONG)[0] == 403
        assert _try(client, "agent", PASSWORD)[0] == 303


def test_failures_of_long_ago_do_not_count(client: Client, admin: psycopg.Connection) -> None:
    for _ in range(4):
        _try(client, "agent", WRONG)
    admin.execute("update user_account set failed_at = failed_at - interval '16 minutes' where account = 'agent'")
    _try(client, "agent", WRONG)
    assert _try(client, "agent", PASSWORD)[0] == 303


def test_twenty_failures_block_an_address_but_signing_in_never_counts(client: Client) -> None:
    for turn in range(19):
        assert _try(client, f"guess{turn}", WRONG)[0] == 403
    for _ in range(3):
        assert _try(client, "agent", PASSWORD)[0] == 303
        client.send("/sign-out")
    assert _try(client, "guess", WRONG)[0] == 403
    response = client.send("/sign-in", status=429, account="agent", password=PASSWORD)
    assert "频繁" in response.page.text()


def test_signing_in_works_and_is_still_limited_while_valkey_is_away(another_app: Callable[..., Flask]) -> None:
    limiting.limiter._storage_dead = False
    browser = another_app(HOTLINE_REDIS_URL="redis://127.0.0.1:1/0").test_client()
    assert _try(browser, "agent", PASSWORD)[0] == 303
    statuses = [_try(browser, f"guess{turn}", WRONG)[0] for turn in range(22)]
    assert statuses[:15] == [403] * 15
    assert statuses[-1] == 429
    limiting.limiter._storage_dead = False


def test_every_attempt_is_on_record(client: Client, admin: psycopg.Connection) -> None:
    _try(client, "nobody", WRONG)
    for _ in range(5):
        _try(client, "agent", WRONG)
    _try(client, "leader", PASSWORD)
    client.send("/sign-out")
    rows = admin.execute("select account, kind, address from sign_in_event order by id").fetchall()
    assert [row[:2] for row in rows] == [
        ("nobody", "FAILED"), *[("agent", "FAILED")] * 4, ("agent", "LOCKED"), ("leader", "SIGNED_IN"),
        ("leader", "SIGNED_OUT"),
    ]
    assert {row[2] for row in rows} == {"127.0.0.1"}


def test_a_first_password_must_be_changed_before_anything_else(client: Client, admin: psycopg.Connection) -> None:
    admin.execute("update user_account set must_change_password = true where account = 'agent'")
    client.send("/sign-in", account="agent", password=PASSWORD)
    assert client.get("/notices").headers["Location"] == "/password"
    assert client.post("/notices/seen", data={"csrf_token": client.token()}).status_code == 403
    client.send("/password", old=PASSWORD, new="Better-horse-8", again="Better-horse-8")
    client.page("/notices")


@pytest.mark.parametrize(
    ("new", "wrong"),
    [
        ("Short-1", "至少 10 位"),
        ("onlysmallletters", "三种"),
        ("Agent-is-best-1", "账号"),
        ("Call-12345-now", "12345"),
        ("Password-2026", "常见"),
        ("Aa1-Aa1-Aa1-", "常见"),
        ("X1-" + "x" * 130, "最多"),
        (PASSWORD, "相同"),
        ("Äußerst-gut-9", ""),
        ("热线真是好呀嗯-Ab", ""),
    ],
)
def test_new_passwords_are_judged(client: Client, new: str, wrong: str) -> None:
    client.as_user("agent")
    response = client.post("/password", data={"old": PASSWORD, "new": new, "again": new, "csrf_token": client.token()})
    if wrong:
        assert response.status_code == 422
        assert wrong in response.page.text()
    else:
        assert response.status_code == 303


def test_the_old_password_and_the_same_new_one_twice_are_asked_for(client: Client) -> None:
    client.as_user("agent")
    wrong_old = client.send("/password", status=422, old=WRONG, new="Better-horse-8", again="Better-horse-8")
    assert "原密码不正确" in wrong_old.page.text()
    differs = client.send("/password", status=422, old=PASSWORD, new="Better-horse-8", again="Better-horse-9")
    assert "不一致" in differs.page.text()
    assert "Better-horse" not in differs.page.html


def test_random_first_passwords_pass_the_policy_and_differ() -> None:
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    assert not [password for password in made if passwords.problems(password, "agent")]


def test_passwords_are_kept_as_argon2id_of_full_strength(cheap_hashes: PasswordHash) -> None:
    """At least 19 MiB, two passes (OWASP)."""
    kept = cheap_hashes.hash(PASSWORD)
    kind, _, costs = kept.split("$")[1:4]
    cost = dict(part.split("=") for part in costs.split(","))
    assert kind == "argon2id"
    assert int(cost["m"]) >= 19_456
    assert int(cost["t"]) >= 2
