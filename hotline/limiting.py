"""How often somebody may knock: limits counted in Valkey, in this process's memory while Valkey is away."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)

#: Failed sign-ins from one address. Only failures count: a whole hotline may share one address.
FAILED_SIGN_INS = "20 per 15 minutes"

#: Looks at tickets by number and query code from one address, and what a caller does with their own (S08).
QUERIES, ACTS = "10 per minute", "20 per minute;200 per day"

#: Requests sent in by a caller: from one address, and under one number (S09). Only what was taken counts.
SENT_FROM_ADDRESS, SENT_UNDER_NUMBER = "20 per hour", "5 per day"


def init_app(app: Flask) -> None:
    """Wire the limiter so that a missing Valkey slows nobody down and fails no request."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    if app.config["RATELIMIT_STORAGE_URI"] != "memory://":
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_connect_timeout": 1, "socket_timeout": 1})
    app.config["RATELIMIT_STRATEGY"] = "moving-window"
    app.config["RATELIMIT_KEY_PREFIX"] = "hotline"
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)
