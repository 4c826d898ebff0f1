"""Unfinished forms survive the browser, are read by nobody else, and go when the form was taken."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask

from tests.pages.browser import Client


def _keep(client: Client, name: str, **fields: str) -> int:
    return client.put(f"/drafts/{name}", data=fields, headers={"X-CSRFToken": client.token()}).status_code


def test_a_draft_is_kept_and_given_back_to_its_owner_only(client: Client, app: Flask) -> None:
    client.as_user("agent")
    assert client.get("/drafts/desk:new").status_code == 204
    assert _keep(client, "desk:new", title="路灯不亮", phone="13812345678") == 200
    assert _keep(client, "desk:new", title="路灯不亮了") == 200
    assert client.get("/drafts/desk:new").get_json()["fields"] == {"title": ["路灯不亮了"]}
    assert app.test_client().as_user("supervisor").get("/drafts/desk:new").status_code == 204
    assert app.test_client().get("/drafts/desk:new").status_code == 303


def test_a_draft_lies_sealed_in_the_database(client: Client, admin: psycopg.Connection) -> None:
    client.as_user("agent")
    _keep(client, "desk:new", phone="13812345678")
    sealed = admin.execute("select sealed from draft").fetchone()[0]
    assert b"13812345678" not in sealed


def test_keys_and_versions_are_no_part_of_a_draft(client: Client) -> None:
    client.as_user("agent")
    _keep(client, "a", title="x", idempotency_key="k", version="3", draft_name="a")
    assert client.get("/drafts/a").get_json()["fields"] == {"title": ["x"]}


def test_a_draft_can_be_thrown_away(client: Client) -> None:
    client.as_user("agent")
    _keep(client, "a", title="x")
    assert client.delete("/drafts/a").status_code == 400
    assert client.delete("/drafts/a", headers={"X-CSRFToken": client.token()}).status_code == 204
    assert client.get("/drafts/a").status_code == 204


def test_a_form_that_was_taken_forgets_its_draft_and_a_refused_one_keeps_it(client: Client) -> None:
    client.as_user("agent")
    _keep(client, "a", old="x")
    client.send("/password", status=422, old="", new="", again="", draft_name="a")
    assert client.get("/drafts/a").status_code == 200
    client.send("/notices/seen", draft_name="a")
    assert client.get("/drafts/a").status_code == 204


@pytest.mark.parametrize("name", ["a b", "x" * 41, "草稿", "a%00b"])
def test_names_are_plain(client: Client, name: str) -> None:
    client.as_user("agent")
    assert _keep(client, name, title="x") == 404


def test_a_draft_has_a_largest_size(client: Client) -> None:
    client.as_user("agent")
    assert _keep(client, "a", content="字" * 60_000) == 422
    assert _keep(client, "a", content="字" * 10_000) == 200


def test_strange_text_is_kept_as_it_is(client: Client) -> None:
    client.as_user("agent")
    assert _keep(client, "a", content="𠮷\u202e\u0007\t葛󠄀") == 200
    assert client.get("/drafts/a").get_json()["fields"]["content"] == ["𠮷\u202e\u0007\t葛󠄀"]
