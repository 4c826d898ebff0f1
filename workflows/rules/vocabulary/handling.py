"""Reason codes and findings of whoever handles a request."""

from __future__ import annotations

from enum import StrEnum


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


class TicketRelation(StrEnum):
    """What two linked tickets have to do with one another (关联关系)."""

    DUP = "DUP"
    RELATED = "RELATED"


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


class RecallReason(StrEnum):
    """Why the dispatch desk takes a ticket back (改派原因)."""

    MISDISPATCHED = "MISDISPATCHED"
    NEW_FACTS = "NEW_FACTS"
    UNIT_CHANGED = "UNIT_CHANGED"
    OTHER = "OTHER"


class PetitionCriterion(StrEnum):
    """Why a matter belongs into the petition procedure (移交信访情形)."""

    REHANDLED = "REHANDLED"
    MASS = "MASS"
    LEGAL = "LEGAL"
    LEGACY = "LEGACY"
    IN_PETITION = "IN_PETITION"
    OTHER = "OTHER"


class CheckResult(StrEnum):
    """What was found when a termination or refusal was looked into (抽查结论)."""

    PROPER = "PROPER"
    IMPROPER = "IMPROPER"


class WithdrawReason(StrEnum):
    """Why a caller takes a request back (撤单原因)."""

    SETTLED = "SETTLED"
    MISTAKEN = "MISTAKEN"
    ELSEWHERE = "ELSEWHERE"
    NO_LONGER = "NO_LONGER"
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


class AnswerWay(StrEnum):
    """How the answer reached its caller (答复送达), or why nobody was to be told."""

    SMS = "SMS"
    CALL = "CALL"
    PAGE = "PAGE"
    NOT_WANTED = "NOT_WANTED"
    ANONYMOUS = "ANONYMOUS"
    TRIED = "TRIED"


class CallBasis(StrEnum):
    """Why a caller is rung back, or is not (回访依据). UNTOLD: not drawn, but no message told them of the answer."""

    FULL = "FULL"
    MERGED = "MERGED"
    NAMED = "NAMED"
    COMPLAINT = "COMPLAINT"
    REPEAT = "REPEAT"
    ENTERPRISE = "ENTERPRISE"
    RISK = "RISK"
    SUPERVISED = "SUPERVISED"
    DRAWN = "DRAWN"
    NOT_DRAWN = "NOT_DRAWN"
    UNTOLD = "UNTOLD"


class CallbackChannel(StrEnum):
    """How a caller was asked what they think of it (回访渠道): rung, on the page of callers, by a link sent to them."""

    PHONE = "PHONE"
    WEB = "WEB"
    SMS = "SMS"


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


class UnresolvedReason(StrEnum):
    """Why it could not be solved (未解决原因)."""

    POLICY = "POLICY"
    FUNDS = "FUNDS"
    PLANNED = "PLANNED"
    THIRD_PARTY = "THIRD_PARTY"
    UNREASONABLE = "UNREASONABLE"
    OTHER = "OTHER"


class ChaseWay(StrEnum):
    """How the hotline pressed a unit (催办方式)."""

    MESSAGE = "MESSAGE"
    PHONE = "PHONE"
    LETTER = "LETTER"


class ExclusionClass(StrEnum):
    """Why an evaluation is not the unit's to answer for, and leaves its rates (剔除, domain §7.5)."""

    UNREASONABLE = "UNREASONABLE"
    UNLAWFUL = "UNLAWFUL"
    BEYOND_DUTY = "BEYOND_DUTY"
    MALICIOUS = "MALICIOUS"
    FORCE_MAJEURE = "FORCE_MAJEURE"


class AppealGround(StrEnum):
    """Why a unit asks for its caller to be rung again (评价申诉)."""

    NOT_THE_FACTS = "NOT_THE_FACTS"
    WRONG_UNIT = "WRONG_UNIT"
    NEW_REQUEST = "NEW_REQUEST"
    SOLVED_SINCE = "SOLVED_SINCE"
    OTHER = "OTHER"


class DissatisfactionClass(StrEnum):
    """Whose fault a dissatisfaction is, as judged; only the first leads to re-handling with penalty."""

    UNIT_FAULT = "UNIT_FAULT"
    CIRCUMSTANCES = "CIRCUMSTANCES"
    POLICY = "POLICY"
    UNREASONABLE = "UNREASONABLE"
    NEW_REQUEST = "NEW_REQUEST"
