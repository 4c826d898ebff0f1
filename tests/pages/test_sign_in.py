"""Signing in and out, sessions, passwords, language, notices (S04–S07, T33–T35)."""

from __future__ import annotations

import pytest

from tests.pages.browser import Client
from tests.pages.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("people")


def test_the_sign_in_page_is_a_good_page(client: Client) -> None:
    assert "登录" in client.page("/sign-in").text()


def test_somebody_signs_in_and_lands_on_their_first_page(client: Client) -> None:
    response = client.send("/sign-in", account="agent", password=PASSWORD, next="")
    assert response.headers["Location"] == "/"
    assert client.page("/password").texts("h1") == ["修改密码"]
