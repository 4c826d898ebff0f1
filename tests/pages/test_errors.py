"""Every "no" is ours: a page, a message or a problem document, with the request's id and no trace (S16–S18, T43)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import hotline
from hotline.access import by_token, public, roles_only
from hotline.forms import CleanStr, Form, StrictInt, Typed, keeps, load
from tests.pages.browser import Client
from workflows.errors import Invalid, KeyReused, NotAllowed, NotNow, Outdated, Refusal, Unavailable, Unknown
from workflows.model.base import db
from workflows.rules.roles import Role

REFUSALS = {
    "invalid": (Invalid(fields={"title": ["required"]}), 422),
    "not-allowed": (NotAllowed("role_may_not", move="dispatch"), 403),
    "unknown": (Unknown("ticket_unknown"), 404),
    "not-now": (NotNow("contact_first"), 409),
    "outdated": (Outdated("ticket_changed", no="2026"), 409),
    "key-reused": (KeyReused("key_reused"), 422),
    "unavailable": (Unavailable("unavailable"), 503),
}


class TwoFields(Form):
    """A form of the test's own."""

    title = CleanStr(required=True, most=5)
    size = StrictInt(most=9)


def _show(typed: Typed | None = None) -> str:
    typed = typed or Typed()
    return f"<p>{typed.value('title')}</p><p>{','.join(typed.problems)}</p>"


def _views(bp: Blueprint) -> None:
    @bp.get("/refuse/<kind>")
    def refuse(kind: str) -> str:
        raise REFUSALS[kind][0]

    @bp.get("/abort/<int:status>")
    def stop(status: int) -> str:
        abort(status)

    @bp.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("the caller 13812345678 said so")

    @bp.get("/broken-query")
    def broken_query() -> str:
        db.session.execute(text("select no_such_column"))
        return ""

    @bp.get("/slow-query")
    def slow_query() -> str:
        db.session.execute(text("set local statement_timeout = '20ms'"))
        db.session.execute(text("select pg_sleep(5)"))
        return ""

    @bp.get("/too-big")
    def too_big() -> str:
        db.session.execute(text("select cast(:n as bigint)"), {"n": 2**70})
        return ""

    @bp.post("/keep")
    @keeps(_show)
    def keep() -> str:
        form = load(TwoFields)
        raise REFUSALS[form["title"]][0] if form["title"] in REFUSALS else AssertionError(form)


@pytest.fixture
def doors(another_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Flask]:
    """An application with doors behind which everything goes wrong."""
    mounts = []
    guards = {"open": public, "shut": roles_only(Role.SUPERVISOR), "machines": by_token}
    for name, guard in guards.items():
        prefix = f"/api/{name}" if guard is by_token else f"/{name}"
        bp = Blueprint(f"doors_{name}", __name__, url_prefix=prefix)
        _views(bp)
        mounts.append((bp, guard))
    monkeypatch.setattr(hotline, "MOUNTS", hotline.MOUNTS + tuple(mounts))

    def make(**changes: str) -> Flask:
        app = another_app(**changes)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return app

    return make


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_becomes_a_page_with_its_status_and_words(doors: Callable[..., Flask], kind: str) -> None:
    refusal, status = REFUSALS[kind]
    page = doors().test_client().page(f"/open/refuse/{kind}", status=status)
    assert page.texts("p", class_="request-id")
    assert refusal.code not in page.text()


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_program_gets_a_problem_document(doors: Callable[..., Flask], kind: str) -> None:
    refusal, status = REFUSALS[kind]
    answer = doors().test_client().get(f"/open/refuse/{kind}", headers={"Accept": "application/json"})
    problem = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert (problem["code"], problem["status"]) == (refusal.code, status)
    assert problem["request_id"] == answer.headers["X-Request-ID"]


def test_htmx_gets_a_message_and_keeps_what_it_shows(doors: Callable[..., Flask]) -> None:
    answer = doors().test_client().get("/open/refuse/not-now", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#messages")
    assert "请先联系诉求人" in answer.page.text()
    assert "<html" not in answer.page.html


def test_moves_and_moments_in_a_refusal_are_words(doors: Callable[..., Flask]) -> None:
    browser = doors().test_client()
    assert "“派单”" in browser.page("/open/refuse/not-allowed", status=403).text()
    browser.send("/language", locale="en", next="/")
    assert "Dispatch" in browser.page("/open/refuse/not-allowed", status=403).text()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 418, 429, 503])
def test_flasks_own_errors_look_like_ours(doors: Callable[..., Flask], status: int) -> None:
    browser = doors().test_client()
    assert browser.page(f"/open/abort/{status}", status=status).texts("p", class_="request-id")
    answer = browser.get(f"/open/abort/{status}", headers={"Accept": "application/json"})
    assert json.loads(answer.data)["status"] == status


def test_an_unknown_address_is_a_page_for_people_and_json_under_api(client: Client) -> None:
    assert "没有找到" in client.page("/no/such/page", status=404).text()
    answer = client.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_wrong_method_says_which_are_right(client: Client) -> None:
    assert "POST" in client.get("/sign-out").headers["Allow"]


def test_a_fault_shows_no_trace_and_is_logged_with_the_id_and_without_numbers(
    doors: Callable[..., Flask], capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = doors()
    hotline.logs.configure("INFO")
    try:
        answer = app.test_client().get("/open/fault")
    finally:
        root = logging.getLogger()
        root.handlers = [handler for handler in root.handlers if handler.get_name() != "hotline"]
        root.setLevel(logging.WARNING)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.page.html
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    logged = next(line for line in lines if "ZeroDivisionError" in line.get("exception", ""))
    assert logged["request_id"] == answer.headers["X-Request-ID"]
    assert "13812345678" not in json.dumps(lines)
    assert next(line for line in lines if line["event"] == "request")["status"] == 500


def test_a_query_that_takes_too_long_is_an_apology(doors: Callable[..., Flask]) -> None:
    browser = doors().test_client()
    assert "没有写入任何数据" in browser.page("/open/slow-query", status=503).text()
    browser.page("/open/refuse/not-now", status=409)


def test_a_value_the_database_cannot_hold_is_the_senders_mistake(doors: Callable[..., Flask]) -> None:
    doors().test_client().page("/open/too-big", status=422)


def test_a_broken_query_is_a_fault(doors: Callable[..., Flask]) -> None:
    doors().test_client().page("/open/broken-query", status=500)


def test_without_a_database_there_is_an_apology_and_still_a_way_in(another_app: Callable[..., Flask]) -> None:
    browser = another_app(HOTLINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing").test_client()
    assert browser.page("/sign-in").texts("h1") == ["登录"]
    with browser.session_transaction() as cookie:
        cookie["sid"] = "somebody"
    assert "暂时不可用" in browser.page("/notices", status=503).text()
    answer = browser.get("/notices", headers={"Accept": "application/json"})
    assert json.loads(answer.data)["code"] == "unavailable"


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = client.post("/sign-in", data={"account": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "太大" in answer.page.text()


def test_a_role_opens_its_own_doors_only(doors: Callable[..., Flask]) -> None:
    app = doors()
    app.test_client().as_user("supervisor").page("/shut/refuse/not-now", status=409)
    shut = app.test_client().as_user("unit_clerk").page("/shut/refuse/not-now", status=403)
    assert "不能使用这一页面" in shut.text()
    assert app.test_client().get("/shut/refuse/not-now").status_code == 303


def test_a_blueprint_without_a_guard_is_closed_to_everybody(another_app: Callable[..., Flask]) -> None:
    app = another_app()
    stray = Blueprint("stray", __name__, url_prefix="/stray")
    _views(stray)
    app.register_blueprint(stray)
    assert app.test_client().as_user("admin").get("/stray/refuse/not-now").status_code == 403


def test_a_session_is_no_token_and_needs_none_of_the_forms(doors: Callable[..., Flask]) -> None:
    browser = doors().test_client().as_user("supervisor")
    answer = browser.get("/api/machines/refuse/not-now")
    assert (answer.status_code, json.loads(answer.data)["code"]) == (401, "sign_in_needed")
    assert browser.post("/api/machines/keep", data={"title": "x"}).status_code == 401


@pytest.mark.parametrize(("title", "status", "shown"), [
    ("much too long", 422, "title"), ("not-now", 422, "title"), ("", 422, "title"), ("<b>", 500, None),
])
def test_a_refused_form_comes_back_with_what_was_typed(
    doors: Callable[..., Flask], title: str, status: int, shown: str | None
) -> None:
    browser = doors().test_client()
    answer = browser.post("/open/keep", data={"title": title, "size": "3", "csrf_token": browser.token()})
    assert answer.status_code == status
    if shown:
        assert answer.page.texts("p") == [title, shown]


def test_unknown_fields_are_refused(doors: Callable[..., Flask]) -> None:
    browser = doors().test_client()
    answer = browser.post("/open/keep", data={"title": "a", "is_admin": "1", "csrf_token": browser.token()})
    assert (answer.status_code, answer.page.texts("p")) == (422, ["a", "is_admin"])


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    client.as_user("agent")
    for address in ("/sign-in", "/notices", "/no/such", "/static/css/app.css"):
        with client.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert {"default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"} <= set(
            policy.split("; ")
        )
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
        assert headers["X-Request-ID"]
    assert client.get("/notices").headers["Cache-Control"] == "no-store"
    with client.get("/assets/0/css/app.css") as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_a_forged_host_name_is_refused(client: Client) -> None:
    answer = client.get("/sign-in", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("proxies", "expected"), [("0", "127.0.0.1"), ("1", "203.0.113.9"), ("2", "198.51.100.7")])
def test_only_configured_proxies_say_where_a_request_comes_from(
    another_app: Callable[..., Flask], admin, proxies: str, expected: str
) -> None:
    browser = another_app(HOTLINE_TRUSTED_PROXIES=proxies).test_client()
    forwarded = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9", "X-Forwarded-Host": "evil.example"}
    sent = {"account": "agent", "password": "wrong", "csrf_token": browser.token()}
    assert browser.post("/sign-in", data=sent, headers=forwarded).status_code == 403
    assert admin.execute("select address from sign_in_event").fetchone()[0] == expected


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f g h", "line\nbreak-line", "12345678"])
def test_an_id_from_outside_is_not_believed_without_a_proxy(client: Client, given: str) -> None:
    if "\n" in given:
        given = given.replace("\n", " ")
    assert client.get("/sign-in", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_refusals_are_known_to_the_table_of_statuses() -> None:
    for kind in Refusal.__subclasses__():
        assert hotline.errors.status_of(kind("x")) >= 400


def test_operational_errors_do_not_show_values(doors: Callable[..., Flask]) -> None:
    """Bound values may be names and numbers; neither pages nor logs print them."""
    with doors().app_context():
        db.session.execute(text("set local statement_timeout = '20ms'"))
        slow = text("select pg_sleep(5), :phone")
        with pytest.raises(OperationalError) as caught:
            db.session.execute(slow, {"phone": "13812345678"})
        db.session.rollback()
    assert "13812345678" not in str(caught.value)
