"""The package of a petition: to be read and printed, or as JSON; the caller in full only for a reason on record."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from hotline.access import current_actor
from hotline.forms import Typed, keeps, load
from hotline.tickets.schemas import RevealForm
from hotline.tickets.views import bp
from workflows import conceal
from workflows.read.petitions import package
from workflows.read.tickets import ticket_page


def _written(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"not for a package: {type(value).__name__}")


def _answer(no: str, identity: conceal.Identity | None = None, typed: Typed | None = None) -> ResponseReturnValue:
    told = package(ticket_page(no, current_actor()), current_actor(), identity)
    if request.args.get("form") != "json":
        return render_template("tickets/package.html", told=told, typed=typed or Typed())
    body = json.dumps(told, ensure_ascii=False, default=_written, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="petition-{no}.json"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/json", headers=headers)


@bp.get("/<no>/petition")
def petition_package(no: str) -> ResponseReturnValue:
    """The package with the caller masked."""
    return _answer(no)


def _again(no: str, typed: Typed | None = None) -> ResponseReturnValue:
    return _answer(no, typed=typed)


@bp.post("/<no>/petition")
@keeps(_again)
def petition_package_in_full(no: str) -> ResponseReturnValue:
    """The package with the caller in full, for the reason given; who took it out and why is on record."""
    package(ticket_page(no, current_actor()), current_actor())  # refused before anything is revealed
    return _answer(no, conceal.reveal(no, current_actor(), reason=load(RevealForm)["reason"]))
