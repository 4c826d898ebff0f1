"""An application without a database: what its routes, guards and templates are can be seen without one."""

from __future__ import annotations

import pytest
from flask import Flask

from hotline import create_app
from hotline.config import load
from tests.conftest import KEYS


@pytest.fixture(scope="session")
def app() -> Flask:
    """Settings that point nowhere: nothing here connects."""
    nowhere = {
        "HOTLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "HOTLINE_REDIS_URL": "redis://127.0.0.1:1/0",
    }
    return create_app(load(KEYS | nowhere, testing=True))
