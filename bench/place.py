"""Where a benchmark runs: a database of its own on servers of its own, durable like a real one, gone afterwards.

A server to measure on can be given instead by HOTLINE_TEST_DATABASE_URL (its superuser) and HOTLINE_TEST_REDIS_URL.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask

from bench import town
from hotline import create_app, database
from hotline.config import load
from hotline.local import Servers, completed
from hotline.local.keys import MAKERS
from hotline.local.servers import DATABASE
from tests.database import Database
from workflows.model.base import db

ROOT = Path(__file__).resolve().parent.parent
#: The folder of real data, which need not be there.
DATA = Path(os.environ.get("HOTLINE_SHARED_DATA", ROOT.parent / "shared" / "data"))
#: The superuser's address among the settings of a benchmark; the application is never told.
ADMIN = "BENCH_ADMIN_URL"


@contextmanager
def prepared() -> Iterator[dict[str, str]]:
    """The settings of a migrated database with the city in it; everything is removed at the end."""
    with ExitStack() as held:
        var = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
        held.callback(Servers({"HOTLINE_VAR": str(var)}).home.remove)
        environ = held.enter_context(_servers(var))
        with opened(environ):
            database.upgrade()
            town.found()
        yield environ


def settings(environ: dict[str, str]) -> dict[str, str]:
    """What the application may know: all but the superuser's address."""
    return {name: value for name, value in environ.items() if name != ADMIN}


@contextmanager
def _servers(var: Path) -> Iterator[dict[str, str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    clean |= {"HOTLINE_VAR": str(var), "HOTLINE_LOG_LEVEL": "WARNING"}
    given = [os.environ.get(f"HOTLINE_TEST_{name}_URL") for name in ("DATABASE", "REDIS")]
    if all(given):
        own = Database(given[0], f"hotline_bench_{os.getpid()}")
        try:
            yield clean | {name: make() for name, make in MAKERS.items()} | {
                "HOTLINE_DATABASE_URL": own.url(), "HOTLINE_DATABASE_OWNER_URL": own.url("hotline_owner"),
                "HOTLINE_REDIS_URL": given[1], ADMIN: own.admin_url,
            }
        finally:
            own.drop()
        return
    with completed(clean, owner=True) as environ:
        yield environ | {ADMIN: Servers(clean).admin_url(DATABASE)}


@contextmanager
def opened(environ: dict[str, str]) -> Iterator[Flask]:
    """An application on it, for what is done without HTTP."""
    app = create_app(load(settings(environ), process="cli"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say on standard error how long something took."""
    begun = perf_counter()
    yield
    sys.stderr.write(f"{what}: {perf_counter() - begun:.1f} s\n")
    sys.stderr.flush()


def real_data() -> Path:
    """The folder of real data, without which this benchmark ends here."""
    if not DATA.exists():
        sys.exit("the real data are not here: set HOTLINE_SHARED_DATA")
    return DATA


def parser(description: str, tickets: int) -> argparse.ArgumentParser:
    """`--tickets N`, which every benchmark takes."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--tickets", type=int, default=tickets, help=f"how many (default {tickets})")
    return made


def arguments(description: str, tickets: int) -> argparse.Namespace:
    """What a benchmark that takes nothing else was asked for."""
    return parser(description, tickets).parse_args()


def finish(figures: dict[str, Any]) -> None:
    """The last line: the figures as JSON."""
    print(json.dumps(figures))
