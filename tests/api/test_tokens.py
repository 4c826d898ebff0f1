"""Bearer tokens: shown once, kept as a hash, ended by time, by hand, or with their account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from flask import Flask

from hotline.api.tokens import LONGEST, PREFIX, issue, revoke
from tests.api.conftest import System
from tests.builders import City
from workflows.errors import Invalid, Unknown
from workflows.model import base
from workflows.model.base import rehearse


@pytest.fixture
def made(app: Flask, city: City) -> Callable[..., str]:
    """A token of an account, as if made some days ago."""

    def make(account: str = "agent", days: int = 30, ago: int = 0) -> str:
        with app.app_context():
            with rehearse(timedelta(days=-ago)):
                token = issue(account, days)
            base.db.session.remove()
        return token

    return make


def works(app: Flask, token: str) -> bool:
    return System(app, token).get("/units").status_code == 200


def test_only_the_hash_of_a_token_is_kept(made: Callable[..., str], admin: psycopg.Connection):
    token = made()
    assert token.startswith(PREFIX)
    rows = admin.execute("SELECT token_hash, api_token::text FROM api_token").fetchall()
    assert [bytes(row[0]) for row in rows] == [hashlib.sha256(token.encode()).digest()]
    assert token.removeprefix(PREFIX) not in rows[0][1]


def test_two_tokens_of_an_account_are_two(app: Flask, made: Callable[..., str]):
    first, second = made(), made()
    assert first != second
    assert works(app, first)
    assert works(app, second)


def test_a_token_ends_with_its_time(app: Flask, made: Callable[..., str]):
    assert works(app, made(days=31, ago=30))
    assert not works(app, made(days=30, ago=31))


def test_revoked_tokens_open_nothing(app: Flask, made: Callable[..., str]):
    tokens, other = [made(), made()], made("supervisor")
    with app.app_context():
        assert revoke("agent") == 2
        base.db.session.remove()
    assert not any(works(app, token) for token in tokens)
    assert works(app, other)


def test_a_token_of_a_closed_account_opens_nothing(app: Flask, made: Callable[..., str], admin: psycopg.Connection):
    token = made()
    admin.execute("UPDATE user_account SET active = false WHERE account = 'agent'")
    assert not works(app, token)


def test_a_role_taken_away_is_taken_from_the_token_too(app: Flask, made: Callable[..., str], admin: psycopg.Connection):
    system = System(app, made("agent"))
    admin.execute("DELETE FROM user_role USING user_account u WHERE u.id = user_id AND u.account = 'agent'")
    refused = system.post("/tickets", {"kind": "HELP", "category": "0101", "content": "x", "phone": "13800001234"})
    assert (refused.status_code, refused.json["code"]) == (403, "role_may_not")


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1])
def test_a_token_lasts_from_one_day_to_a_year(app: Flask, city: City, days: int):
    with app.app_context(), pytest.raises(Invalid) as refused:
        issue("agent", days)
    assert refused.value.fields == {"days": ["token_days"]}


def test_nobody_without_an_account_gets_a_token(app: Flask, city: City):
    with app.app_context(), pytest.raises(Unknown, match="account_unknown"):
        issue("nobody", 1)
