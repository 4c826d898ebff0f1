"""Idempotency-Key: sent twice, or fifty times at once, a request acts once (promise R10)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.api.conftest import REQUEST, System

SYSTEM = Callable[[str], System]
TOGETHER = 50


@pytest.fixture
def portal(as_account: SYSTEM) -> System:
    """The city's portal, with the token of an agent."""
    return as_account("agent")


def count(admin: psycopg.Connection, table: str) -> int:
    return admin.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_request_sent_again_gets_the_first_answer_and_makes_nothing(portal: System, admin: psycopg.Connection):
    first = portal.post("/tickets", REQUEST, key="call-1")
    again = portal.post("/tickets", REQUEST, key="call-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert count(admin, "ticket") == 1


def test_the_first_answer_is_repeated_though_the_ticket_moved_on(portal: System, as_account: SYSTEM):
    first = portal.post("/tickets", REQUEST, key="call-1")
    assert as_account("housing").move(first.json["no"], "sign").status_code == 200
    assert portal.post("/tickets", REQUEST, key="call-1").json == first.json


def test_the_same_body_written_otherwise_is_the_same(portal: System, admin: psycopg.Connection):
    portal.post("/tickets", raw=b'{"kind":"HELP","category":"0101","content":"x","phone":"13800001234"}', key="k")
    spaced = '{ "phone": "13800001234", "content": "\\u0078",\n "category": "0101", "kind": "HELP" }'
    assert portal.post("/tickets", raw=spaced.encode(), key="k").headers["Idempotent-Replayed"] == "true"
    assert count(admin, "ticket") == 1


def test_a_key_with_another_body_is_refused(portal: System, admin: psycopg.Connection):
    portal.post("/tickets", REQUEST, key="call-1")
    refused = portal.post("/tickets", REQUEST | {"content": "另一件事"}, key="call-1")
    assert (refused.status_code, refused.json["code"]) == (422, "key_reused")
    assert count(admin, "ticket") == 1


def test_a_key_belongs_to_its_account(portal: System, as_account: SYSTEM, admin: psycopg.Connection):
    mine = portal.post("/tickets", REQUEST, key="call-1").json["no"]
    theirs = as_account("agent2").post("/tickets", REQUEST, key="call-1").json["no"]
    assert mine != theirs
    assert count(admin, "ticket") == 2


def test_a_refused_request_leaves_no_key_and_can_be_mended(portal: System):
    assert portal.post("/tickets", REQUEST | {"phone": "12"}, key="call-1").status_code == 422
    assert portal.post("/tickets", REQUEST, key="call-1").status_code == 201


def test_fifty_at_once_make_one_ticket(portal: System, admin: psycopg.Connection):
    with ThreadPoolExecutor(TOGETHER) as together:
        answers = list(together.map(lambda _: portal.post("/tickets", REQUEST, key="storm"), range(TOGETHER)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert (count(admin, "ticket"), count(admin, "event_head"), count(admin, "idempotency_key")) == (1, 1, 1)


def test_a_move_sent_again_is_made_once_and_answered_the_same(portal: System, as_account: SYSTEM):
    no = portal.post("/tickets", REQUEST).json["no"]
    housing = as_account("housing")
    version = housing.get(f"/tickets/{no}").json["version"]
    first = housing.move(no, "sign", version=version, key="sign-1")
    again = housing.move(no, "sign", version=version, key="sign-1")
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert housing.get(f"/tickets/{no}").json["version"] == version + 1


def test_of_many_moves_at_once_with_one_version_one_wins(portal: System, as_account: SYSTEM):
    no = portal.post("/tickets", REQUEST).json["no"]
    housing = as_account("housing")
    version = housing.get(f"/tickets/{no}").json["version"]
    with ThreadPoolExecutor(20) as together:
        answers = list(together.map(lambda _: housing.move(no, "sign", version=version), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert {answer.json["version"] for answer in answers} == {version + 1}


def test_a_key_cannot_be_carried_to_another_address(portal: System):
    no, other = (portal.post("/tickets", REQUEST).json["no"] for _ in range(2))
    assert portal.move(no, "urge", version=3, note="快", key="urge-1").status_code == 200
    refused = portal.move(other, "urge", version=3, note="快", key="urge-1")
    assert (refused.status_code, refused.json["code"]) == (422, "key_reused")


def test_a_key_that_is_none_is_a_bad_request(portal: System):
    for key in ("", " ", "x" * 256, "诉求".encode().decode("latin-1"), "a b"):
        refused = portal.post("/tickets", REQUEST, key=key)
        assert (refused.status_code, refused.json["code"]) == (400, "idempotency_key_bad"), key
    assert portal.post("/tickets", REQUEST, key="x" * 255).status_code == 201


def test_a_key_guards_no_request_that_was_refused_for_its_state(portal: System, as_account: SYSTEM):
    no = portal.post("/tickets", REQUEST).json["no"]
    housing = as_account("housing")
    assert housing.move(no, "contact", result="REACHED", key="c-1").status_code == 409
    housing.move(no, "sign")
    body = {"result": "REACHED", "version": housing.get(f"/tickets/{no}").json["version"]}
    assert housing.move(no, "contact", key="c-1", **body).status_code == 200
