"""Signing for many tickets: each by itself, so that one that cannot be signed for holds up none of the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.moves import perform
from workflows.errors import Refusal
from workflows.rules.roles import Actor


@dataclass(frozen=True)
class Signed:
    """What became of one ticket: signed for, or why not."""

    no: str
    refusal: Refusal | None = None


def sign_all(tickets: Iterable[str], actor: Actor) -> list[Signed]:
    """Sign for every task ("ticket.version-number of the task"), in a transaction each."""
    return [_sign(ticket, actor) for ticket in tickets]


def _sign(ticket: str, actor: Actor) -> Signed:
    no, _, rest = ticket.partition(".")
    version, _, task = rest.partition("-")
    try:
        perform("sign", no, actor, {"version": version, "task": task})
    except Refusal as refusal:
        return Signed(no, refusal)
    return Signed(no)
