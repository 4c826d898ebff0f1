"""How a "no" reaches people and machines: one table from refusal to status, one page, one JSON shape.

JSON follows RFC 9457 (problem details) and is spoken under /api/ and to whoever asks for JSON; htmx gets a message
for the page's message bar; everybody else a page. Each carries the request's id, none a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from hotline import labels, logs
from workflows.errors import Invalid, KeyReused, NotAllowed, NotNow, Outdated, Refusal, Unavailable, Unknown
from workflows.model.base import db

STATUS: Mapping[type[Refusal], int] = {
    Invalid: 422,
    NotAllowed: 403,
    Unknown: 404,
    NotNow: 409,
    Outdated: 409,
    KeyReused: 422,
    Unavailable: 503,
}

#: What went wrong in the language of HTTP, for people. Others fall back to the first digit.
HTTP_TEXT: Mapping[int, Any] = {
    400: lazy_gettext("请求有误，无法处理。"),
    401: lazy_gettext("尚未登录，或登录已过期。请在新窗口登录后返回本页重新提交，已填写的内容仍在。"),
    403: lazy_gettext("您没有权限进行此操作。"),
    404: lazy_gettext("没有找到您要的内容。"),
    405: lazy_gettext("不支持这种请求方式。"),
    413: lazy_gettext("上传的内容太大。"),
    415: lazy_gettext("不支持这种内容格式。"),
    429: lazy_gettext("操作过于频繁，请稍后再试。"),
    500: lazy_gettext("系统出现意外错误，已记录。请稍后再试，或把下面的编号告诉管理员。"),
    503: lazy_gettext("系统暂时不可用，没有写入任何数据，请稍后再试。"),
}
_OUR_CODES = {
    401: "sign_in_needed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type",
    429: "too_many_requests", 500: "unexpected", 503: "unavailable",
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, unexpected)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(PoolTimeout, database_away)
    app.register_error_handler(DataError, unstorable)
    app.register_error_handler(StaleDataError, stale)


def refused(refusal: Refusal) -> Response:
    """The loop said no."""
    errors = labels.problem_texts(refusal.fields) if isinstance(refusal, Invalid) else {}
    return answer(status_of(refusal), refusal.code, labels.refusal_text(refusal), errors)


def forged(_error: CSRFError) -> Response:
    """A form without its token: mostly a page from before the last sign-in."""
    return answer(400, "csrf", gettext("页面已过期，请返回、刷新页面后重新提交。"))


def http_error(error: HTTPException) -> Response:
    """Whatever Flask, Werkzeug, webargs or an extension refused."""
    status = error.code or 500
    if error.response is not None and status < 400:
        return make_response(error.response)
    errors = (getattr(error, "data", None) or {}).get("messages", {})
    response = answer(status, _OUR_CODES.get(status, "bad_request"), http_text(status), errors)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def unexpected(error: HTTPException) -> Response:
    """A fault of ours. Flask has logged it with its trace; nothing of it is shown."""
    db.session.rollback()
    return answer(500, "unexpected", http_text(500))


def database_away(error: Exception) -> Response:
    """The database cannot be reached, is too busy, or gave up waiting."""
    detail = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    logs.log.error("database_away", error=detail, endpoint=request.endpoint)
    _let_go()
    return answer(503, "unavailable", http_text(503))


def unstorable(error: DataError) -> Response:
    """A value the database cannot hold that no form caught: their input, our gap."""
    logs.log.error("unstorable_input", error=type(error.orig).__name__, endpoint=request.endpoint)
    _let_go()
    return answer(422, "invalid", labels.refusal_text(Invalid("invalid")))


def stale(_error: StaleDataError) -> Response:
    """Two people changed the same row at once."""
    _let_go()
    return refused(Outdated("outdated"))


def _let_go() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session().invalidate()


def http_text(status: int) -> str:
    """A status in the reader's language."""
    return str(HTTP_TEXT.get(status) or HTTP_TEXT[500 if status >= 500 else 400])


def wants_json() -> bool:
    """Whether the other side is a program."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def answer(status: int, code: str, detail: str, errors: Mapping[str, Any] | None = None) -> Response:
    """The same "no" as JSON, as a message for htmx, or as a page."""
    title = HTTPStatus(status).phrase
    if wants_json():
        problem = {
            "type": f"urn:hotline:{code}", "title": title, "status": status, "code": code, "detail": detail,
            "errors": errors or {}, "request_id": logs.request_id(),
        }
        response = jsonify(problem)
        response.content_type = "application/problem+json"
    elif "HX-Request" in request.headers:
        response = _fragment(status, detail, errors or {})
    else:
        response = make_response(_page(status, detail, errors or {}))
    response.status_code = status
    return response


def _fragment(status: int, detail: str, errors: Mapping[str, Any]) -> Response:
    """A message for the page's message bar; the rest of the page, and what is typed in it, stays as it is."""
    texts = {"status": status, "detail": detail, "errors": errors, "request_id": logs.request_id()}
    response = make_response(render_template("errors/fragment.html", **texts))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#messages", "innerHTML"
    return response


def _page(status: int, detail: str, errors: Mapping[str, Any]) -> str:
    texts = {"status": status, "detail": detail, "errors": errors, "request_id": logs.request_id()}
    if isinstance(request.routing_exception, SecurityError):
        # No address can be built for a host name we do not answer to, so no page with links either.
        words = f"{status} {HTTPStatus(status).phrase}"
        return f"<!doctype html><html lang=en><title>{words}</title><h1>{words}</h1><p>{logs.request_id()}</p>"
    return render_template("errors/refusal.html", **texts)
