"""The closed vocabularies of a ticket (domain standard terms; labels in `hotline/labels.py`)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What the caller wants (诉求类型)."""

    CONSULT = "CONSULT"
    HELP = "HELP"
    COMPLAINT = "COMPLAINT"
    REPORT = "REPORT"
    SUGGEST = "SUGGEST"
    PRAISE = "PRAISE"
    OTHER = "OTHER"


class Urgency(StrEnum):
    """How long it can wait (紧急程度)."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"
    CRITICAL = "CRITICAL"


class Anonymity(StrEnum):
    """Who may know the caller: everybody handling it, the hotline only, nobody."""

    OPEN = "OPEN"
    WITHHELD = "WITHHELD"
    ANONYMOUS = "ANONYMOUS"


class CallerType(StrEnum):
    """Who calls."""

    PERSON = "PERSON"
    ENTERPRISE = "ENTERPRISE"
    ORGANISATION = "ORGANISATION"
    PROXY = "PROXY"


class CloseType(StrEnum):
    """How a ticket ended (办结类型)."""

    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    EXPLAINED = "EXPLAINED"
    UNFOUNDED = "UNFOUNDED"
    PLANNED = "PLANNED"
    UNREACHABLE = "UNREACHABLE"
    REPEATED = "REPEATED"
    JUDGED = "JUDGED"
    HANDED_OVER = "HANDED_OVER"


class RefuseReason(StrEnum):
    """Grounds for not accepting a request, R2–R11 (R1, emergencies, is a transfer, not a refusal)."""

    LITIGATION = "R2"
    DISCIPLINE = "R3"
    RECONSIDERATION = "R4"
    DISCLOSURE = "R5"
    PETITION = "R6"
    SECRETS = "R7"
    SAME_MATTER = "R8"
    JURISDICTION = "R9"
    MALICIOUS = "R10"
    PRIVATE_DISPUTE = "R11"


class ReturnReason(StrEnum):
    """Why a unit says "not mine" (退单原因)."""

    NOT_OUR_DUTY = "NOT_OUR_DUTY"
    WRONG_PLACE = "WRONG_PLACE"
    UNCLEAR_DUTY = "UNCLEAR_DUTY"
    SEVERAL_UNITS = "SEVERAL_UNITS"
    TOO_LITTLE_KNOWN = "TOO_LITTLE_KNOWN"
    DUPLICATE = "DUPLICATE"
    IN_PETITION_OR_COURT = "IN_PETITION_OR_COURT"
    OTHER = "OTHER"


class ExtensionReason(StrEnum):
    """Why a unit needs more time (延期原因)."""

    COMPLEX = "COMPLEX"
    SEVERAL_UNITS = "SEVERAL_UNITS"
    CONSTRUCTION = "CONSTRUCTION"
    EXPERT_OPINION = "EXPERT_OPINION"
    CALLER_ASKS = "CALLER_ASKS"
    FORCE_MAJEURE = "FORCE_MAJEURE"
    OTHER = "OTHER"


class ConferenceReason(StrEnum):
    """Why several units are called together (会商事由)."""

    UNCLEAR_DUTY = "UNCLEAR_DUTY"
    OVERLAP = "OVERLAP"
    REPEATED_RETURNS = "REPEATED_RETURNS"
    OTHER = "OTHER"


class ConferenceStance(StrEnum):
    """What an invited unit says of its own part (单位意见)."""

    LEAD = "LEAD"
    ASSIST = "ASSIST"
    NOT_OURS = "NOT_OURS"


class ConferenceOutcome(StrEnum):
    """How a conference ended (会商结果). LAPSED: the ticket was over before anybody decided."""

    DECIDED = "DECIDED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"


class PartRole(StrEnum):
    """What part a unit is given beside the lead: to help with it, or to do it together."""

    CO = "CO"
    JOINT = "JOINT"
class SuspensionCause(StrEnum):
    """What keeps a matter from being solved now, so that it may be suspended with a plan (挂账原因)."""

    PROPERTY_CERTIFICATE = "PROPERTY_CERTIFICATE"
    OLD_ESTATE = "OLD_ESTATE"
    PLANNING = "PLANNING"
    BUDGET = "BUDGET"
    LITIGATION = "LITIGATION"
    SEASON = "SEASON"
    CONSTRUCTION = "CONSTRUCTION"
    OTHER_BY_LAW = "OTHER_BY_LAW"


class TerminationGround(StrEnum):
    """Why the handling ends without an answer to the matter (终止办理, Weifang ordinance Art. 19)."""

    REFUSES_COOPERATION = "REFUSES_COOPERATION"
    SETTLED = "SETTLED"
    IN_COURT = "IN_COURT"
    IN_PETITION = "IN_PETITION"
    UNFOUNDED = "UNFOUNDED"
    OTHER_BY_LAW = "OTHER_BY_LAW"


class ProposalState(StrEnum):
    """What became of a proposed change of the dispatch catalogue (目录修订建议)."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class RecallReason(StrEnum):
    """Why the dispatch desk takes a ticket back (改派原因)."""

    MISDISPATCHED = "MISDISPATCHED"
    NEW_FACTS = "NEW_FACTS"
    UNIT_CHANGED = "UNIT_CHANGED"
    OTHER = "OTHER"


class ReopenReason(StrEnum):
    """Why a closed ticket is taken up again (重开原因)."""

    RECURRED = "RECURRED"
    NEW_FACTS = "NEW_FACTS"


class Defect(StrEnum):
    """What is wrong with a reply, D1–D13 (审核要点)."""

    NOT_CONTACTED = "D1"
    NOT_ITEM_BY_ITEM = "D2"
    NO_FACTS = "D3"
    NO_BASIS = "D4"
    COPIED = "D5"
    NO_DATE = "D6"
    NO_PHOTO = "D7"
    LEAKS_IDENTITY = "D8"
    WRONG_CLOSE_TYPE = "D9"
    LANGUAGE = "D10"
    NOT_CONSOLIDATED = "D11"
    CONTRADICTS = "D12"
    NOT_SIGNED = "D13"


class ContactResult(StrEnum):
    """How an attempt to reach the caller ended (首次联系)."""

    REACHED = "REACHED"
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"
    REFUSED = "REFUSED"
    VIA_HOTLINE = "VIA_HOTLINE"


class Truth(StrEnum):
    """Whether the facts are as the caller says (诉求属实)."""

    TRUE = "TRUE"
    PARTLY = "PARTLY"
    FALSE = "FALSE"


class Resolution(StrEnum):
    """Whether the unit says it solved the matter (是否解决)."""

    RESOLVED = "RESOLVED"
    PARTLY = "PARTLY"
    UNRESOLVED = "UNRESOLVED"


#: How a ticket closes by what its unit says, where the caller does not say otherwise.
CLOSES_AS = {
    Resolution.RESOLVED: CloseType.SOLVED,
    Resolution.PARTLY: CloseType.PARTLY,
    Resolution.UNRESOLVED: CloseType.EXPLAINED,
}


class UnresolvedReason(StrEnum):
    """Why it could not be solved (未解决原因)."""

    POLICY = "POLICY"
    FUNDS = "FUNDS"
    PLANNED = "PLANNED"
    THIRD_PARTY = "THIRD_PARTY"
    UNREASONABLE = "UNREASONABLE"
    OTHER = "OTHER"


class UrgeSource(StrEnum):
    """Who presses: the caller (催单) or the hotline (催办)."""

    CITIZEN = "CITIZEN"
    HOTLINE = "HOTLINE"


class ChaseWay(StrEnum):
    """How the hotline pressed a unit (催办方式)."""

    MESSAGE = "MESSAGE"
    PHONE = "PHONE"
    LETTER = "LETTER"


class DissatisfactionClass(StrEnum):
    """Whose fault a dissatisfaction is, as judged; only the first leads to re-handling with penalty."""

    UNIT_FAULT = "UNIT_FAULT"
    CIRCUMSTANCES = "CIRCUMSTANCES"
    POLICY = "POLICY"
    UNREASONABLE = "UNREASONABLE"
    NEW_REQUEST = "NEW_REQUEST"


class UnitKind(StrEnum):
    """What a unit is; rankings never mix them."""

    HOTLINE = "HOTLINE"
    DISTRICT = "DISTRICT"
    BUREAU = "BUREAU"
    STREET = "STREET"
    UTILITY = "UTILITY"
    SECTION = "SECTION"


class AreaKind(StrEnum):
    """Level of a place."""

    DISTRICT = "DISTRICT"
    STREET = "STREET"
    COMMUNITY = "COMMUNITY"


class SettingSubject(StrEnum):
    """What an administrator may change (设置对象)."""

    UNIT = "UNIT"
    AREA = "AREA"
    CATEGORY = "CATEGORY"
    USER = "USER"
    CATALOGUE = "CATALOGUE"
    LIMIT = "LIMIT"
    LADDER = "LADDER"
    THRESHOLD = "THRESHOLD"
    WORK_CALENDAR = "WORK_CALENDAR"
    CALENDAR_DAY = "CALENDAR_DAY"
    SUBSCRIPTION = "SUBSCRIPTION"
    ABSENCE = "ABSENCE"
    SIGN_OFF = "SIGN_OFF"
    SUSPENSION_CAUSE = "SUSPENSION_CAUSE"
    MESSAGE = "MESSAGE"


class SettingAction(StrEnum):
    """What an administrator did to it (变更动作)."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    MOVED = "MOVED"
    CLOSED = "CLOSED"
    OPENED = "OPENED"
    ENDED = "ENDED"
    RESET = "RESET"
    UNLOCKED = "UNLOCKED"
    IMPORTED = "IMPORTED"
    REPLAYED = "REPLAYED"
    GIVEN_UP = "GIVEN_UP"


class DiscrepancyKind(StrEnum):
    """What the daily reconciliation finds (数据核对)."""

    RUNS_AFTER_END = "RUNS_AFTER_END"
    WAITS_FOR_NOTHING = "WAITS_FOR_NOTHING"
    DUE_DIFFERS = "DUE_DIFFERS"
    LEASED_FOR_EVER = "LEASED_FOR_EVER"
    CLOCK_MISSING = "CLOCK_MISSING"
    NOT_FIRED = "NOT_FIRED"
    NOT_SENT = "NOT_SENT"
    HISTORY_GAP = "HISTORY_GAP"


class Carrier(StrEnum):
    """How a notice leaves the building (通知方式)."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class Dropped(StrEnum):
    """Why a message left the outbox without being sent (未发送原因)."""

    CLOCK_STOPPED = "CLOCK_STOPPED"
    OVERTAKEN = "OVERTAKEN"
    NO_ADDRESS = "NO_ADDRESS"
    GIVEN_UP = "GIVEN_UP"


class AttachmentGroup(StrEnum):
    """What a file is for (附件分组): the caller's and the hotline's own; a unit's evidence in three groups (§8.4)."""

    CALLER = "CALLER"
    HOTLINE = "HOTLINE"
    PAPERS = "PAPERS"
    CONTACT = "CONTACT"
    HANDLING = "HANDLING"


#: Brought in through the hotline; the others are a unit's.
HOTLINE_GROUPS = frozenset({AttachmentGroup.CALLER, AttachmentGroup.HOTLINE})
#: May show who called: a face, a plate, papers.
SENSITIVE_GROUPS = frozenset({AttachmentGroup.CALLER, AttachmentGroup.PAPERS})
