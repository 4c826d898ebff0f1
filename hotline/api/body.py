"""Reading a JSON body without being led astray by it.

Refused before anything looks at a field: bodies over a megabyte, other types than JSON, bytes that are no UTF-8, deep
nesting, NaN and Infinity, a name given twice, names no field could have, anything but an object at the top.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, NoReturn

from flask import Request, g, request
from marshmallow import RAISE, Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from hotline.api.problems import Unreadable
from hotline.forms import flat
from workflows.errors import Invalid

MOST_BYTES = 1_000_000
#: An object, a list in it, and room for what later versions may want.
DEEPEST = 6
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def strict_json(raw: bytes) -> dict[str, Any]:
    """The object in a body. Raises Unreadable."""
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise Unreadable("json_broken") from None
    if not isinstance(found, dict):
        raise Unreadable("json_not_an_object")
    _check_depth(found)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Unreadable("json_name_twice")
    if not all(_NAME.fullmatch(name) for name in made):
        raise Unreadable("json_bad_name")
    return made


def _constant(_name: str) -> NoReturn:
    raise Unreadable("json_not_a_number")


def _check_depth(found: dict[str, Any]) -> None:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise Unreadable("json_too_deep")


def json_body() -> dict[str, Any]:
    """The request's body; read once, kept for the request. Raises Unreadable, 413 or 415."""
    if "json_body" not in g:
        if not core.is_json(request.mimetype):
            raise UnsupportedMediaType
        request.max_content_length = MOST_BYTES
        g.json_body = strict_json(request.get_data(cache=False))
    return g.json_body


def fingerprint() -> bytes:
    """What makes two requests the same: where they went and what they say, however it was written."""
    said = json.dumps(json_body(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.path}\n{said}".encode()).digest()


class Parser(FlaskParser):
    """webargs, with this module's idea of JSON, nothing unknown in addresses, and errors as refusals of ours."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> dict[str, Any]:
        """The body as `json_body` reads it."""
        return json_body()

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_kwargs: Any) -> NoReturn:
        """One shape of errors for pages and API. webargs has put the location around the messages."""
        (messages,) = error.messages.values()
        raise Invalid("invalid", fields=flat(messages)) from error
