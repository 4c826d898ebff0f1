"""What other systems are given, field by field: what is not listed here does not leave."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.clock_shapes import Clock
from hotline.api.conferences import Conference
from hotline.api.departures import Archived, Petition, Withdrawal
from hotline.api.kinds import (
    Reference,
    list_of,
    maybe_moment,
    moment,
    number,
    one_of,
    reference,
    text,
    yes_no,
)
from hotline.api.parts import Contribution
from workflows.read.ticket_parts import Hidden
from workflows.read.views import Light
from workflows.rules.calendar import Basis
from workflows.rules.numbering import Channel
from workflows.rules.roles import Role
from workflows.rules.routing import Reason
from workflows.rules.states import ApplicationState, AssignmentState, TicketState
from workflows.rules.vocabulary import (
    Anonymity,
    AnswerWay,
    AttachmentGroup,
    CallerType,
    CloseType,
    DetailWanted,
    Kind,
    TicketRelation,
    Urgency,
)


class MoveOutcome(Schema):
    """Where a ticket stands after a move."""

    no = text()
    state = one_of(TicketState)
    version = number()
    unit = reference()


class Receipt(MoveOutcome):
    """What is told to whoever hands in a request. The query code is shown this once."""

    query_code = text("the caller asks with it and the number")


class TicketLine(Schema):
    """A ticket in a list."""

    no = text()
    state = one_of(TicketState)
    version = number()
    kind = one_of(Kind)
    category = reference()
    area = reference()
    place = text()
    title = text()
    urgency = one_of(Urgency)
    anonymity = one_of(Anonymity)
    created_at = moment()
    closed_at = maybe_moment()
    close_type = one_of(CloseType, allow_none=True)
    callback_outcome = text(allow_none=True)
    unit = reference()
    round = number("1, and one more with every re-handling")
    return_count = number()
    urge_count = number()
    supporters = number("tickets of other callers merged into this one")


class DueTicketLine(TicketLine):
    """A ticket in a list, with what its unit still owes."""

    due_at = maybe_moment()
    warn_at = maybe_moment()
    light = one_of(Light, allow_none=True)
    minutes_left = fields.Float(required=True, allow_none=True, metadata={"description": "working time of the unit"})
    provisional = yes_no()


class Caller(Schema):
    """A caller, masked. In full a caller is never given out here."""

    name = text()
    phone = text()
    address = text()


class Assignment(Schema):
    """One unit's task."""

    id = number()
    parent_id = number("of the task it was handed down from", allow_none=True)
    level = number("1, and one more with every handing down")
    path = text("its number within the ticket: 1, 1.2; moves name it as `task`")
    whistle = yes_no()
    unit = reference()
    role = text()
    state = one_of(AssignmentState)
    round = number()
    dispatched_at = moment()
    dispatch_note = text()
    override_reason = text()
    return_until = maybe_moment()
    signed_at = maybe_moment()
    auto_signed = yes_no()
    contacted_at = maybe_moment()
    replied_at = maybe_moment()
    accepted_at = maybe_moment()
    ended_at = maybe_moment()
    due_at = maybe_moment()
    final_designation = yes_no()
    extension_limits = fields.List(fields.Dict(), required=True)
    extension_count = number()
    extension_filed_at = maybe_moment()
    asked = fields.Dict(required=True, allow_none=True, metadata={"description": "waits for a step"})
    suspension_count = number()
    number = text("the ticket's with the task's own: 20260302010001230-1.2")


class Event(Schema):
    """Something that happened."""

    at = moment()
    kind = text()
    from_state = text(allow_none=True)
    to_state = text(allow_none=True)
    actor = text()
    role = one_of(Role)
    unit = reference()
    reason = text(allow_none=True)
    note = text()
    data = fields.Dict(required=True, allow_none=True)


class Order(Schema):
    """A supervision order. `answer` is for the unit itself and the hotline, empty for others."""

    no = text()
    level = number("from 1 to 3")
    unit = reference()
    reason = text()
    issued_at = moment()
    issued_by = text()
    due_at = moment()
    open = yes_no()
    answer = text()
    answered_at = maybe_moment()
    answered_by = text()
    lapsed_at = maybe_moment()


class ItemAnswer(Schema):
    """What a reply says to one point of the request."""

    item = text()
    truth = text()
    resolution = text()
    answer = text()


class Reply(Schema):
    """A unit's answer. `internal_account` is for the unit itself and the hotline, empty for others."""

    assignment_id = number()
    round = number()
    submitted_at = moment()
    submitted_by = text()
    truth = text()
    resolution = text()
    unresolved_reason = text(allow_none=True)
    beyond_duty = yes_no()
    beyond_duty_kind = text()
    internal_account = text()
    public_answer = text()
    items = list_of(ItemAnswer)
    measures = text()
    legal_basis = text()
    visited_at = maybe_moment()
    visitors = text()
    promised_on = fields.Date(required=True, allow_none=True)
    signed_by = text()
    ahead_reason = text()
    decision = text(allow_none=True)
    decided_at = maybe_moment()
    decided_by = text()
    defects = fields.List(fields.String(), required=True)
    defect_items = fields.List(fields.Integer(), required=True, metadata={"description": "points, counted from 1"})
    opinion = text()


class Step(Schema):
    """A step of an application's chain: the role that decides it, and how it ended."""

    position = number("counted from 0")
    role = one_of(Role)
    opened_at = maybe_moment()
    decided_at = maybe_moment()
    decided_by = text()
    decision = text("GRANTED, REFUSED or LAPSED", allow_none=True)
    opinion = text()


class Application(Schema):
    """Something a unit asked of the hotline."""

    kind = text()
    state = one_of(ApplicationState)
    assignment_id = number()
    reason = text()
    basis = text()
    suggested_unit = reference()
    plan = text("of an extension or suspension; of a termination, what the caller was told")
    amount = number("more of `amount_basis` asked for", allow_none=True)
    granted = number(allow_none=True)
    amount_basis = one_of(Basis, allow_none=True)
    filed_at = moment()
    filed_by = text()
    decided_at = maybe_moment()
    decided_by = text()
    opinion = text()
    details = fields.Dict(required=True, metadata={"description": "of a suspension: its obstacles, milestones, …"})
    steps = list_of(Step)


class Master(Schema):
    """The ticket a merged one follows; number and answer are empty for those who may not open it."""

    no = text()
    state = one_of(TicketState)
    close_type = one_of(CloseType, allow_none=True)
    closed_at = maybe_moment()
    answer = text("what callers were told")


class Related(Schema):
    """A ticket this one is linked to, where this account may open it."""

    no = text()
    state = one_of(TicketState)
    kind = one_of(TicketRelation)
    linked_at = moment()


class Attachment(Schema):
    """A file of a ticket; its bytes are at `/tickets/{no}/attachments/{key}`."""

    key = text()
    group = one_of(AttachmentGroup)
    name = text()
    media_type = text()
    size = number("bytes")
    width = number("of a picture", allow_none=True)
    height = number("of a picture", allow_none=True)
    assignment_id = number(allow_none=True)
    unit = reference()
    sensitive = yes_no()
    uploaded_at = moment()
    uploaded_by = text()
    released_at = maybe_moment()


class Attachments(Schema):
    """The files of a ticket this account may see, and how many more there are."""

    items = list_of(Attachment)
    withheld = number()


class Attached(Schema):
    """Keys of the files that were added."""

    keys = fields.List(fields.String(), required=True)


class Candidate(Schema):
    """A unit the dispatch catalogue names, why, and the units it proposes to help it (`co_units` of `dispatch`)."""

    unit = reference()
    reason = one_of(Reason)
    co_units = list_of(Reference)


class OpenMove(Schema):
    """A move open to this account now."""

    move = text()
    version_needed = yes_no()


class Ticket(TicketLine):
    """A ticket with its past and present, as this account may see it."""

    channel = one_of(Channel)
    channel_ref = text()
    caller_type = one_of(CallerType)
    enterprise_name = text()
    content = text()
    items = fields.List(fields.String(), attribute="request_items", required=True)
    need_reply = yes_no()
    submitted_at = maybe_moment()
    changed_at = moment()
    hops = number("how often it was dispatched")
    master = fields.Nested(Master, required=True, allow_none=True)
    related = list_of(Related)
    must_confer = yes_no()
    escalation_level = number("0, or the level it was raised to")
    send_back_count = number()
    answer_way = one_of(AnswerWay, allow_none=True)
    answer_at = maybe_moment()
    direct_answer = text()
    answer_source = text()
    answer_ref = text()
    reject_code = text(allow_none=True)
    reject_route = text()
    details_wanted = one_of(DetailWanted, allow_none=True)
    caller = fields.Nested(Caller, required=True, allow_none=True)
    hidden = one_of(Hidden, allow_none=True)
    assignments = list_of(Assignment)
    clocks = list_of(Clock)
    events = list_of(Event)
    contributions = list_of(Contribution)
    replies = list_of(Reply)
    applications = list_of(Application)
    orders = list_of(Order)
    conferences = list_of(Conference)
    withdrawals = list_of(Withdrawal)
    petitions = list_of(Petition)
    archive = fields.Nested(Archived, required=True, allow_none=True)
    candidates = list_of(Candidate)
    moves = list_of(OpenMove)


