"""Fixtures of page tests: the whole application, a small city, and the client that checks what it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event

from hotline import create_app, limiting
from hotline.config import load
from hotline.sign_in import passwords
from tests.builders import SHANGHAI, City, make_city
from tests.conftest import environment
from tests.database import Database
from tests.pages.browser import Client
from workflows.model import base
from workflows.model.base import now, rehearse, transaction
from workflows.model.directory import Unit, User, UserRole
from workflows.model.settings import WorkCalendar
from workflows.rules.roles import Role

#: What hashes passwords outside of tests.
REAL = passwords.hasher
#: Of every account below.
PASSWORD = "Correct-horse-7"


@pytest.fixture(scope="session")
def app(database: Database, redis_url: str) -> Iterator[Flask]:
    """The application with all its pages."""
    made = create_app(load(environment(database, redis_url), testing=True))
    made.test_client_class = Client
    yield made
    with made.app_context():
        base.db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[PasswordHash]:
    """Hashing takes a tenth of a second on purpose; here it need not. Yields the real one.

    Tests in the browser have this fixture too: of the two in one process, the second finds the first at work.
    """
    before, passwords.hasher = passwords.hasher, PasswordHash((Argon2Hasher(1, 8, 1),))
    passwords._nobodys.cache_clear()
    yield REAL
    passwords.hasher = before
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="session")
def password_hash(cheap_hashes: PasswordHash) -> str:
    """One hash for all."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def people(app: Flask, clean: Database, password_hash: str) -> dict[str, int]:
    """A hotline, a bureau with a section, and a user per role, the account its name in small letters: account → id."""
    with app.app_context():
        with transaction():
            hotline, section = _units()
            users = {}
            for role in Role:
                if role in {Role.CITIZEN, Role.SYSTEM}:
                    continue
                unit = section if role in {Role.UNIT_CLERK, Role.UNIT_LEAD} else hotline
                users[role.lower()] = _user(role, unit, password_hash)
        found = {account: user.id for account, user in users.items()}
        base.db.session.remove()
    return found


def _units() -> tuple[Unit, Unit]:
    if not base.db.session.query(WorkCalendar).filter_by(is_default=True).count():
        blocks = [["09:00", "12:00"], ["13:30", "17:30"]]
        base.db.session.add(WorkCalendar(name="tests", blocks=blocks, all_days=False, is_default=True))
    made = []
    for code, kind, parent in (("HL", "HOTLINE", None), ("B1", "BUREAU", None), ("B1S", "SECTION", "B1")):
        above = next((unit for unit in made if unit.code == parent), None)
        unit = Unit(code=code, name=f"单位{code}", short_name=code, kind=kind, path="//",
                    parent_id=above.id if above else None, active_from=date(2020, 1, 1))
        base.db.session.add(unit)
        base.db.session.flush()
        unit.path = f"{above.path if above else '/'}{unit.id}/"
        made.append(unit)
    return made[0], made[2]


def _user(role: Role, unit: Unit, password_hash: str) -> User:
    user = User(account=role.lower(), name=f"人{role}", password_hash=password_hash, unit_id=unit.id, created_at=now())
    user.roles.append(UserRole(role=str(role)))
    base.db.session.add(user)
    base.db.session.flush()
    return user


@pytest.fixture
def another_app(people: dict[str, int], database: Database, redis_url: str) -> Iterator[Callable[..., Flask]]:
    """Makes applications on the same city with other settings: another_app(HOTLINE_TLS="1")."""
    made: list[Flask] = []

    def make(**changes: str) -> Flask:
        made.append(create_app(load(environment(database, redis_url) | changes, testing=True)))
        made[-1].test_client_class = Client
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            base.db.session.remove()
            base.db.engine.dispose()


@pytest.fixture
def client(app: Flask, people: dict[str, int]) -> Client:
    """A browser nobody has signed in with yet; nobody has failed to either."""
    return _fresh(app)


def _fresh(app: Flask) -> Client:
    limiting.init_app(app)  # the counts belong to the process: another test's application may have taken them along
    limiting.limiter.reset()
    return app.test_client()


@pytest.fixture
def city(app: Flask, clean: Database, password_hash: str) -> City:
    """The city of tests/builders.py, everybody's password being PASSWORD. Not to be used with `people`."""
    with app.app_context():
        made = make_city(password_hash)
        base.db.session.remove()
    return made


@pytest.fixture
def loop(app: Flask, city: City) -> Callable[..., Any]:
    """A step of tests/builders.py taken behind the pages' back: loop(to_handling, kind=Kind.HELP)."""

    def take(step: Callable[..., Any], *args: Any, **changes: Any) -> Any:
        # Each in a context of its own: a request inside an open one would find the `g` of the request before it.
        with app.app_context():
            try:
                return step(city, *args, **changes)
            finally:
                base.db.session.remove()

    return take


@pytest.fixture
def in_a_slot(app: Flask, clean: Database) -> Iterator[None]:
    """Tomorrow morning at ten: callers may be rung, whenever the tests run."""
    with app.app_context():
        real = now().astimezone(SHANGHAI)
        base.db.session.remove()
    ten = datetime.combine(real + timedelta(days=1), time(10), SHANGHAI)
    with rehearse(ten - real):
        yield


@pytest.fixture
def browser(app: Flask, city: City) -> Client:
    """A browser in the city: browser.as_user("housing")."""
    return _fresh(app)


@pytest.fixture
def queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements something sends to the database: queries(lambda: browser.page("/"))."""

    def count(act: Callable[[], Any]) -> int:
        with app.app_context():
            engine = base.db.engine
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count
