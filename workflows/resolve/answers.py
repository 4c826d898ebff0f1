"""A unit's answer as its form has it, and whether it says all it must and nothing it must not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from workflows.errors import Invalid
from workflows.model.secrets import opened
from workflows.model.ticket import Ticket
from workflows.rules.items import ItemAnswer, problems_of, resolution_of, truth_of
from workflows.rules.text import IdentityHit, mentions_identity
from workflows.rules.vocabulary import Anonymity, Resolution, Truth, UnresolvedReason

#: Not, or not wholly, solved.
_SHORT_OF_IT = frozenset({Resolution.PARTLY, Resolution.UNRESOLVED})
#: What no answer about a withheld caller may hold; another office's number may stand there.
GIVEN_AWAY = frozenset({IdentityHit.NAME, IdentityHit.PHONE, IdentityHit.ID_NUMBER, IdentityHit.PLATE})


@dataclass(frozen=True)
class Answer:
    """A unit's reply as its form has it; the internal account and the public answer are two texts."""

    internal_account: str
    public_answer: str
    #: Of a request with points: what is said to each of them, in their order; they make the whole.
    items: tuple[ItemAnswer, ...] = ()
    truth: Truth | None = None
    resolution: Resolution | None = None
    unresolved_reason: UnresolvedReason | None = None
    beyond_duty: bool = False
    beyond_duty_kind: str = ""
    measures: str = ""
    legal_basis: str = ""
    visited_at: datetime | None = None
    visitors: str = ""
    promised_on: date | None = None
    signed_by: str = ""
    ahead_reason: str = ""


def checked(answer: Answer, ticket: Ticket) -> Answer:
    """The answer to a ticket, the whole made of its points. Raises Invalid with what is missing or must not stand."""
    answer = _checked(answer, ticket.request_items)
    _check_names_nobody(answer, ticket)
    return answer


def as_kept(answer: Answer, ticket: Ticket) -> dict[str, Any]:
    """The answer's values as a reply keeps them, each point of the request with what is said to it."""
    given = _plain(vars(answer))
    given["items"] = [_plain(vars(said)) | {"item": point}
                      for point, said in zip(ticket.request_items, answer.items, strict=True)]
    return given


def _check_names_nobody(answer: Answer, ticket: Ticket) -> None:
    """Raise Invalid where an answer would give away a withheld caller (D8); it does not say by what."""
    if ticket.anonymity != Anonymity.WITHHELD:
        return
    caller = opened(ticket.identity, ticket.no)
    told = {"public_answer": answer.public_answer, "measures": answer.measures}
    told |= {f"items-{n}-answer": said.answer for n, said in enumerate(answer.items, 1)}
    wrong = {
        field: ["names_the_caller"] for field, said in told.items()
        if GIVEN_AWAY.intersection(mentions_identity(said, caller["name"], [caller["phone"], caller["alt_phone"]]))
    }
    if wrong:
        raise Invalid(fields=wrong)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, StrEnum) else v for k, v in given.items()}


def _checked(answer: Answer, items: Sequence[str]) -> Answer:
    """The answer with what its points make of the whole. Raises Invalid for what is missing or contradicts them."""
    wrong = problems_of(items, answer.items)
    if items and not wrong:
        whole = {"truth": truth_of(answer.items), "resolution": resolution_of(answer.items)}
        wrong = {name: ["differs_from_items"] for name, made in whole.items()
                 if getattr(answer, name) not in (None, made)}
        answer = replace(answer, **whole)
    wrong |= _wrong_answer(answer)
    if wrong:
        raise Invalid(fields=wrong)
    return answer


def _wrong_answer(answer: Answer) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    wanted = ("internal_account", "public_answer") + (() if answer.items else ("truth", "resolution"))
    for field in wanted:
        if not getattr(answer, field):
            wrong[field] = ["required"]
    if answer.resolution in _SHORT_OF_IT and answer.unresolved_reason is None:
        wrong["unresolved_reason"] = ["required"]
    if answer.unresolved_reason is UnresolvedReason.PLANNED and answer.promised_on is None:
        wrong["promised_on"] = ["required"]
    if answer.unresolved_reason is UnresolvedReason.POLICY and not answer.legal_basis:
        wrong["legal_basis"] = ["required"]
    if answer.beyond_duty and not answer.beyond_duty_kind:
        wrong["beyond_duty_kind"] = ["required"]
    return wrong
