"""Withdrawals, petitions, the archive and blocked numbers, for other systems: to those they are for, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable

import psycopg
import pytest
from flask import Flask

from tests.api.conftest import REQUEST, System
from tests.api.test_tickets import CANARY, CANARY_REQUEST, SECRETS
from tests.builders import City, at, to_closed, to_handling
from tests.loop.test_withdrawals import PHONE, take_back
from workflows import archive, petition, withdraw
from workflows.model import base
from workflows.rules.vocabulary import PetitionCriterion

SYSTEM = Callable[[str], System]
HANDED = {"reason": "LEGACY", "note": f"{CANARY}反映历史遗留", "told": f"已告知{CANARY}向信访局反映",
          "not_parallel": True}
ASKED = {"phone": PHONE, "reason": "骚扰", "evidence": "一日来电四十次，录音号 1", "days": 7}


def walked(system: System, path: str, **query: str | int) -> list[dict]:
    """All items of a list, two at a time."""
    found, page = [], ""
    while page is not None:
        answer = system.get(path, size=2, **query, **({"page": page} if page else {})).json
        found, page = found + answer["items"], answer["next"]
    return found


def test_withdrawals_are_listed_asked_about_and_told_with_their_ticket(app: Flask, city: City, as_account: SYSTEM):
    with app.app_context():
        with at("2026-03-02 10:00"):
            made = [to_handling(city, phone=PHONE) for _ in range(3)]
            for no in made:
                take_back(city, no)
        withdraw.sample_withdrawals()
        base.db.session.remove()
    callback = as_account("callback")
    assert [row["no"] for row in walked(callback, "/withdrawals")] == made
    row = callback.get("/withdrawals").json["items"][0]
    assert (row["reason"], row["withdrawn_by"], row["attempts"], row["unit"]["code"]) == (
        "SETTLED", "受理员甲", 0, "HOUSING")
    assert row["masked_phone"] == "139****5678"
    said = {"result": "ANSWERED", "pressed": False, "words": "自愿", "version": row["version"]}
    told, again = (callback.move(made[0], "recheck_withdrawal", key="r-1", **said) for _ in range(2))
    assert (told.status_code, again.json, again.headers["Idempotent-Replayed"]) == (200, told.json, "true")
    [shown] = callback.get(f"/tickets/{made[0]}").json["withdrawals"]
    assert (shown["pressed"], shown["words"], shown["checked_by"], shown["attempts"]) == (False, "自愿", "回访员", 1)
    assert [row["no"] for row in callback.get("/withdrawals").json["items"]] == made[1:]
    for account in ("housing", "leader", "admin"):
        assert as_account(account).get("/withdrawals").json["code"] == "role_may_not_enter"
    assert as_account("housing").get(f"/tickets/{made[0]}").json["withdrawals"] == []


def test_petitions_are_watched_until_the_receipt_is_there(app: Flask, city: City, as_account: SYSTEM):
    with app.app_context():
        handed = [to_handling(city) for _ in range(3)]
        for no in handed:
            petition.petition(no, city.actor("supervisor"), reason=PetitionCriterion.LEGACY, note="历史遗留",
                              told="请向区信访局反映", not_parallel=True)
        base.db.session.remove()
    boss = as_account("supervisor")
    assert [row["no"] for row in walked(boss, "/petitions")] == handed[::-1]
    receipt = boss.move(handed[0], "record_receipt", receipt_no="信〔2026〕12号")
    assert receipt.status_code == 200
    assert [row["no"] for row in boss.get("/petitions", waiting="true").json["items"]] == handed[:0:-1]
    [there] = boss.get("/petitions", waiting="false").json["items"]
    assert (there["no"], there["receipt_no"], there["due_at"]) == (handed[0], "信〔2026〕12号", None)
    watched = boss.get("/petitions", waiting="true").json["items"]
    assert all(row["due_at"] and row["criterion"] == "LEGACY" for row in watched)
    assert len(as_account("housing").get("/petitions").json["items"]) == 3
    assert as_account("urban").get("/petitions").json["items"] == []
    assert as_account("admin").get("/petitions").json["items"] == []


def test_a_withheld_caller_stands_in_no_word_of_a_petition(as_account: SYSTEM):
    no = as_account("agent").post("/tickets", CANARY_REQUEST | {"anonymity": "WITHHELD"}).json["no"]
    boss, unit = as_account("supervisor"), as_account("housing")
    assert boss.move(no, "petition", **HANDED).status_code == 200
    assert CANARY in boss.get(f"/tickets/{no}").json["petitions"][0]["told"]
    for reader in (unit, as_account("leader")):
        told = json.dumps([reader.get(path).json for path in (f"/tickets/{no}", "/petitions")], ensure_ascii=False)
        assert "LEGACY" in told
        assert not [secret for secret in SECRETS if secret in told]


@pytest.fixture
def put_away(app: Flask, city: City) -> list[str]:
    """Three tickets in the archive, and one that is not."""
    with app.app_context():
        with at("2026-03-02 10:00"):
            made = [to_closed(city) for _ in range(3)]
        with at("2026-06-02 10:00"):
            archive.archive_ended()
        made.append(to_handling(city))
        base.db.session.remove()
    return made


def test_a_package_is_read_again_and_checked(put_away: list[str], as_account: SYSTEM, admin: psycopg.Connection):
    boss, (first, second, _third, open_one) = as_account("supervisor"), put_away
    listed = walked(boss, "/archive")
    assert [row["no"] for row in listed] == put_away[:3]
    assert [row["previous_hash"] for row in listed[1:]] == [row["hash"] for row in listed[:2]]
    told = boss.get(f"/tickets/{second}/archive").json
    assert {name: told[name] for name in listed[1]} == listed[1]
    assert (told["sound"], told["flaws"], told["tables"]["ticket"], told["state_before"]) == (True, [], 1, "CLOSED")
    assert boss.get(f"/tickets/{second}").json["archive"]["sha256"] == told["sha256"]
    assert boss.get(f"/tickets/{open_one}").json["archive"] is None
    assert boss.get(f"/tickets/{open_one}/archive").json["code"] == "archive_unknown"
    admin.execute("UPDATE archive SET package = 'x' WHERE sequence = 2")
    found = boss.get(f"/tickets/{second}/archive").json
    assert (found["sound"], found["tables"]) == (False, {})
    assert "altered" in found["flaws"]
    admin.execute("DELETE FROM archive WHERE sequence = 2")
    assert boss.get(f"/tickets/{put_away[2]}/archive").json["flaws"] == ["missing", "unlinked"]
    assert boss.get(f"/tickets/{first}/archive").json["sound"] is True


def test_a_unit_reads_of_the_archive_what_is_its_own(put_away: list[str], as_account: SYSTEM):
    housing, urban = as_account("housing"), as_account("urban")
    assert [row["no"] for row in housing.get("/archive").json["items"]] == put_away[:3]
    own = housing.get(f"/tickets/{put_away[0]}/archive").json
    assert (own["sound"], own["tables"]) == (True, {})
    assert urban.get("/archive").json["items"] == []
    assert urban.get(f"/tickets/{put_away[0]}/archive").json["code"] == "ticket_unknown"


def test_a_number_is_blocked_by_three_people_each_step_once(as_account: SYSTEM):
    agent, shift, boss = as_account("agent"), as_account("shift"), as_account("supervisor")
    asked = agent.post("/blocks", ASKED, key="b-1")
    again = agent.post("/blocks", ASKED, key="b-1")
    assert (asked.status_code, asked.json["state"], asked.json["until"]) == (201, "ASKED", None)
    assert (again.json, again.headers["Idempotent-Replayed"]) == (asked.json, "true")
    assert agent.post("/blocks", ASKED).json["errors"]["phone"][0]["code"] == "blocked_already"
    steps = f"/blocks/{asked.json['key']}/steps"
    assert boss.post(steps, {"step": "agree"}).json["code"] == "block_not_your_step"
    assert shift.post(steps, {"step": "agree"}).json["state"] == "SECONDED"
    granted = boss.post(steps, {"step": "agree"}, key="b-2")
    assert (granted.json["state"], boss.post(steps, {"step": "agree"}, key="b-2").json) == ("IN_FORCE", granted.json)
    [row] = agent.get("/blocks", tab="IN_FORCE").json["items"]
    assert (row["masked_phone"], row["until"], row["seconded_by"], row["decided_by"]) == (
        "139****5678", granted.json["until"], "值班长", "督办员")
    refused = agent.post("/tickets", REQUEST | {"channel": "WEB", "phone": PHONE})
    assert refused.json["code"] == "number_blocked"
    assert boss.post(steps, {"step": "lift"}).json["errors"]["opinion"][0]["code"] == "required"
    assert boss.post(steps, {"step": "lift", "opinion": "已致歉"}).json["state"] == "LIFTED"
    assert [row["key"] for row in walked(agent, "/blocks", tab="OVER")] == [asked.json["key"]]
    assert agent.get("/blocks").json["items"] == []


def test_blocks_are_for_those_who_have_a_step_in_them(as_account: SYSTEM):
    key = as_account("agent").post("/blocks", ASKED).json["key"]
    for account in ("housing", "dispatcher", "leader", "admin"):
        system = as_account(account)
        assert system.get("/blocks").status_code == 403, account
        assert system.post("/blocks", ASKED).status_code == 403, account
        assert system.post(f"/blocks/{key}/steps", {"step": "refuse", "opinion": "x"}).status_code == 403, account
    assert PHONE not in json.dumps(as_account("shift").get("/blocks").json)
