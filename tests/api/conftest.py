"""Fixtures of API tests: the whole application, a small city, and other systems with their tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hotline.api.tokens import issue
from tests.builders import City, make_city
from tests.database import Database
from workflows.model import base


@pytest.fixture
def city(app: Flask, clean: Database) -> City:
    """A small city, gone after the test."""
    with app.app_context():
        made = make_city()
        base.db.session.remove()
    return made


class System:
    """Another system, with the token of an account."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> TestResponse:
        """Ask. A trailing _ in a name is dropped: from_=… asks for `from`."""
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(f"/api/v1{path}", query_string=asked or None, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, raw: bytes | None = None) -> TestResponse:
        """Send a JSON body, or bytes said to be one."""
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        sent = {"json": body} if raw is None else {"data": raw, "content_type": "application/json"}
        return self.client.post(f"/api/v1{path}", headers=headers, **sent)

    def move(self, no: str, move: str, *, key: str | None = None, **data: Any) -> TestResponse:
        """Make a move, with the ticket's present version unless one is given."""
        if "version" not in data:
            data["version"] = self.get(f"/tickets/{no}").json["version"]
        return self.post(f"/tickets/{no}/moves", {"move": move} | data, key=key)


@pytest.fixture
def as_account(app: Flask, city: City) -> Callable[[str], System]:
    """A system with a token of the account."""

    def made(account: str) -> System:
        with app.app_context():
            token = issue(account, days=1)
            base.db.session.remove()
        return System(app, token)

    return made


@pytest.fixture
def anybody(app: Flask, city: City) -> System:
    """A system without a token."""
    return System(app, None)


#: A request that goes to a unit at once.
REQUEST = {
    "kind": "COMPLAINT", "category": "0101", "content": "三号楼电梯停运三天，物业电话无人接听。", "name": "林小满",
    "phone": "13800001234", "address": "榕城区东街街道杨桥路12号",
}
