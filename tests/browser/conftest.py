"""A real browser on the real application: the system's Chromium, at the size of the desks' screens."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import time
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from hotline.access import SESSION_KEY
from tests.pages.browser import Client
from tests.pages.conftest import another_app, app, cheap_hashes, city, loop, password_hash, people
from workflows.rules import closing as ringing

#: The same city, people and applications as the tests of pages.
__all__ = ["another_app", "app", "cheap_hashes", "city", "loop", "password_hash", "people"]

WIDTH, HEIGHT = 1366, 768
CHROMIUM = os.environ.get("HOTLINE_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser; where there is none it is said so."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(autouse=True)
def rung_at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers may be rung whenever the tests run: the application's own threads know no other clock."""
    monkeypatch.setattr(ringing, "SLOTS", ((time(0), time.max),))
    monkeypatch.setattr(ringing, "DO_NOT_DISTURB", (time.max, time(0)))


@dataclass
class Desk:
    """An application listening on loopback, and windows on it."""

    app: Flask
    address: str
    browser: Browser

    def window(self, account: str | None = None, **options: Any) -> Page:
        """A new window, signed in as somebody who exists. It fails on errors in the console and outside addresses."""
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", **options
        )
        if account is not None:
            self._sign_in(context, account)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))  # type: ignore[attr-defined]
        page.on("console", lambda line: _note(page, line))
        page.on("request", lambda asked: _stay_home(page, asked.url, self.address))
        return page

    def _sign_in(self, context: BrowserContext, account: str) -> None:
        client = self.app.test_client()
        assert isinstance(client, Client)
        client.as_user(account)
        with client.session_transaction() as kept:
            assert SESSION_KEY in kept
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])


def _note(page: Page, line: Any) -> None:
    # A refused form answers 4xx, which the browser logs; that is no fault of the page.
    if line.type in {"error", "warning"} and "Failed to load resource" not in line.text:
        page.complaints.append(f"{line.type}: {line.text}")  # type: ignore[attr-defined]


def _stay_home(page: Page, url: str, address: str) -> None:
    if not url.startswith((address, "data:", "blob:")):
        page.complaints.append(f"asked {url}")  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Answering:
    """The application, with answers that close themselves and can be waited for.

    Werkzeug's server leaves an answer open when the window hangs up, and its threads outlive it.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._under_way = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        with self._counted(), closing(self.app(environ, start_response)) as parts:
            yield from parts

    def finish(self) -> None:
        """Return when no answer is under way."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._under_way, timeout=30)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, n: int) -> None:
        with self._changed:
            self._under_way += n
            self._changed.notify_all()


@pytest.fixture
def listen(chromium: Browser) -> Iterator[Callable[[Flask], Desk]]:
    """Serve an application for the length of a test. After it no window may have complained."""
    servers: list[Any] = []
    desks: list[Desk] = []

    def start(app: Flask) -> Desk:
        answering = Answering(app)
        server = make_server("127.0.0.1", 0, answering, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread, answering))
        desks.append(Desk(app, f"http://127.0.0.1:{server.server_port}", chromium))
        return desks[-1]

    yield start
    complaints = [line for c in chromium.contexts for page in c.pages for line in getattr(page, "complaints", [])]
    for context in chromium.contexts:
        context.close()
    for server, thread, answering in servers:
        server.shutdown()
        thread.join()
        answering.finish()
        server.server_close()
    assert not complaints, "\n".join(complaints)


def accessible(page: Page) -> None:
    """Nothing serious or critical by axe's rules."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        f"{v['id']}: {v['help']} — {[node['html'][:160] for node in v['nodes'][:4]]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]
    assert not serious, "\n".join(serious)


def fits(page: Page) -> None:
    """The page itself never scrolls sideways."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{over} px too wide"
