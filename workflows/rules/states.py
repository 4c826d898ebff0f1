"""Where a ticket, a unit's task and an application may stand, and what those states have in common."""

from __future__ import annotations

from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket stands (what the citizen sees is derived from it)."""

    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    TO_DISPATCH = "TO_DISPATCH"
    CONFERENCE = "CONFERENCE"
    DISPATCHED = "DISPATCHED"
    HANDLING = "HANDLING"
    RETURN_REVIEW = "RETURN_REVIEW"
    SUSPENDED = "SUSPENDED"
    REPLIED = "REPLIED"
    CALLBACK = "CALLBACK"
    REWORK = "REWORK"
    CLOSED = "CLOSED"
    ANSWERED_DIRECT = "ANSWERED_DIRECT"
    REJECTED = "REJECTED"
    TRANSFERRED = "TRANSFERRED"
    MERGED = "MERGED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    PETITIONED = "PETITIONED"
    ARCHIVED = "ARCHIVED"


class AssignmentState(StrEnum):
    """Where one unit's task stands."""

    TO_READ = "TO_READ"
    WAIT_SIGN = "WAIT_SIGN"
    WORKING = "WORKING"
    INTERNAL_SIGN = "INTERNAL_SIGN"
    RETURN_ASKED = "RETURN_ASKED"
    RETURNED = "RETURNED"
    REPLIED = "REPLIED"
    ACCEPTED = "ACCEPTED"
    REWORK = "REWORK"
    DONE = "DONE"
    RECALLED = "RECALLED"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"


class ApplicationState(StrEnum):
    """Where something asked of the hotline stands. LAPSED: the task was over before anybody decided."""

    FILED = "FILED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"


class ApplicationKind(StrEnum):
    """What a unit may ask of the hotline; a judgement the hotline proposes to itself."""

    RETURN = "RETURN"
    EXTENSION = "EXTENSION"
    DECLINE = "DECLINE"
    SUSPENSION = "SUSPENSION"
    TERMINATION = "TERMINATION"
    JUDGEMENT = "JUDGEMENT"
    EXCLUSION = "EXCLUSION"
    APPEAL = "APPEAL"


class AssignmentRole(StrEnum):
    """A unit's part in a ticket: lead, co-handler, joint, handed down by another unit, for information."""

    LEAD = "LEAD"
    CO = "CO"
    JOINT = "JOINT"
    SUB = "SUB"
    INFO = "INFO"


S, A = TicketState, AssignmentState

#: A unit holds the ticket and answers for it.
WITH_A_UNIT = frozenset({S.DISPATCHED, S.HANDLING, S.RETURN_REVIEW, S.SUSPENDED, S.REPLIED, S.CALLBACK, S.REWORK})
OPEN_STATES = frozenset({S.DRAFT, S.REVIEW, S.TO_DISPATCH, S.CONFERENCE}) | WITH_A_UNIT
#: A unit still owes an answer.
OWING_STATES = frozenset({A.WAIT_SIGN, A.WORKING, A.INTERNAL_SIGN, A.RETURN_ASKED, A.REWORK})
#: The assignment is not over: owing, or waiting for the hotline.
LIVE_STATES = OWING_STATES | {A.SUSPENDED, A.REPLIED, A.ACCEPTED, A.TO_READ}
#: Parts the hotline gave (or a street summoned) and takes back, not another unit.
BESIDE_THE_LEAD = frozenset({AssignmentRole.CO, AssignmentRole.JOINT, AssignmentRole.INFO})
#: A task is handed down so many levels at most: hotline's unit, its own units, their stations, their people.
MOST_LEVELS = 4

#: The unit works on its task: signed for, and not yet answered; or has written, and its leader has yet to sign.
AT_WORK = frozenset({A.WORKING, A.REWORK, A.INTERNAL_SIGN})
#: A unit works on the ticket, or would.
IN_HAND = frozenset({S.HANDLING, S.REWORK})  # signed for, and not yet answered
IN_WORK = frozenset({S.DISPATCHED, S.HANDLING, S.RETURN_REVIEW, S.REWORK})
