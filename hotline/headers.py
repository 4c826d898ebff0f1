"""Security headers of every answer (OWASP ASVS 3.4), and what a browser may keep."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Add the headers to whatever leaves."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config.get("TLS"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
    if request.endpoint == "assets":
        # The address holds a hash of the files (pages.asset), so what is behind it never changes.
        response.cache_control.public, response.cache_control.max_age = True, ONE_YEAR
        response.cache_control.immutable = True
    elif g.get("user_id") is not None or not response.cache_control:
        response.headers["Cache-Control"] = "no-store"
    return response
