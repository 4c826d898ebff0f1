"""Fixtures for everybody: servers, a database as new for every test, an application on it.

A test that touches the database asks for `db` (an application context and the session, cleaned afterwards) or
for `clean` (cleaned afterwards, no context). Nothing is started for tests that need none of this.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
import redis
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from pytest_socket import socket_allow_hosts

from hotline import create_app
from hotline import database as migrations
from hotline.config import load
from tests.database import Database, copy_of_template, test_servers
from workflows.model import base
from workflows.read import kept

# Keys of no worth: they encrypt made-up callers in databases that are thrown away.
KEYS = {
    "HOTLINE_SECRET_KEY": "signs nothing but the sessions of tests",
    "HOTLINE_IDENTITY_KEY": "t1:" + "dGVzdHMtb25seS1pZGVudGl0eS1rZXktMzItYnl0ZXM=",
    "HOTLINE_PHONE_KEY": "dGVzdHMtb25seS1ob3RsaW5lLXBob25lLWtleS0zMmI=",
}
held = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`bin/test chaos` takes its time."""
    parser.addoption("--long", action="store_true", help="the faults of tests/chaos many times over and for longer")


def pytest_configure(config: pytest.Config) -> None:
    """With xdist the process that hands out the tests starts the servers all others use."""
    config.stash[held] = ExitStack()
    hands_out = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if hands_out and not config.option.collectonly:
        os.environ.update(config.stash[held].enter_context(test_servers()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    config.stash[held].close()


def pytest_runtest_setup() -> None:
    """No test reaches beyond this machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are those of the moment, however slow the machine."""
    monkeypatch.setattr(kept, "CHEAP", float("inf"))


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """The URLs of a PostgreSQL (superuser) and a Valkey, under their HOTLINE_TEST_ names."""
    with test_servers() as urls:
        yield urls


@pytest.fixture(scope="session")
def redis_url(servers: dict[str, str], worker_number: int) -> str:
    """A numbered database of Valkey that belongs to this pytest process."""
    address, _, query = servers["HOTLINE_TEST_REDIS_URL"].partition("?")
    words = [word for word in query.split("&") if word and not word.startswith("db=")]
    return f"{address}?{'&'.join([f'db={worker_number}', *words])}"


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """1 for the first pytest process, 2 for the second, …"""
    worker = getattr(request.config, "workerinput", {"workerid": "gw0"})["workerid"]
    return int(worker.removeprefix("gw")) + 1


def environment(database: Database, redis_url: str, role: str = "hotline_app") -> dict[str, str]:
    """What the processes of a test are told: its database as the application's role, its Valkey, keys."""
    return KEYS | {
        "HOTLINE_DATABASE_URL": database.url(role),
        "HOTLINE_DATABASE_OWNER_URL": database.url("hotline_owner"),
        "HOTLINE_REDIS_URL": redis_url,
    }


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, servers: dict[str, str], redis_url: str, worker_number: int
) -> Iterator[Database]:
    """This process's database, migrated."""

    def migrate(fresh: Database) -> None:
        app = create_app(load(environment(fresh, redis_url), testing=True))
        with app.app_context():
            migrations.upgrade()
            base.db.engine.dispose()

    run = getattr(request.config, "workerinput", {}).get("testrunuid", str(os.getpid()))
    made = copy_of_template(servers["HOTLINE_TEST_DATABASE_URL"], run, str(worker_number), migrate)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def app(database: Database, redis_url: str) -> Iterator[Flask]:
    """The application, connected as its own role."""
    made = create_app(load(environment(database, redis_url), testing=True))
    yield made
    with made.app_context():
        base.db.engine.dispose()


@pytest.fixture
def clean(app: Flask, database: Database, redis_url: str) -> Iterator[Database]:
    """After the test every table and Valkey are as before it."""
    yield database
    with app.app_context():
        base.db.session.remove()
    database.clean()
    with redis.Redis.from_url(redis_url) as valkey:
        valkey.flushdb()


@pytest.fixture
def db(app: Flask, clean: Database) -> Iterator[SQLAlchemy]:
    """An application context and the session in it; what the test commits is gone after it."""
    with app.app_context():
        yield base.db
        base.db.session.remove()


@pytest.fixture
def admin(clean: Database) -> Iterator[psycopg.Connection]:
    """A superuser's connection, committing each statement: for looking behind the application's back."""
    with psycopg.connect(clean.admin_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty_database(servers: dict[str, str], worker_number: int) -> Iterator[Database]:
    """A database without tables, dropped afterwards."""
    made = Database(servers["HOTLINE_TEST_DATABASE_URL"], f"hotline_empty_{os.getpid()}_{worker_number}")
    yield made
    made.drop()
