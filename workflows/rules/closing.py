"""How a ticket may be closed (办结类型, domain §4.1): where each type fits and what must be said for it.

One table. The form offers what fits, the use case checks the same, and what closes by itself gets the type `usual`
says. Against a dissatisfied caller only what is `by_hand` closes; a judgement (研判) is proposed by one person and
confirmed by a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflows.rules.satisfaction import Solved
from workflows.rules.vocabulary import CloseType, DissatisfactionClass, Resolution, Truth, UnresolvedReason

#: Unanswered tries to ring, the days and the times of day they must spread over, before a caller is written to (§4.9).
LEAST_TRIES, LEAST_DAYS, LEAST_SLOTS = 3, 2, 2
#: The hours in which callers are rung (回访时段); whatever lies between or outside counts as one more.
SLOTS = ((time(9), time(12)), (time(14), time(18)), (time(18, 30), time(20)))
#: Nobody is rung from then on (included) until then, whatever the queue says.
DO_NOT_DISTURB = (time(21), time(8, 30))
#: Between two tries to ring the same caller at least.
APART = timedelta(hours=4)
#: From so many dissatisfied rounds on a supervision order of this level is issued by itself.
THIRD_TIME, ORDER_LEVEL = 3, 2
#: What a judgement may find; the unit's own fault is handled again instead.
JUDGED_AS = frozenset(DissatisfactionClass) - {DissatisfactionClass.UNIT_FAULT}


@dataclass(frozen=True)
class Account:
    """What is known of a matter when it is to be closed: what the caller said, what the unit said in its last reply,
    and whether it stands in the ledger of suspended matters.
    """

    outcome: str | None = None
    solved: str | None = None
    truth: str | None = None
    resolution: str | None = None
    unresolved_reason: str | None = None
    suspended: bool = False


@dataclass(frozen=True)
class CloseRule:
    """Where a type fits, which fields of the form it wants filled in, and whether a supervisor may choose it."""

    fits: Callable[[Account], bool]
    wants: tuple[str, ...] = ()
    by_hand: bool = True


def _always(_of: Account) -> bool:
    return True


RULES: Mapping[CloseType, CloseRule] = {
    CloseType.SOLVED: CloseRule(lambda of: of.solved == Solved.SOLVED, by_hand=False),
    CloseType.PARTLY: CloseRule(lambda of: of.solved == Solved.PARTLY, by_hand=False),
    CloseType.EXPLAINED: CloseRule(
        lambda of: of.resolution in {Resolution.PARTLY, Resolution.UNRESOLVED}, wants=("basis",)
    ),
    CloseType.UNFOUNDED: CloseRule(lambda of: of.truth == Truth.FALSE),
    CloseType.PLANNED: CloseRule(lambda of: of.suspended),
    CloseType.UNREACHABLE: CloseRule(lambda of: of.outcome == "UNREACHABLE", by_hand=False),
    CloseType.REPEATED: CloseRule(_always, wants=("earlier",)),
    CloseType.JUDGED: CloseRule(lambda of: of.outcome == "DISSATISFIED", by_hand=False),
    CloseType.HANDED_OVER: CloseRule(_always, wants=("taken_by",)),
}
_BY_THE_UNIT = {
    Resolution.RESOLVED: CloseType.SOLVED,
    Resolution.PARTLY: CloseType.PARTLY,
    Resolution.UNRESOLVED: CloseType.EXPLAINED,
}


def usual(of: Account) -> CloseType:
    """The type of what closes by itself: what the caller says decides; where they say nothing of it, the unit."""
    for said in (CloseType.UNREACHABLE, CloseType.SOLVED, CloseType.PARTLY, CloseType.UNFOUNDED):
        if RULES[said].fits(of):
            return said
    if of.unresolved_reason == UnresolvedReason.PLANNED and RULES[CloseType.PLANNED].fits(of):
        return CloseType.PLANNED
    return _BY_THE_UNIT[Resolution(of.resolution)]


def offered_by_hand(of: Account) -> list[CloseType]:
    """The types a supervisor may choose for it, in the order of the table."""
    return [kind for kind, rule in RULES.items() if rule.by_hand and rule.fits(of)]


def problems(kind: CloseType, of: Account, given: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with closing it so by hand, by field; nothing where all is well."""
    if kind not in offered_by_hand(of):
        return {"close_type": ["close_type_unfit"]}
    return {name: ["required"] for name in ("note", *RULES[kind].wants) if not given.get(name)}


def exhausted(tries: Sequence[datetime]) -> bool:
    """Whether a caller nobody reached at these moments, in local time, has been tried often and variously enough."""
    days, slots = {at.date() for at in tries}, {_slot(at.time()) for at in tries}
    return len(tries) >= LEAST_TRIES and len(days) >= LEAST_DAYS and len(slots) >= LEAST_SLOTS


def first_try(at: datetime) -> datetime:
    """When a caller to be rung from this moment on, in local time, may be: at once in a slot, else in the next."""
    for begins, ends in SLOTS:
        if at.time() < ends:
            return max(at, datetime.combine(at, begins, at.tzinfo))
    return datetime.combine(at + timedelta(days=1), SLOTS[0][0], at.tzinfo)


def next_try(at: datetime) -> datetime:
    """When a caller nobody reached at this moment, in local time, may be rung again: `APART` later, in a slot."""
    return first_try(at + APART)


def disturbs(at: datetime) -> bool:
    """Whether nobody is rung at this moment, in local time (免打扰): late in the evening, at night, early."""
    begins, ends = DO_NOT_DISTURB
    return at.time() >= begins or at.time() < ends


def _slot(at: time) -> int:
    return next((place for place, (begins, ends) in enumerate(SLOTS) if begins <= at < ends), -1)
