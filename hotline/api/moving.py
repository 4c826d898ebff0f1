"""Moves as other systems ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.api import references
from hotline.api.openapi import ON_APPLICATIONS
from hotline.city import reference
from hotline.moves import MOVES, perform
from workflows.engine import outcome_of
from workflows.errors import Invalid
from workflows.rules.roles import Actor

_OURS = {named: name for name, named in ON_APPLICATIONS.items()}
_DEEDS = frozenset(deed for deed, _kind in _OURS)


def asked(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The move's name in the table of moves, and its data. Raises Invalid where there is no such move."""
    data = dict(body)
    name = data.pop("move", None)
    if not isinstance(name, str) or name not in MOVES.keys() | _DEEDS:
        raise Invalid(fields={"move": ["required" if name is None else "not_a_choice"]})
    if name not in _DEEDS or (name in MOVES and "kind" not in data):  # `refuse` alone is of the whole request
        return name, data
    kind = data.pop("kind", None)
    if not isinstance(kind, str) or (name, kind) not in _OURS:
        raise Invalid(fields={"kind": ["not_a_choice"]})
    return _OURS[name, kind], data


def make(name: str, no: str, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """Make the move; where the ticket stands then."""
    return again(outcome_of(perform(name, no, actor, data)))


def again(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """An outcome as it is told."""
    return dict(outcome) | {"unit": references.unit(outcome["unit_id"], reference())}
