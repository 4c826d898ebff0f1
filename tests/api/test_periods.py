"""Locked periods, read by other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests import builders as play
from tests.api.conftest import System
from tests.builders import City
from workflows import administer, jobs
from workflows.model import base

DAYS = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def key(app: Flask, city: City) -> int:
    """October, locked in November; its ticket was closed afterwards."""
    with app.app_context():
        with play.at("2026-10-12 10:00"):
            no = play.to_callback(city)
        with play.at("2026-11-03 10:00"):
            first, last = map(date.fromisoformat, DAYS.values())
            asked = administer.ask_lock(city.actor("director"), first=first, last=last, note="十月通报")
            jobs.freeze_periods()
            play.ring(city, no)
        key = asked.id
        base.db.session.remove()
    return key


def test_a_published_number_is_read_down_to_its_tickets(as_account: Callable[[str], System], key: int) -> None:
    supervisor = as_account("supervisor")
    [listed] = supervisor.get("/periods").json["items"]
    told = supervisor.get(f"/periods/{key}").json
    assert {name: told[name] for name in listed} == listed
    assert (listed["from"], listed["to"], listed["note"]) == (*DAYS.values(), "十月通报")
    assert [held["percent"] for held in told["callbacks"]] == [100]
    total, *units = told["items"]
    closed = next(ratio for ratio in total["ratios"] if ratio["figure"] == "CLOSED_OF_DISPATCHED")
    assert (closed["numerator"], closed["denominator"]) == (0, 1)
    behind = supervisor.get(f"/periods/{key}/tickets", figure="CLOSED_OF_DISPATCHED").json
    assert [(row["hit"], row["state"], row["unit"]["id"]) for row in behind["items"]] == [
        (0, "CLOSED", units[0]["unit"]["id"])]
    assert behind["next"] is None
    assert supervisor.get(f"/periods/{key}/corrections").json["items"] == []
    now = supervisor.get("/figures", from_=DAYS["from"], to=DAYS["to"]).json["items"][0]["ratios"]
    assert next(ratio["numerator"] for ratio in now if ratio["figure"] == "CLOSED_OF_DISPATCHED") == 1
    for path, status in (("/periods/999", 404), (f"/periods/{key}/tickets", 422), ("/periods/999/corrections", 404)):
        assert supervisor.get(path).status_code == status
    assert as_account("urban").get(f"/periods/{key}/tickets", figure="RETURN").json["items"] == []
