"""From what was sent to a request of the loop, and back to what the sender is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hotline.api import references
from hotline.api.schemas import Outcome
from hotline.city import reference
from workflows import collect
from workflows.errors import Invalid
from workflows.model.reference import Reference
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity

_OUR_NAMES = {"category_id": "category", "area_id": "area"}


def take(given: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Log a request; what its sender is told. Raises Invalid with the names of the API's fields."""
    ref = reference()
    said = {name: given.pop(name) for name in ("outcome", "answer", "answer_source", "answer_ref", "reason", "route")}
    asked = _request(given, ref)
    try:
        receipt = _OUTCOMES[said["outcome"]](asked, actor, said)
    except Invalid as refusal:
        refusal.fields = {_OUR_NAMES.get(name, name): problems for name, problems in refusal.fields.items()}
        raise
    return _told(receipt, ref)


def again(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the sender was told the first time."""
    return _told(collect.receipt_again(dict(kept)), reference())


def _told(receipt: collect.Receipt, ref: Reference) -> dict[str, Any]:
    return vars(receipt) | {"unit": references.unit(receipt.unit_id, ref)}


def _request(given: Mapping[str, Any], ref: Reference) -> collect.Request:
    plain = {name: value for name, value in given.items() if name not in {"category", "area"}}
    if plain["anonymity"] is None:
        accuses = plain["respondent_unit_id"] is not None
        plain["anonymity"] = Anonymity.WITHHELD if accuses else Anonymity.OPEN
    plain["items"] = tuple(given["items"])
    return collect.Request(
        category_id=references.category_id(given["category"], ref), area_id=references.area_id(given["area"], ref),
        **plain,
    )


def _submit(asked: collect.Request, actor: Actor, _said: Mapping[str, Any]) -> collect.Receipt:
    return collect.submit(asked, actor)


def _answer(asked: collect.Request, actor: Actor, said: Mapping[str, Any]) -> collect.Receipt:
    if said["answer_source"] is None:
        raise Invalid(fields={"answer_source": ["required"]})
    return collect.answer(asked, actor, collect.Answer(said["answer"], said["answer_source"], said["answer_ref"]))


def _refuse(asked: collect.Request, actor: Actor, said: Mapping[str, Any]) -> collect.Receipt:
    if said["reason"] is None:
        raise Invalid(fields={"reason": ["required"]})
    return collect.ask_refusal(asked, actor, said["reason"], said["route"])


_OUTCOMES: Mapping[Outcome, Callable[[collect.Request, Actor, Mapping[str, Any]], collect.Receipt]] = {
    Outcome.SUBMIT: _submit,
    Outcome.ANSWER: _answer,
    Outcome.REFUSE: _refuse,
}
