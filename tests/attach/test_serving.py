"""Files over HTTP: on the pages and the API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from hotline.api.tokens import issue
from tests import builders as play
from tests.attach import files
from tests.builders import City
from workflows.model import base
from workflows.rules.vocabulary import Anonymity


@pytest.fixture
def system(app: Flask, town: City) -> Any:
    """Asks as an account: system("housing", "GET", path, …)."""
    client = app.test_client(use_cookies=False)

    def ask(account: str, method: str, path: str, **more: Any) -> Any:
        with app.app_context():
            token = issue(account, days=1)
            base.db.session.remove()
        return client.open(f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {token}"}, **more)

    return ask


@pytest.fixture
def no(app: Flask, town: City) -> str:
    """A ticket a unit handles, its caller withheld."""
    with app.app_context():
        made = play.to_handling(town, anonymity=Anonymity.WITHHELD)
        base.db.session.remove()
    return made


def form(group: str, *sent: tuple[bytes, str]) -> dict[str, Any]:
    return {"data": {"group": group, "file": [(io.BytesIO(data), name) for data, name in sent]}}


def test_another_system_brings_and_fetches_files(system: Any, no: str) -> None:
    sent = form("HANDLING", (files.picture(), "整改后.jpg"))
    answer = system("housing", "POST", f"/tickets/{no}/attachments", **sent)
    assert answer.status_code == 201
    (key,) = answer.json["keys"]
    listed = system("housing", "GET", f"/tickets/{no}/attachments").json
    assert [(one["key"], one["name"], one["width"]) for one in listed["items"]] == [(key, "整改后.jpg", 24)]
    file = system("reviewer", "GET", f"/tickets/{no}/attachments/{key}")
    assert file.data.startswith(b"\xff\xd8\xff")
    file.close()
    headers = file.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert "filename*=UTF-8''%E6%95%B4%E6%94%B9%E5%90%8E.jpg" in headers["Content-Disposition"]
    assert headers["Content-Disposition"].startswith("attachment")
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert "sandbox" in headers["Content-Security-Policy"]


def test_what_is_withheld_is_not_told_to_a_unit(system: Any, no: str) -> None:
    sent = system("agent", "POST", f"/tickets/{no}/attachments", **form("CALLER", (files.picture(), "林小满.jpg")))
    (key,) = sent.json["keys"]
    assert system("housing", "GET", f"/tickets/{no}/attachments").json == {"items": [], "withheld": 1}
    assert system("housing", "GET", f"/tickets/{no}/attachments/{key}").status_code == 404
    assert system("urban", "GET", f"/tickets/{no}/attachments").status_code == 404
    assert "林小满" not in system("housing", "GET", f"/tickets/{no}").get_data(as_text=True)


def test_a_page_named_picture_is_refused_with_the_reason(system: Any, no: str) -> None:
    answer = system("housing", "POST", f"/tickets/{no}/attachments", **form("HANDLING", (b"<html>", "a.jpg")))
    assert answer.status_code == 422
    assert answer.json["errors"]["file"][0]["code"] == "file_kind_refused"


@pytest.mark.parametrize("sent", [0, 11])
def test_none_and_too_many_are_refused(app: Flask, system: Any, no: str, sent: int) -> None:
    assert app.config["MAX_FORM_PARTS"] == 60
    many = [(files.picture(), f"{n}.jpg") for n in range(sent)]
    assert system("housing", "POST", f"/tickets/{no}/attachments", **form("HANDLING", *many)).status_code == 422
