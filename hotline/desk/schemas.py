"""The shape of what an agent types during a call. One form serves every outcome, so its fields are all here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from marshmallow import validates

from hotline import labels
from hotline.forms import Choice, CleanStr, CleanText, Flag, Form, Items, Problem, StrictInt, refuse
from workflows.collect import Passing, Request, default_anonymity
from workflows.errors import Invalid
from workflows.rules.numbering import Channel
from workflows.rules.text import IdentityHit, is_id_number, mentions_identity
from workflows.rules.vocabulary import (
    Anonymity,
    AnswerSource,
    CallerType,
    Kind,
    LinePartner,
    RefuseReason,
    RiskKind,
    Urgency,
)

#: Longest account of what a caller wants.
CONTENT = 4_000
#: Longest answer given on the line, and longest route told.
ANSWER = 4_000
#: How people reach the desk; other channels have entrances of their own.
CHANNELS = (
    Channel.PHONE, Channel.MERGED_LINE, Channel.WINDOW, Channel.LETTER, Channel.EMAIL, Channel.SMS, Channel.WECHAT,
    Channel.TRANSFER_110, Channel.GRID, Channel.PROVINCE, Channel.PETITION_OFFICE, Channel.MEDIA, Channel.INSTRUCTION,
    Channel.CONGRESS, Channel.SUBCENTRE,
)


class CallForm(Form):
    """Everything on the desk's one screen."""

    phone = CleanStr(most=64)
    name = CleanStr(most=40)
    caller_type = Choice(CallerType)
    enterprise_name = CleanStr(most=80)
    alt_phone = CleanStr(most=64)
    id_no = CleanStr(most=18)
    address = CleanStr(most=100)
    channel = Choice(Channel)
    channel_ref = CleanStr(most=80)
    kind = Choice(Kind)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    place = CleanStr(most=200)
    respondent_unit_id = StrictInt(least=1)
    title = CleanStr(most=60)
    content = CleanText(most=CONTENT)
    items = Items()
    urgency = Choice(Urgency)
    anonymity = Choice(Anonymity)
    need_reply = Flag()
    identity_checked = Flag()
    risk = Choice(RiskKind)
    risk_checked = Flag()
    answer = CleanText(most=ANSWER)
    answer_source = Choice(AnswerSource)
    answer_ref = CleanStr(most=80)
    reason = Choice(RefuseReason)
    route = CleanText(most=ANSWER)
    partner = Choice(LinePartner)
    call_id = CleanStr(most=40)
    transfer_reason = CleanText(most=ANSWER)

    @validates("id_no")
    def _id_no(self, value: str, data_key: str) -> None:
        if value and not is_id_number(value):
            raise refuse("id_number_wrong")

    @validates("channel")
    def _channel(self, value: Channel | None, data_key: str) -> None:
        if value is not None and value not in CHANNELS:
            raise refuse("not_a_choice")


class TicketForm(CallForm):
    """A call that becomes a ticket of its own."""

    kind = Choice(Kind, required=True)
    category_id = StrictInt(least=1, required=True)
    content = CleanText(most=CONTENT, required=True)


class AnswerForm(TicketForm):
    """A call answered on the line."""

    answer = CleanText(most=ANSWER, required=True)
    answer_source = Choice(AnswerSource, required=True)


class RefusalForm(TicketForm):
    """A call that is not accepted."""

    reason = Choice(RefuseReason, required=True)
    route = CleanText(most=ANSWER, required=True)


class TransferForm(TicketForm):
    """A call passed to another line, on which the agent stays."""

    partner = Choice(LinePartner, required=True)
    transfer_reason = CleanText(most=ANSWER, required=True)


class AdditionForm(CallForm):
    """A call that adds to a ticket already open."""

    content = CleanText(most=CONTENT, required=True)


def request_of(form: dict[str, Any]) -> Request:
    """What the caller says, as the loop takes it. Raises Invalid where it would give a withheld caller away."""
    kind = form["kind"]
    anonymity = form["anonymity"] or default_anonymity(kind, form["respondent_unit_id"])
    if anonymity is not Anonymity.OPEN:
        check_for_identity(form)
    return Request(
        channel=form["channel"] or Channel.PHONE, kind=kind, title=form["title"], content=form["content"],
        items=tuple(form["items"]),
        category_id=form["category_id"], area_id=form["area_id"], place=form["place"],
        urgency=form["urgency"] or Urgency.NORMAL, anonymity=anonymity,
        need_reply=form["need_reply"], caller_type=form["caller_type"] or CallerType.PERSON,
        enterprise_name=form["enterprise_name"], name=form["name"], phone=form["phone"],
        alt_phone=form["alt_phone"], id_no=form["id_no"], address=form["address"], channel_ref=form["channel_ref"],
        respondent_unit_id=form["respondent_unit_id"],
        risk=form["risk"], risk_checked=form["risk_checked"],
    )


def passing_of(form: dict[str, Any]) -> Passing:
    """To which line a call is passed, and why."""
    return Passing(form["partner"], form["transfer_reason"], call_id=form["call_id"])


def joining(form: dict[str, Any]) -> dict[str, Any]:
    """What one more caller says of a known matter; what is left blank, the known ticket has. Raises as above."""
    if form["anonymity"] is not Anonymity.OPEN:
        check_for_identity(form)
    said = ("kind", "category_id", "area_id", "place", "title", "content", "items", "urgency", "anonymity",
            "need_reply", "caller_type", "enterprise_name", "name", "phone", "alt_phone", "id_no", "address", "channel",
            "channel_ref")
    return {name: form[name] for name in said}


def check_for_identity(form: dict[str, Any]) -> None:
    """Raise Invalid where the words for the unit name the caller and the agent has not looked at that yet."""
    if form["identity_checked"]:
        return
    said = "\n".join((form["title"], form["content"], form["place"], *form["items"]))
    phones = [number for number in (form["phone"], form["alt_phone"]) if number]
    refuse_identity(mentions_identity(said, form["name"], phones))


def refuse_identity(hits: Sequence[IdentityHit]) -> None:
    """Raise Invalid where words for the unit name their caller, saying by what."""
    if hits:
        found = Problem("mentions_identity", found=gettext("、").join(labels.label(hit) for hit in hits))
        raise Invalid("identity_in_text", fields={"content": [found]})


class CallerQuery(Form):
    """Whose earlier tickets are looked for."""

    phone = CleanStr(most=64)


class SimilarQuery(Form):
    """What is typed so far, to look for tickets like it."""

    phone = CleanStr(most=64)
    title = CleanStr(most=60)
    content = CleanText(most=CONTENT)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    place = CleanStr(most=200)
