"""What is said of a request, and what comes with it."""

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


class DetailWanted(StrEnum):
    """What a request lacks before it can go to a unit (退回补充)."""

    PLACE = "PLACE"
    TIME = "TIME"
    FACTS = "FACTS"
    CONTACT = "CONTACT"
    MATTER = "MATTER"
    EVIDENCE = "EVIDENCE"


class AnswerSource(StrEnum):
    """Where an answer given on the line comes from (解答依据); what is in no article is a gap of the knowledge base."""

    ARTICLE = "ARTICLE"
    THREE_WAY = "THREE_WAY"
    OWN = "OWN"


class BlockState(StrEnum):
    """Where the wish to block a number stands (黑名单). What is in force ends by itself."""

    ASKED = "ASKED"
    SECONDED = "SECONDED"
    IN_FORCE = "IN_FORCE"
    REFUSED = "REFUSED"
    LIFTED = "LIFTED"


class UrgeSource(StrEnum):
    """Who presses: the caller (催单) or the hotline (催办)."""

    CITIZEN = "CITIZEN"
    HOTLINE = "HOTLINE"


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
