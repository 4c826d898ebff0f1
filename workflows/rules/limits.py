"""Which limit holds for a clock, and the default limits an installation starts with.

Limits are rows that administrators edit; this module chooses among them. The order of choice: category, the
deeper the stronger, and at one depth with the unit before without; then unit; then urgency together with
enterprise or kind; then urgency; then enterprise or kind alone; then the default.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.rules.calendar import Basis, Calendar

_REMEMBERED = 20_000  # answers kept by a LimitBook before it forgets them all


class ClockCode(StrEnum):
    """The clocks of a ticket or an assignment, and what limits an action and never runs (`ALLOWANCES`).

    STAGE is one of several successive limits inside the handling; its number is the round of the clock. CO and SUB
    are of tasks inside another's: their limit is how long before that one's due they must be answered.
    """

    TOTAL = "TOTAL"
    DISPATCH = "DISPATCH"
    SIGN = "SIGN"
    CONTACT = "CONTACT"
    HANDLING = "HANDLING"
    RETURN_DECISION = "RETURN_DECISION"
    REVIEW = "REVIEW"
    CALLBACK = "CALLBACK"
    REWORK = "REWORK"
    SUPERVISION = "SUPERVISION"
    STAGE = "STAGE"
    EXTENSION = "EXTENSION"
    CONFERENCE = "CONFERENCE"
    PART_SIGN = "PART_SIGN"
    CO = "CO"
    SUB = "SUB"
    SUSPENSION = "SUSPENSION"
    ADMISSION = "ADMISSION"
    SIGNOFF = "SIGNOFF"
    CONSENT = "CONSENT"
    APPROVAL = "APPROVAL"
    RISK = "RISK"
    PETITION = "PETITION"
    RETURN_WINDOW = "RETURN_WINDOW"
    EXTENSION_FIRST = "EXTENSION_FIRST"
    EXTENSION_SECOND = "EXTENSION_SECOND"


#: How much more time may be granted at most, the first time and the second. Without a rule nothing may: the number of
#: rules that hold is the number of extensions there can be, their sum all the time there can be.
EXTENSIONS = (ClockCode.EXTENSION_FIRST, ClockCode.EXTENSION_SECOND)
#: Clocks whose due lies inside another task's.
INNER_CLOCKS = frozenset({ClockCode.CO, ClockCode.SUB})
#: Limits of an action; no clock of theirs runs.
ALLOWANCES = frozenset({ClockCode.RETURN_WINDOW, *EXTENSIONS})


@dataclass(frozen=True)
class Limit:
    """One rule: so much time for a clock, on the tickets its selectors match; a selector of None matches all.

    `category_path` is a materialised path such as "/12/57/" and matches the category and everything below it.
    `valid_from` and `valid_to` are both inclusive. `source` names the law or document.
    Raises ValueError for an amount below 1 or a path without its outer slashes.
    """

    id: int | None
    code: ClockCode
    amount: int
    basis: Basis
    kind: str | None
    category_path: str | None
    urgency: str | None
    unit_id: int | None
    enterprise: bool | None
    source: str
    valid_from: date
    valid_to: date | None
    #: Of a staged limit, which of the stages this is, from 1 on, and what it is called.
    stage: int | None = None
    stage_name: str = ""

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"a limit must be at least 1: {self.amount!r}")
        path = self.category_path
        if path is not None and not (len(path) > 2 and path.startswith("/") and path.endswith("/")):
            raise ValueError(f"a category path must look like /12/57/: {path!r}")

    @property
    def tickets(self) -> tuple[str | int | None, ...]:
        """Which tickets the rule is for."""
        return (self.kind, self.category_path, self.urgency, self.unit_id, self.enterprise)

    @property
    def rank(self) -> tuple[int, bool, bool, bool, bool, date, int]:
        """How specific the rule is, the greater the stronger; then the newest of equals."""
        return (
            (self.category_path or "/").count("/"),
            self.unit_id is not None,
            self.urgency is not None,
            self.enterprise is not None,
            self.kind is not None,
            self.valid_from,
            -1 if self.id is None else self.id,
        )


class LimitBook:
    """A set of limits, indexed for many questions. Give a new set, make a new book."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._shelves: dict[tuple[str, str | None], list[Limit]] = defaultdict(list)
        for limit in sorted(limits, key=lambda limit: limit.rank, reverse=True):
            self._shelves[limit.code, limit.category_path].append(limit)
        self._answers: dict[tuple, Limit] = {}
        #: Whether any limit has stages.
        self.staged = any(code == ClockCode.STAGE for code, _ in self._shelves)

    def select(
        self,
        *,
        code: ClockCode,
        kind: str | None,
        category_path: str | None,
        urgency: str | None,
        unit_id: int | None,
        enterprise: bool | None,
        on: date,
        stage: int | None = None,
    ) -> Limit:
        """The most specific limit that holds on the date. Raises LookupError when there is none."""
        key = (code, category_path, kind, urgency, unit_id, enterprise, on, stage)
        if (answer := self._answers.get(key)) is None:
            answer = self._find(*key)
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def stage_of(self, number: int, *, on: date, **ticket: Any) -> Limit | None:
        """The limit of a stage; None where the ticket has no stages, or no more of them.

        All stages of a ticket are of the same rule: the later ones say the same tickets as the first that holds.
        """
        if not self.staged:
            return None
        try:
            first = self.select(code=ClockCode.STAGE, stage=1, on=on, **ticket)
        except LookupError:
            return None
        shelf = self._shelves[ClockCode.STAGE, first.category_path]
        return next((one for one in shelf if one.stage == number and _holds(one, on) and one.tickets == first.tickets),
                    None)

    def _find(
        self,
        code: ClockCode,
        path: str | None,
        kind: str | None,
        urgency: str | None,
        unit_id: int | None,
        enterprise: bool | None,
        on: date,
        stage: int | None,
    ) -> Limit:
        for shelf_path in _upwards(path):
            for limit in self._shelves.get((code, shelf_path), ()):
                if limit.stage == stage and _holds(limit, on) and _matches(limit, kind, urgency, unit_id, enterprise):
                    return limit
        raise LookupError(
            f"no limit for {code} on {on}: kind {kind}, category {path}, urgency {urgency}, "
            f"unit {unit_id}, enterprise {enterprise}"
        )


def select_limit(
    limits: Iterable[Limit],
    *,
    code: ClockCode,
    kind: str | None,
    category_path: str | None,
    urgency: str | None,
    unit_id: int | None,
    enterprise: bool | None,
    on: date,
) -> Limit:
    """One question to a set of limits; `LimitBook` is for many. Raises LookupError when no limit holds."""
    return LimitBook(limits).select(
        code=code,
        kind=kind,
        category_path=category_path,
        urgency=urgency,
        unit_id=unit_id,
        enterprise=enterprise,
        on=on,
    )


def limit_text(limit: Limit, calendar: Calendar) -> dict[str, str | int | None]:
    """The rule as it stood, for the clock's row: plain values without words of any language."""
    named = {"stage_name": limit.stage_name} if limit.stage is not None else {}
    return named | {
        "code": limit.code.value,
        "amount": limit.amount,
        "basis": limit.basis.value,
        "source": limit.source,
        "rule_id": limit.id,
        "calendar_version": calendar.version,
    }


def _upwards(path: str | None) -> Iterator[str | None]:
    """The category's own path, then its ancestors', then None for the rules without a category."""
    while path and path != "/":
        yield path
        path = path[: path.rstrip("/").rfind("/") + 1]
    yield None


def _holds(limit: Limit, on: date) -> bool:
    return limit.valid_from <= on and (limit.valid_to is None or on <= limit.valid_to)


def _matches(limit: Limit, kind: str | None, urgency: str | None, unit_id: int | None, enterprise: bool | None) -> bool:
    return (
        limit.kind in (None, kind)
        and limit.urgency in (None, urgency)
        and limit.unit_id in (None, unit_id)
        and limit.enterprise in (None, enterprise)
    )


# One line per clock. "1 d" of the call-back is a calendar day, since hours are
# written as hours there; the window to return a consultation, "1 wd (≤ 24 h)", is the stricter 24 hours.
_COLUMNS = ("CRITICAL", "URGENT", "CONSULT", "HELP", "REPORT", "SUGGEST", "ENTERPRISE")
_TABLE = {
    ClockCode.DISPATCH: "15 min, 1 h, 2 wh, 4 wh, 4 wh, 1 wd, 1 h",
    ClockCode.SIGN: "15 min, 30 min, 4 wh, 4 wh, 4 wh, 1 wd, 2 wh",
    ClockCode.CONTACT: "30 min, 2 h, 1 wd, 1 wd, 1 wd, 2 wd, 1 wh",
    ClockCode.RETURN_WINDOW: "30 min, 2 h, 24 h, 1 wd, 1 wd, 1 wd, 4 wh",
    ClockCode.HANDLING: "2 h, 24 h, 2 wd, 5 wd, 15 wd, 10 wd, 5 wd",
    ClockCode.RETURN_DECISION: "15 min, 30 min, 4 wh, 4 wh, 4 wh, 1 wd, 2 wh",
    ClockCode.REVIEW: "1 h, 2 h, 1 wd, 1 wd, 1 wd, 1 wd, 4 wh",
    ClockCode.CALLBACK: "4 h, 1 cd, 3 wd, 3 wd, 3 wd, 5 wd, 1 wd",
    ClockCode.REWORK: "2 h, 24 h, 1 wd, 3 wd, 5 wd, 5 wd, 3 wd",
    ClockCode.SUPERVISION: "1 wd, 1 wd, 3 wd, 3 wd, 3 wd, 3 wd, 3 wd",
    # what is suspended is looked at every thirty days, whatever it is
    ClockCode.SUSPENSION: "30 cd, 30 cd, 30 cd, 30 cd, 30 cd, 30 cd, 30 cd",
    # inside the handling time, of which it may take little
    ClockCode.SIGNOFF: "15 min, 1 h, 4 wh, 1 wd, 1 wd, 1 wd, 4 wh",
    # of a unit's leader to what a clerk applies for, as quick as signing for a ticket; of each step at the hotline
    ClockCode.CONSENT: "15 min, 30 min, 4 wh, 4 wh, 4 wh, 1 wd, 2 wh",
    ClockCode.APPROVAL: "1 h, 2 h, 1 wd, 1 wd, 1 wd, 1 wd, 4 wh",
    # what the petition procedure has to say whether it takes it (信访工作条例, Art. 22)
    ClockCode.PETITION: "15 cd, 15 cd, 15 cd, 15 cd, 15 cd, 15 cd, 15 cd",
    # decided as soon as a return is; reports are extended by their own laws only, which are rules of categories
    ClockCode.EXTENSION: "15 min, 30 min, 4 wh, 4 wh, 4 wh, 1 wd, 2 wh",
    # whether a request is taken on at all is decided while the agent still remembers the call
    ClockCode.ADMISSION: "15 min, 15 min, 30 min, 30 min, 30 min, 30 min, 30 min",
    # no rule was found to say how long a conference may take; it stands outside the unit's time and must be short
    ClockCode.CONFERENCE: "2 h, 24 h, 2 wd, 3 wd, 3 wd, 3 wd, 2 wd",
    # from the report to a receiver who confirms to have it, whatever the ticket (a threat is reported within 5 minutes)
    ClockCode.RISK: "5 min, 5 min, 5 min, 5 min, 5 min, 5 min, 5 min",
    ClockCode.PART_SIGN: "15 min, 30 min, 4 wh, 4 wh, 4 wh, 1 wd, 2 wh",
    # before the due of the task they belong to
    ClockCode.CO: "15 min, 2 h, 1 wd, 1 wd, 1 wd, 1 wd, 1 wd",
    ClockCode.SUB: "15 min, 2 h, 4 wh, 1 wd, 1 wd, 1 wd, 1 wd",
    ClockCode.EXTENSION_FIRST: "-, 24 h, 2 wd, 5 wd, -, 10 wd, 5 wd",
    ClockCode.EXTENSION_SECOND: "-, -, -, 10 wd, -, -, 10 wd",
}
# (urgency, kind, enterprise) of the tickets each column serves. The last one of HELP is the default for a
# ticket that nothing else matches.
_SELECTORS: dict[str, tuple[tuple[str | None, str | None, bool | None], ...]] = {
    "CRITICAL": (("CRITICAL", None, None),),
    "URGENT": (("URGENT", None, None),),
    "CONSULT": (("NORMAL", "CONSULT", None), ("NORMAL", "PRAISE", None), ("NORMAL", "OTHER", None)),
    "HELP": (("NORMAL", "HELP", None), ("NORMAL", "COMPLAINT", None), (None, None, None)),
    "REPORT": (("NORMAL", "REPORT", None),),
    "SUGGEST": (("NORMAL", "SUGGEST", None),),
    "ENTERPRISE": (("NORMAL", None, True),),
}


def _default_profile() -> Iterator[Limit]:
    for code, line in _TABLE.items():
        for column, cell in zip(_COLUMNS, line.split(", "), strict=True):
            if cell == "-":
                continue
            amount, basis = cell.split()
            for urgency, kind, enterprise in _SELECTORS[column]:
                if code in EXTENSIONS and urgency is None:
                    continue  # no more time for what nothing else matches
                yield Limit(
                    id=None,
                    code=code,
                    amount=int(amount),
                    basis=Basis(basis),
                    kind=kind,
                    category_path=None,
                    urgency=urgency,
                    unit_id=None,
                    enterprise=enterprise,
                    source="内置默认（可改）",
                    valid_from=date(2000, 1, 1),
                    valid_to=None,
                )


DEFAULT_PROFILE: tuple[Limit, ...] = tuple(_default_profile())
"""The built-in limits. TOTAL has none: that clock only measures."""
