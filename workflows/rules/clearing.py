"""How a dissatisfied caller's matter leaves the ledger (不满意台账销号, domain §7.5): one of four ways, or not yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflows.rules.vocabulary import CloseType


class ClearedBy(StrEnum):
    """By what a line of the ledger of dissatisfaction is cleared (销号方式)."""

    REDONE = "REDONE"
    JUDGED = "JUDGED"
    DEFERRED = "DEFERRED"
    HANDED_OVER = "HANDED_OVER"


@dataclass(frozen=True, slots=True)
class Dissatisfied:
    """What became of a matter after its caller was not content.

    `content_later`: rung again about a later round, or on appeal, and content. `excluded`: two persons took the
    evaluation out of the rates. `petitioned`: handed to the petition procedure.
    """

    content_later: bool
    excluded: bool
    close_type: str | None
    petitioned: bool


def cleared_by(matter: Dissatisfied) -> ClearedBy | None:
    """By what it is cleared; None while it waits. The caller's word comes first, then where it went, then judgement."""
    if matter.content_later:
        return ClearedBy.REDONE
    if matter.petitioned or matter.close_type == CloseType.HANDED_OVER:
        return ClearedBy.HANDED_OVER
    if matter.close_type == CloseType.PLANNED:
        return ClearedBy.DEFERRED
    if matter.excluded or matter.close_type == CloseType.JUDGED:
        return ClearedBy.JUDGED
    return None
