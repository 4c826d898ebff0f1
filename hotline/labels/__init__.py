"""Every state, move, role, event, reason and refusal: its words in Chinese and English, and its tone.

`VOCABULARIES` maps the name of an enumeration (or of a set of codes that is none) to its labels. Templates say
`{{ ticket.state|label('TicketState') }}`; an enum member knows its own vocabulary and needs no name. A test proves
that nothing lacks its label (tests/shape/test_labels.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from flask_babel import get_locale

from hotline.labels import (
    applications,
    bulk,
    clocks,
    conferring,
    files,
    indicators,
    ladder,
    moves,
    notices,
    outcomes,
    problems,
    refusals,
    risks,
    setting_fields,
    settings,
    states,
    words,
)
from hotline.labels.label import Label
from hotline.times import local
from workflows.errors import Refusal
from workflows.rules.lifecycle import PART_MOVES, TICKET_MOVES
from workflows.rules.ringing import FULL

VOCABULARIES: Mapping[str, Mapping[str, Label]] = {
    "TicketState": states.TICKET_STATES,
    "AssignmentState": states.ASSIGNMENT_STATES,
    "ApplicationState": states.APPLICATION_STATES,
    "ApplicationKind": states.APPLICATION_KINDS,
    "AssignmentRole": states.ASSIGNMENT_ROLES,
    "Role": states.ROLES,
    "Tab": states.TABS,
    "Move": moves.MOVES,
    "Event": moves.EVENTS,
    "ClockCode": clocks.CLOCKS,
    "Basis": clocks.BASES,
    "DayCount": clocks.DAY_COUNTS,
    "SegmentKind": clocks.SEGMENT_KINDS,
    "SegmentReason": clocks.SEGMENT_REASONS,
    "Notice": notices.NOTICES,
    "SignIn": notices.SIGN_INS,
    "Kind": words.KINDS,
    "Urgency": words.URGENCIES,
    "Anonymity": words.ANONYMITIES,
    "CallerType": words.CALLER_TYPES,
    "DraftDecision": outcomes.DRAFT_DECISIONS,
    "SignsReplies": outcomes.SIGNS_REPLIES,
    "AnswerWay": outcomes.ANSWER_WAYS,
    "CallbackChannel": outcomes.CALLBACK_CHANNELS,
    "CitizenState": states.CITIZEN_STATES,
    "CloseType": outcomes.CLOSE_TYPES,
    "RefuseReason": words.REFUSE_REASONS,
    "DetailWanted": words.DETAILS_WANTED,
    "AnswerSource": words.ANSWER_SOURCES,
    "BlockState": words.BLOCK_STATES,
    "ReturnReason": words.RETURN_REASONS,
    "TicketRelation": words.TICKET_RELATIONS,
    "ExtensionReason": words.EXTENSION_REASONS,
    "ConferenceReason": conferring.CONFERENCE_REASONS,
    "ConferenceStance": conferring.CONFERENCE_STANCES,
    "ConferenceOutcome": conferring.CONFERENCE_OUTCOMES,
    "EscalationLevel": conferring.ESCALATION_LEVELS,
    "ProposalState": conferring.PROPOSAL_STATES,
    "Threshold": conferring.THRESHOLDS,
    "PartRole": states.PART_ROLES,
    "RecallReason": words.RECALL_REASONS,
    "SuspensionCause": applications.SUSPENSION_CAUSES,
    "RiskKind": risks.RISK_KINDS,
    "LinePartner": risks.LINE_PARTNERS,
    "LinkDirection": risks.LINK_DIRECTIONS,
    "TerminationGround": applications.TERMINATION_GROUNDS,
    "ExclusionClass": applications.EXCLUSION_CLASSES,
    "AppealGround": applications.APPEAL_GROUNDS,
    "ReopenReason": applications.REOPEN_REASONS,
    "WithdrawReason": applications.WITHDRAW_REASONS,
    "CheckResult": applications.CHECK_RESULTS,
    "PetitionCriterion": applications.PETITION_CRITERIA,
    "Defect": words.DEFECTS,
    "DefectHint": words.DEFECT_HINTS,
    "ContactResult": words.CONTACT_RESULTS,
    "Truth": words.TRUTHS,
    "Resolution": words.RESOLUTIONS,
    "UnresolvedReason": words.UNRESOLVED_REASONS,
    "ChaseWay": ladder.CHASE_WAYS,
    "UrgeSource": words.URGE_SOURCES,
    "DissatisfactionClass": outcomes.DISSATISFACTION_CLASSES,
    "UnitKind": settings.UNIT_KINDS,
    "UnitChange": settings.UNIT_CHANGES,
    "AreaKind": settings.AREA_KINDS,
    "Channel": words.CHANNELS,
    "AttemptResult": outcomes.ATTEMPT_RESULTS,
    "Solved": outcomes.SOLVED,
    "Satisfaction": outcomes.SATISFACTIONS,
    "DissatisfactionReason": outcomes.DISSATISFACTION_REASONS,
    "Rate": outcomes.RATES,
    "Bucket": words.BUCKETS,
    "Fate": words.FATES,
    "Figure": indicators.FIGURES,
    "FigureGroup": indicators.FIGURE_GROUPS,
    "Thing": indicators.THINGS,
    "Anchor": indicators.ANCHORS,
    "Without": indicators.WITHOUTS,
    "Hit": indicators.HITS,
    "ScoreModel": indicators.SCORE_MODELS,
    "Standing": indicators.STANDINGS,
    "ClearedBy": indicators.CLEARED_BYS,
    "Part": words.PARTS,
    "AttachmentGroup": files.GROUPS,
    "CallbackOutcome": outcomes.CALLBACK_OUTCOMES,
    "CallBasis": outcomes.CALL_BASES,
    "IdentityHit": words.IDENTITY_HITS,
    "DayKind": settings.DAY_KINDS,
    "Likeness": words.LIKENESSES,
    "DiscrepancyKind": settings.DISCREPANCIES,
    "SettingSubject": settings.SETTING_SUBJECTS,
    "LockState": settings.LOCK_STATES,
    "SettingAction": settings.SETTING_ACTIONS,
    "Carrier": settings.CARRIERS,
    "Dropped": settings.DROPPED,
    "SettingField": setting_fields.SETTING_FIELDS,
    "Selector": settings.SELECTORS,
    "Decision": settings.DECISIONS,
    "Reason": settings.ROUTE_REASONS,
    "SkipReason": settings.SKIP_REASONS,
    "LineFate": settings.LINE_FATES,
    "JobState": bulk.JOB_STATES,
    "Level": ladder.LEVELS,
    "Addressee": ladder.ADDRESSEES,
    "OrderLevel": ladder.ORDER_LEVELS,
    "ImportField": bulk.IMPORT_FIELDS,
}


def english() -> bool:
    """Whether the reader reads English; Chinese outside a request."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def words_of(found: Label) -> str:
    """A label in the reader's language."""
    return found.en if english() else found.zh


def find(value: object, of: str | None = None) -> Label | None:
    """The label of a value, `of` naming its vocabulary where the value is plain text."""
    vocabulary = of or type(value).__name__
    return VOCABULARIES.get(vocabulary, {}).get(str(value))


def label(value: object, of: str | None = None) -> str:
    """The words for a value; nothing for None, and the value itself where it has no label."""
    if value is None or value == "":
        return ""
    found = find(value, of)
    return words_of(found) if found else str(value)


def tone(value: object, of: str | None = None) -> str:
    """The tone of a value's tag."""
    found = find(value, of)
    return found.tone if found else "plain"


def options(of: str, only: Iterable[object] | None = None) -> list[tuple[str, str]]:
    """(value, words) of a whole vocabulary, or of some of it, for a select or radio group."""
    vocabulary = VOCABULARIES[of]
    chosen = vocabulary if only is None else [str(value) for value in only]
    return [(value, words_of(vocabulary[value])) for value in chosen]


def reason(code: str | None, move: str) -> str:
    """The words for a reason code, which belongs to the vocabulary of its move."""
    if not code:
        return ""
    if move == "record_callback":
        return label(code, "AttemptResult")
    if move == "contact":
        return label(code, "ContactResult")
    line = TICKET_MOVES.get(move) or PART_MOVES.get(move)
    reasons = line.reasons if line is not None else None
    if reasons is None:
        return label(code, "ClockCode")
    return "、".join(label(one, reasons.__name__) for one in code.split(","))


def callbacks_in_words(percent: int) -> str:
    """Who is rung back, as it stands under every table of figures: everybody, or a sample and of how many."""
    return words_of(outcomes.CALLBACK_POLICIES["FULL" if percent == FULL else "SAMPLE"]).format(percent=percent)


def refusal_text(refusal: Refusal) -> str:
    """What people read when the loop says no."""
    found = refusals.REFUSALS.get(refusal.code) or problems.PROBLEMS.get(refusal.code)
    if found is None:
        return f"{words_of(refusals.REFUSALS['invalid'])} ({refusal.code})"
    return words_of(found).format_map({name: _word(name, value) for name, value in refusal.params.items()})


def problem_text(problem: str) -> str:
    """What people read beside a field."""
    found = problems.PROBLEMS.get(problem) or refusals.REFUSALS.get(problem)
    params: Mapping[str, object] = getattr(problem, "params", {})
    if found is None:
        return str(problem)
    return words_of(found).format_map({name: _word(name, value) for name, value in params.items()})


def problem_texts(fields: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Field → what is wrong with it, in words."""
    return {name: [problem_text(problem) for problem in problems] for name, problems in fields.items()}


def _word(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return local(value)
    if name == "move":
        return label(value, "Move")
    if name == "state":
        return label(value, "TicketState" if find(value, "TicketState") else "AssignmentState")
    if isinstance(value, Enum):
        return label(value)
    return str(value)
