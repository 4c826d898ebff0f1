"""Fixtures of API tests: the whole application, a small city, and callers with their tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hotline import create_app
from hotline.config import load
from tests.builders import City, make_city
from tests.conftest import environment
from tests.database import Database
from workflows.model import base


@pytest.fixture(scope="session")
def app(database: Database, redis_url: str) -> Iterator[Flask]:
    """The application with its API."""
    made = create_app(load(environment(database, redis_url), testing=True))
    yield made
    with made.app_context():
        base.db.engine.dispose()


@pytest.fixture
def city(app: Flask, clean: Database) -> City:
    """A small city, gone after the test."""
    with app.app_context():
        made = make_city()
        base.db.session.remove()
    return made
