"""What a watchdog is told."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hotline.api import health
from hotline.pulse import SIGNING
from tests.builders import City, at, log
from workflows import upkeep
from workflows.model import base
from workflows.model.base import now, rehearse
from workflows.model.leaps import HELD


@pytest.fixture
def watchdog(app: Flask, city: City) -> FlaskClient:
    """Somebody without a name."""
    return app.test_client(use_cookies=False)


def everybody_signs(app: Flask) -> None:
    with app.app_context():
        for role in SIGNING:
            upkeep.sign_of_life(role, {})
        base.db.session.remove()


def test_a_process_that_answers_is_alive_whatever_the_database_does(app: Flask, watchdog: FlaskClient, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("liveness must not ask the database")

    monkeypatch.setattr(base.db.session, "execute", broken)
    monkeypatch.setattr(base.db.session, "scalar", broken)
    answer = watchdog.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_it_is_ready_while_the_database_has_its_tables(watchdog: FlaskClient, admin: psycopg.Connection):
    assert watchdog.get("/readyz").json == {"status": "ok", "database": True, "tables": True}
    (version,) = admin.execute("SELECT version_num FROM alembic_version").fetchone()
    admin.execute("UPDATE alembic_version SET version_num = '0000'")
    try:
        answer = watchdog.get("/readyz")
    finally:
        admin.execute("UPDATE alembic_version SET version_num = %s", [version])
    assert (answer.status_code, answer.json["tables"]) == (503, False)


def test_it_is_not_ready_while_the_database_is_silent(app: Flask, watchdog: FlaskClient, admin: psycopg.Connection):
    name = admin.info.dbname
    with app.app_context():
        base.db.engine.dispose()
    with psycopg.connect(admin.info.dsn, dbname="postgres", password=admin.info.password, autocommit=True) as above:
        above.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            for path in ("/readyz", "/health/timers"):
                answer = watchdog.get(path)
                assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": False})
            assert watchdog.get("/healthz").status_code == 200
        finally:
            above.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert watchdog.get("/readyz").status_code == 200


def test_timers_are_well_while_nothing_waits_and_everybody_signs(app: Flask, watchdog: FlaskClient):
    everybody_signs(app)
    answer = watchdog.get("/health/timers")
    assert answer.status_code == 200
    assert answer.json["oldest_due_clock_seconds"] == 0
    assert set(answer.json["silent_seconds"]) == SIGNING


def test_a_due_clock_nobody_fires_raises_the_alarm(app: Flask, watchdog: FlaskClient, city: City):
    with app.app_context():
        with at("2026-03-02 10:00"):
            log(city)
        base.db.session.remove()
    everybody_signs(app)
    answer = watchdog.get("/health/timers")
    assert (answer.status_code, answer.json["status"]) == (503, "late")
    assert answer.json["oldest_due_clock_seconds"] > 60


def test_a_silent_process_raises_the_alarm(app: Flask, watchdog: FlaskClient):
    with app.app_context(), rehearse(timedelta(seconds=-31)):
        for role in SIGNING:
            upkeep.sign_of_life(role, {})
        base.db.session.remove()
    answer = watchdog.get("/health/timers")
    assert (answer.status_code, answer.json["status"]) == (503, "late")
    assert min(answer.json["silent_seconds"].values()) >= 31


def test_a_year_without_its_official_days_is_named_and_no_alarm(
    app: Flask, watchdog: FlaskClient, city: City, monkeypatch: pytest.MonkeyPatch
):
    everybody_signs(app)
    for day, year in ((date(2026, 10, 31), None), (date(2026, 11, 1), 2027)):
        monkeypatch.setattr(health, "today", lambda day=day: day)
        answer = watchdog.get("/health/timers")
        assert (answer.status_code, answer.json["provisional_year"]) == (200, year)


def test_a_process_that_never_signed_raises_the_alarm(watchdog: FlaskClient):
    answer = watchdog.get("/health/timers")
    assert (answer.status_code, answer.json["status"], answer.json["silent_seconds"]) == (503, "late", {})


@pytest.mark.parametrize("role", [HELD, None], ids=["held after a leap", "clocks apart"])
def test_a_clock_that_cannot_be_trusted_raises_the_alarm(
    app: Flask, watchdog: FlaskClient, monkeypatch: pytest.MonkeyPatch, role: str | None
) -> None:
    everybody_signs(app)
    assert watchdog.get("/health/timers").status_code == 200
    if role is None:
        monkeypatch.setattr("workflows.model.leaps.difference", lambda database: 6.0)
    else:
        with app.app_context():
            upkeep.sign_of_life(role, {})
            base.db.session.remove()
    answer = watchdog.get("/health/timers")
    assert (answer.status_code, answer.json["held"]) == (503, role is not None)


def test_the_world_is_told_numbers_and_no_more(app: Flask, watchdog: FlaskClient):
    everybody_signs(app)
    with app.app_context():
        moment = now()
        base.db.session.remove()
    for path in ("/healthz", "/readyz", "/health/timers"):
        said = watchdog.get(path).text
        assert str(moment.year) not in said
        assert "pid" not in said
        assert "host" not in said
