"""What Prometheus is told, and who else is not."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hotline.pulse import SIGNING
from tests.builders import City, at, log
from workflows import outbox, supervise, upkeep
from workflows.model import base
from workflows.model.base import now
from workflows.model.leaps import BEAT, HELD

LINE = re.compile(r"(?P<name>[a-z_]+)(\{(?P<labels>[^}]*)\})? (?P<value>[-0-9.e+]+)")


@pytest.fixture
def prometheus(app: Flask, city: City) -> FlaskClient:
    """On this machine."""
    return app.test_client(use_cookies=False)


def scraped(client: FlaskClient, **how: object) -> dict[str, float]:
    """Each value by its name and labels; fails on a line that is none."""
    answer = client.get("/metrics", **how)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            read = LINE.fullmatch(line)
            found[f"{read['name']}{{{read['labels']}}}" if read["labels"] else read["name"]] = float(read["value"])
    return found


def test_all_is_quiet(app: Flask, prometheus: FlaskClient) -> None:
    with app.app_context():
        for role in SIGNING:
            upkeep.sign_of_life(role, {})
        base.db.session.remove()
    found = scraped(prometheus)
    assert {name: found[name] for name in found if "silent" not in name and "difference" not in name} == {
        "hotline_clocks_due": 0, "hotline_clocks_oldest_due_seconds": 0, "hotline_clocks_held": 0,
        "hotline_without_redis": 0,
    }
    assert {name for name in found if "silent" in name} == {f'hotline_silent_seconds{{role="{r}"}}' for r in SIGNING}
    assert abs(found["hotline_clock_difference_seconds"]) < 5


def test_what_is_late_waiting_given_up_and_held_is_counted(
    app: Flask, prometheus: FlaskClient, city: City, admin: psycopg.Connection
) -> None:
    with app.app_context():
        with at("2026-03-02 10:00"):
            log(city)
        upkeep.sign_of_life(HELD, {})
        upkeep.sign_of_life(BEAT, {"without_redis": True})
        outbox.relay_notices()
        base.db.session.remove()
    admin.execute(
        "INSERT INTO outbox (key, topic, payload, created_at, not_before, attempts, last_error, dead_at) VALUES"
        " ('w', 'sms', '{}', now() - interval '1 hour', now(), 0, '', NULL),"
        " ('d', 'sms', '{}', now(), now(), 9, '', now())"
    )
    found = scraped(prometheus)
    assert found["hotline_clocks_due"] == 3
    assert found["hotline_clocks_oldest_due_seconds"] > 60
    assert (found["hotline_clocks_held"], found["hotline_without_redis"]) == (1, 1)
    assert found['hotline_outbox_waiting{topic="sms"}'] == found['hotline_outbox_dead{topic="sms"}'] == 1
    assert 3600 <= found['hotline_outbox_oldest_seconds{topic="sms"}'] < 3700


def test_what_has_fired_today_is_counted_by_step_and_by_how_late(
    app: Flask, prometheus: FlaskClient, city: City, admin: psycopg.Connection
) -> None:
    with app.app_context():
        with at(now() - timedelta(days=30)):
            log(city)
        supervise.sweep()
        base.db.session.remove()
    admin.execute("UPDATE clock_firing SET late_seconds = 7 WHERE level = 'RED' AND clock_id ="
                  " (SELECT min(clock_id) FROM clock_firing WHERE level = 'RED')")
    admin.execute("UPDATE clock_firing SET at = at - interval '1 day'")
    assert not [name for name in scraped(prometheus) if name.startswith("hotline_steps")]

    admin.execute("UPDATE clock_firing SET at = at + interval '1 day'")
    found = scraped(prometheus)
    red = {le: found[f'hotline_steps_late_seconds_bucket{{level="RED",le="{le}"}}'] for le in ("5", "10", "+Inf")}
    assert red == {"5": 0, "10": 1, "+Inf": found['hotline_steps_late_seconds_count{level="RED"}']}
    assert red["+Inf"] == 3
    assert found['hotline_steps_late_seconds_sum{level="RED"}'] > 7
    assert found['hotline_steps_collapsed_total{level="YELLOW"}'] > 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("203.0.113.9", {"Authorization": "Bearer only for the watchers"}, 200),
        ("203.0.113.9", {"Authorization": "Bearer only for the watcherS"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
    ],
)
def test_only_this_machine_and_whoever_brings_the_token_may_look(
    app: Flask, prometheus: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str, headers: dict, status: int
) -> None:
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "only for the watchers")
    answer = prometheus.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_without_a_token_none_is_good(prometheus: FlaskClient) -> None:
    headers = {"Authorization": "Bearer "}
    assert prometheus.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
