"""附件 on the ticket page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import builders as play
from tests.attach import files
from tests.attach.conftest import LIMITS
from tests.pages.browser import Client
from workflows import attach
from workflows.attach import store
from workflows.rules.vocabulary import Anonymity

Loop = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(app: Any, tmp_path: Path) -> Iterator[None]:
    """A folder of its own."""
    before = store.store()
    attach.install(tmp_path / "files", LIMITS)
    yield
    attach.install(before.root, before.limits)


def sent(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_evidence_is_added_looked_at_and_taken_back(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    browser.as_user("housing")
    browser.send(f"/tickets/{no}/attachments", group="HANDLING", file=sent(files.picture(), "整改后\u202e.jpg"))
    page = browser.page(f"/tickets/{no}")
    panel = page.one("section", id="attachments")
    assert "整改后.jpg" in page.text(panel)
    picture = next(a.get("href") for a in panel.iter("a") if a.get("target") == "_blank")
    shown = browser.get(picture)
    shown.close()
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    back = next(f.get("action") for f in panel.iter("form") if "discard" in (f.get("action") or ""))
    browser.send(back)
    page = browser.page(f"/tickets/{no}")
    assert "整改后" not in page.text(page.one("section", id="attachments"))


def test_what_is_wrong_is_told_beside_the_field(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    browser.as_user("housing")
    answer = browser.send(f"/tickets/{no}/attachments", status=422, group="HANDLING", file=sent(b"<html>", "a.jpg"))
    assert "不接受这种文件" in answer.get_data(as_text=True)


def test_what_a_withheld_caller_sent_in_waits_for_its_release(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling, anonymity=Anonymity.WITHHELD)
    browser.as_user("agent").send(
        f"/tickets/{no}/attachments", group="CALLER", file=sent(files.picture(), "林小满.jpg")
    )
    shown = browser.as_user("housing").page(f"/tickets/{no}").text()
    assert "另有 1 个附件可能暴露诉求人" in shown
    assert "林小满" not in shown
    page = browser.as_user("agent").page(f"/tickets/{no}")
    release = next(f.get("action") for f in page.all("form") if "release" in (f.get("action") or ""))
    browser.send(release)
    shown = browser.as_user("housing").page(f"/tickets/{no}").text()
    assert "诉求材料" in shown
    assert "林小满" not in shown
