"""Logs: one JSON object per line on stdout, with the request's id and without anybody's identity."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Numbers that point to a person: mobile numbers and resident identity numbers.
_IDENTITY = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])(?![0-9Xx])")

log = structlog.get_logger("hotline")


def without_identities(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank out mobile and identity numbers in every text of a log line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _IDENTITY.sub("[number]", value)
    return event


_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_identities,
)


structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=False,
)


def configure(level: str) -> None:
    """Write structlog's and the standard library's lines to stdout, alike. Safe to call again."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(_SHARED),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.set_name("hotline")
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "hotline"] + [handler]
    root.setLevel(level)


def init_app(app: Flask) -> None:
    """Give every request an id, say it back in X-Request-ID, and log one line per request."""
    if not app.testing:
        configure(app.config.get("LOG_LEVEL", "INFO"))
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def request_id() -> str:
    """The id of this request: the trusted proxy's if it gave a well-formed one, else a new one."""
    if "request_id" in g:
        return g.request_id
    given = request.headers.get("X-Request-ID", "")
    trusted = current_app.config.get("TRUSTED_PROXIES") and _GIVEN_ID.fullmatch(given)
    return given if trusted else uuid.uuid4().hex


def _end(response: Response) -> Response:
    # The endpoint, not the address: addresses may carry what somebody searched for.
    response.headers["X-Request-ID"] = request_id()
    if request.endpoint not in {"static", "assets"}:
        began = g.get("began", time.perf_counter())
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint or "",
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
            user=g.get("user_id"),
        )
    return response
