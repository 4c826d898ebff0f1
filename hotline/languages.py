"""Which language a reader gets: the account's, the browser's choice, else Chinese."""

from __future__ import annotations

from flask import Flask, g, has_request_context, session
from flask_babel import Babel

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def locale() -> str:
    """The locale of this request."""
    if not has_request_context():
        return LOCALES["zh"]
    visitor = g.get("visitor")
    chosen = visitor.locale if visitor is not None else session.get("locale")
    return LOCALES.get(chosen or "zh", LOCALES["zh"])


def init_app(app: Flask) -> None:
    """Chinese texts are the message ids; the English catalogue stands in translations/."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LOCALES["zh"])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    Babel(app, locale_selector=locale)
