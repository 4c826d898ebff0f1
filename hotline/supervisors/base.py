"""The blueprint of the supervisor's seat."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("supervisors", __name__, url_prefix="/supervision")
