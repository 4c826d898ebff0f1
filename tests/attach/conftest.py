"""A folder of its own for the files of every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.builders import City, make_city
from tests.database import Database
from workflows import attach
from workflows.attach import store
from workflows.model import base

LIMITS = attach.Limits(file_bytes=1_000_000, files=4, ticket_bytes=3_000_000, pixels=1_000_000)


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """Where the files lie."""
    before = store.store()
    attach.install(tmp_path / "files", LIMITS)
    yield tmp_path / "files"
    attach.install(before.root, before.limits)


@pytest.fixture
def city(db: object, folder: Path) -> City:
    """A small city."""
    return make_city()


@pytest.fixture
def town(app: Flask, clean: Database, folder: Path) -> City:
    """The same city for tests that come from outside, with no context open."""
    with app.app_context():
        made = make_city()
        base.db.session.remove()
    return made
