"""What administrators decided, as pages and API need it: looked up once a request, however often it is asked for."""

from __future__ import annotations

from flask import g, has_request_context

from workflows.model import reference as model
from workflows.model.reference import Reference


def reference() -> Reference:
    """The settings as they were when this request first asked; a use case looks again by itself."""
    if not has_request_context():
        return model.reference()
    if "reference" not in g:
        g.reference = model.reference()
    return g.reference


def known(number: int) -> None:
    """Say which settings hold, where a query of this request has brought their number along."""
    g.reference = model.snapshot(number)
