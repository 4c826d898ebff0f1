"""The API keeps to its own description (OpenAPI 3.1), whatever is sent (promise T42, shortened)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import hypothesis
import pytest
import schemathesis
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import checks
from schemathesis.generation import GenerationMode

from hotline.api.openapi import ON_APPLICATIONS
from hotline.moves import MOVES
from tests.api.conftest import REQUEST, System
from tests.builders import City

SYSTEM = Callable[[str], System]
#: Examples per operation and mode: some 30 seconds in all.
EXAMPLES = 25
UNHURRIED = {
    "deadline": None, "database": None, "derandomize": True, "phases": [hypothesis.Phase.generate],
    "suppress_health_check": list(hypothesis.HealthCheck),
}
#: What sending such data must have led to, or nothing was tried.
EXPECTED = {GenerationMode.POSITIVE: {200, 201, 422}, GenerationMode.NEGATIVE: {400, 422}}
CHECKED = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture
def description(app: Flask) -> dict:
    """What the API says of itself."""
    return app.test_client().get("/api/v1/openapi.json").json


@pytest.fixture
def operations(app: Flask, city: City) -> schemathesis.BaseSchema:
    """What may be asked of the API, by its own word."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_the_description_is_valid_openapi(description: dict):
    OpenAPIV31SpecValidator(description).validate()


def test_the_description_names_every_address_and_wants_a_token(description: dict):
    asked = {(path, method) for path, item in description["paths"].items() for method in item if method != "parameters"}
    assert asked == {
        ("/api/v1/tickets", "get"), ("/api/v1/tickets", "post"), ("/api/v1/tickets/{no}", "get"),
        ("/api/v1/tickets/{no}/moves", "post"), ("/api/v1/tickets/{no}/clocks", "get"),
        ("/api/v1/tickets/{no}/attachments", "get"), ("/api/v1/tickets/{no}/attachments", "post"),
        ("/api/v1/tickets/{no}/attachments/{key}", "get"),
        ("/api/v1/tickets/{no}/archive", "get"), ("/api/v1/archive", "get"), ("/api/v1/withdrawals", "get"),
        ("/api/v1/petitions", "get"), ("/api/v1/blocks", "get"), ("/api/v1/blocks", "post"),
        ("/api/v1/blocks/{key}/steps", "post"),
        ("/api/v1/sms/inbound", "post"),
        ("/api/v1/overdue", "get"), ("/api/v1/figures", "get"),
        ("/api/v1/periods", "get"), ("/api/v1/periods/{key}", "get"), ("/api/v1/periods/{key}/corrections", "get"),
        ("/api/v1/periods/{key}/tickets", "get"),
        ("/api/v1/categories", "get"), ("/api/v1/areas", "get"), ("/api/v1/units", "get"),
    }
    assert description["security"] == [{"token": []}]


def test_the_description_names_every_move(description: dict):
    described = {one["properties"]["move"]["const"] for one in description["components"]["schemas"]["AnyMove"]["oneOf"]}
    assert described == set(MOVES) | {deed for deed, _kind in ON_APPLICATIONS.values()}


def test_no_field_the_server_owns_can_be_sent(description: dict):
    sent = description["components"]["schemas"]["Intake"]
    assert sent["additionalProperties"] is False
    assert not {"no", "state", "version", "created_at", "created_by_id", "id"} & set(sent["properties"])


#: Of a body that is refused half read, the parser leaves what it had kept so far to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_is_answered_as_described(
    as_account: SYSTEM, operations: schemathesis.BaseSchema, mode: GenerationMode
):
    agent, supervisor = as_account("agent"), as_account("supervisor")
    no = agent.post("/tickets", REQUEST).json["no"]
    met: Counter[int] = Counter()

    def ask(case: schemathesis.Case) -> None:
        if "no" in case.path_parameters and len(str(case.body)) % 4:
            case.path_parameters["no"] = no
        if mode is GenerationMode.POSITIVE and case.path.endswith("/tickets") and isinstance(case.body, dict):
            case.body |= {"category": "0101", "phone": "13800001234", "enterprise_name": "某公司"}
        system = agent if case.method == "POST" and case.path.endswith("/tickets") else supervisor
        met[case.call_and_validate(headers=system.headers, checks=CHECKED).status_code] += 1

    for found in operations.get_all_operations():
        cases = found.ok().as_strategy(generation_mode=mode)
        tried = hypothesis.given(case=cases)(ask)
        hypothesis.settings(max_examples=EXAMPLES, **UNHURRIED)(tried)()
    assert max(met) < 500
    assert set(met) >= EXPECTED[mode], met
