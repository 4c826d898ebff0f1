"""The API's own description (OpenAPI 3.1), made from the schemas and the registry of moves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask
from flask_smorest.utils import prepare_response

from hotline.api.body import Parser
from hotline.api.fields import describe
from hotline.api.problems import Problem
from hotline.moves import MOVES

PROBLEM_TYPE = "application/problem+json"
#: Moves on an application → (move, kind), as other systems name them: {"move": "apply", "kind": "return"}.
ON_APPLICATIONS = {
    f"{deed}_{kind}": (deed, kind)
    for kind in ("return", "extension", "suspension", "termination", "judgement", "exclusion", "appeal")
    for deed in ("apply", "grant", "refuse")
}
SECURITY = {
    "security": [{"token": []}],
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "made by `bin/hotline token ACCOUNT`"}
        }
    },
}
KEY_HEADER = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "description": "sent again with the same key and body, the request acts once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest with our way of reading bodies."""

    ARGUMENTS_PARSER = Parser()


class Api(flask_smorest.Api):
    """flask-smorest without its app-wide error handler, which would answer every page's 404 with JSON."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        super().__init__(spec_kwargs=SECURITY)
        self.init_app(app)
        describe(self)
        self.spec.components.schema("AnyMove", self._any_move())

    def _register_error_handlers(self) -> None:
        """`hotline/errors.py` answers for pages and API alike."""

    def _register_responses(self) -> None:
        """Every refusal is a problem document, whatever its status."""
        names = {status.name: status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
        for name, phrase in (names | {self.DEFAULT_ERROR_RESPONSE_NAME: "Refused"}).items():
            response: dict[str, Any] = {"description": f"{phrase}: `code` says why", "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, PROBLEM_TYPE)
            self.spec.components.response(name, response, lazy=True)

    def _any_move(self) -> dict[str, Any]:
        """One of the moves, told apart by its name and, on an application, its kind."""
        return {"oneOf": [self._move(name) for name in MOVES] + [self._move(name, named) for name, named in _NAMED]}

    def _move(self, name: str, named: tuple[str, str] | None = None) -> dict[str, Any]:
        fields = self.ma_plugin.converter.schema2jsonschema(MOVES[name].form)
        tags = {"move": {"const": named[0] if named else name}} | ({"kind": {"const": named[1]}} if named else {})
        return {
            "type": "object", "title": " ".join(named) if named else name, "additionalProperties": False,
            "properties": tags | fields["properties"], "required": [*tags, *fields.get("required", [])],
        }


_NAMED = tuple(ON_APPLICATIONS.items())
