"""Shapes of lists and figures."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.blocks import Block
from hotline.api.departures import ArchiveLine
from hotline.api.kinds import Reference, list_of, maybe_moment, moment, number, one_of, reference, text, yes_no
from hotline.api.shapes import DueTicketLine, TicketLine
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Kind, PetitionCriterion, Urgency, WithdrawReason


class Page(Schema):
    """Part of a list; null where there is no page after or before it."""

    next = fields.String(required=True, allow_none=True)
    prev = fields.String(required=True, allow_none=True)


class FoundTicketLine(DueTicketLine):
    """A ticket in the list of those asked for."""

    excerpt = text("its content around the words asked for; empty where none were")


class TicketPage(Page):
    """Tickets, newest first."""

    items = list_of(FoundTicketLine)


class WithdrawalLine(TicketLine):
    """A ticket taken back, whose caller is to be asked about it."""

    reason = one_of(WithdrawReason)
    withdrawn_at = moment()
    withdrawn_by = text()
    attempts = number()
    masked_name = text()
    masked_phone = text()


class WithdrawalPage(Page):
    """Withdrawals to be looked into, the longest waiting first."""

    items = list_of(WithdrawalLine)


class PetitionLine(DueTicketLine):
    """A ticket handed to the petition procedure; its due date is that of the receipt, while there is none."""

    criterion = one_of(PetitionCriterion)
    handed_at = moment()
    receipt_no = text()
    receipt_at = maybe_moment()


class PetitionPage(Page):
    """Tickets handed to the petition procedure, newest first."""

    items = list_of(PetitionLine)


class ArchivePage(Page):
    """Packages of the archive, in the order they were put away."""

    items = list_of(ArchiveLine)


class BlockPage(Page):
    """Blocks, those asked for last first."""

    items = list_of(Block)


class LateClock(Schema):
    """An overdue clock. Without a unit a desk of the hotline must act, and `role` says which."""

    no = text()
    title = text()
    kind = one_of(Kind)
    urgency = one_of(Urgency)
    state = one_of(TicketState)
    version = number()
    code = one_of(ClockCode)
    unit = reference()
    role = one_of(Role)
    started_at = moment()
    due_at = moment()
    warned_at = maybe_moment()
    fired_at = maybe_moment()
    urge_count = number()
    provisional = yes_no()
    working_days = fields.Float(required=True, metadata={"description": "how long overdue"})


class LatePage(Page):
    """Overdue clocks, the longest overdue first."""

    items = list_of(LateClock)


class Ratio(Schema):
    """A rate, never without its parts. `percent` is null where nothing was counted."""

    figure = one_of(Figure)
    numerator = fields.Float(required=True)
    denominator = number()
    percent = fields.Float(required=True, allow_none=True)


class UnitFigures(Schema):
    """A unit's figures; without a unit, the total of all."""

    unit = reference()
    kind = text()
    received = number()
    closed = number()
    handling_days = fields.Float(
        required=True, allow_none=True, metadata={"description": "working days from dispatch to reply, on average"}
    )
    ratios = list_of(Ratio)


class Callbacks(Schema):
    """Days on which so many in a hundred callers were to be rung back, beside those who always are; 100: everybody."""

    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    percent = number()


class Figures(Schema):
    """Figures of a period by the definitions of `formula`."""

    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    formula = text()
    callbacks = list_of(Callbacks)
    items = list_of(UnitFigures)


class Period(Schema):
    """A locked period; `digest` is that of its table of figures."""

    key = number()
    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    formula = text()
    note = text()
    published_at = moment()
    digest = text()


class PeriodPage(Page):
    """Locked periods, those locked last first."""

    items = list_of(Period)


class Correction(Schema):
    """What an earlier period's number was, and what it has become."""

    of = number("key of the period corrected")
    figure = one_of(Figure)
    unit = reference()
    was_numerator = fields.Float(required=True)
    was_denominator = number()
    numerator = fields.Float(required=True)
    denominator = number()


class CorrectionPage(Page):
    """What was corrected with a period."""

    items = list_of(Correction)


class PublishedPeriod(Period):
    """A locked period as it was published, the total first and then unit by unit."""

    callbacks = list_of(Callbacks)
    items = list_of(UnitFigures)


class CountedTicket(Schema):
    """A ticket behind a number: when it counted, and what it added to the numerator."""

    key = number()
    no = text()
    title = text()
    kind = one_of(Kind)
    state = one_of(TicketState)
    unit = reference()
    at = moment()
    hit = fields.Float(required=True)


class CountedTickets(Schema):
    """Tickets behind a number; `next` is the key the next page begins after."""

    next = number(allow_none=True)
    items = list_of(CountedTicket)


class Node(Reference):
    """A category, area or unit of its tree."""

    parent_id = number(allow_none=True)
    kind = text("of an area or unit; empty for a category")


class NodePage(Schema):
    """Categories, areas or units, by code; `next` is the code the next page begins after."""

    next = fields.String(required=True, allow_none=True)
    items = list_of(Node)
