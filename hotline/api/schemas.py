"""What other systems send. Server-owned fields (number, state, moments, who acts) are nowhere in it."""

from __future__ import annotations

from enum import StrEnum

from hotline.api.fields import Named, Yes
from hotline.forms import Choice, CleanStr, CleanText, Day, Form, Items, Many, Moment, StrictInt
from hotline.moves.forms import YesNo
from hotline.tickets.schemas import Words
from workflows.read.figures import Part
from workflows.read.overdue import Bucket
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode
from workflows.rules.numbering import Channel
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Anonymity, AnswerSource, CallerType, Kind, RefuseReason, RiskKind, Urgency


class Outcome(StrEnum):
    """What becomes of a request at once."""

    SUBMIT = "submit"
    ANSWER = "answer"
    REFUSE = "refuse"


class Intake(Form):
    """A request, with its caller. The caller is encrypted on arrival and never given out again in full."""

    outcome = Choice(Outcome, load_default=Outcome.SUBMIT)
    answer = CleanText(most=4_000, metadata={"description": "what the caller was told; with outcome `answer`"})
    answer_source = Choice(AnswerSource, metadata={"description": "where the answer is from; with outcome `answer`"})
    answer_ref = CleanStr(most=80, metadata={"description": "which article, or which call of three"})
    reason = Choice(RefuseReason, metadata={"description": "why it is not to be accepted; with outcome `refuse`"})
    route = CleanText(most=1_000, metadata={"description": "the way that is open instead; with outcome `refuse`"})

    channel = Choice(Channel, load_default=Channel.API)
    channel_ref = CleanStr(most=80, metadata={"description": "the request's number in your system"})
    kind = Choice(Kind, required=True)
    category = Named(required=True, metadata={"description": "id, code, or path of names (市容环卫>垃圾清运)"})
    area = Named(metadata={"description": "where it is: id, code, or path of names"})
    place = CleanStr(most=200)
    respondent_unit_id = StrictInt(least=1, metadata={"description": "the unit a complaint or report accuses"})
    title = CleanStr(most=120, metadata={"description": "default: the beginning of the content"})
    content = CleanText(most=10_000, required=True)
    items = Items(metadata={"description": "points the answer must speak to one by one; default: the content is one"})
    urgency = Choice(Urgency, load_default=Urgency.NORMAL)
    anonymity = Choice(Anonymity, metadata={"description": "default: OPEN, and WITHHELD where a unit is accused"})
    need_reply = Yes()
    risk = Choice(RiskKind, metadata={"description": "a danger you see in it: reported at once to whoever is on duty"})

    caller_type = Choice(CallerType, load_default=CallerType.PERSON)
    enterprise_name = CleanStr(most=80)
    name = CleanStr(most=60)
    phone = CleanStr(most=64, metadata={"description": "needed unless anonymous"})
    alt_phone = CleanStr(most=64)
    id_no = CleanStr(most=30)
    address = CleanStr(most=200)


class PageOfList(Form):
    """Where in a list, and how much of it."""

    page = CleanStr(most=400, metadata={"description": "`next` of the page before"})
    size = StrictInt(least=1, most=200, load_default=50)


class PageOfCodes(PageOfList):
    """Where in a list ordered by code."""

    size = StrictInt(least=1, most=200, load_default=200)


class TicketFilter(PageOfList):
    """Which tickets; all conditions together."""

    state = Many(
        Choice(TicketState, required=True), most=len(TicketState), metadata={"description": "one of these; may repeat"}
    )
    kind = Choice(Kind)
    category = Named(metadata={"description": "this category and all below it"})
    area = Named(metadata={"description": "this area and all within it"})
    unit_id = StrictInt(least=1, metadata={"description": "with this unit now, or one below it"})
    urgency = Choice(Urgency)
    created_from = Moment()
    created_to = Moment(metadata={"description": "not included"})
    overdue = YesNo()
    text = Words(most=100, metadata={"description": "words the ticket must hold, or its number"})


class LateFilter(PageOfList):
    """Which overdue clocks."""

    unit_id = StrictInt(least=1)
    code = Choice(ClockCode)
    bucket = Choice(Bucket, metadata={"description": "how long overdue, in working days"})


class PetitionFilter(PageOfList):
    """Which hand-overs to the petition procedure: those whose receipt is waited for, or is there."""

    waiting = YesNo()


class BehindPublished(Form):
    """Which number of a published table, and where in the tickets behind it."""

    figure = Choice(Figure, required=True)
    part = Choice(Part, metadata={"description": "default: all that were counted"})
    unit_id = StrictInt(least=1, metadata={"description": "default: those behind the total"})
    after = StrictInt(least=0, metadata={"description": "`next` of the page before"})
    size = StrictInt(least=1, most=200, load_default=50)


class Period(Form):
    """Days of the city's calendar, both included; at most three years."""

    start = Day(data_key="from", required=True)
    end = Day(data_key="to", required=True)
