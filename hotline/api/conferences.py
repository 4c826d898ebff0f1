"""What other systems are given of conferences."""

from __future__ import annotations

from marshmallow import Schema

from hotline.api.kinds import list_of, maybe_moment, moment, number, one_of, reference, text
from workflows.rules.vocabulary import ConferenceOutcome, ConferenceReason, ConferenceStance


class Opinion(Schema):
    """What an invited unit wrote; the words are for the hotline and for who was invited, empty for others."""

    unit = reference()
    stance = one_of(ConferenceStance, allow_none=True)
    opinion = text()
    given_at = maybe_moment()
    given_by = text()


class Conference(Schema):
    """A conference; without an outcome it goes on. `minutes` say why where it was called off."""

    level = number("1 the hotline's, 2 the government's office, 3 its executive meeting")
    reason = one_of(ConferenceReason)
    question = text()
    opened_at = moment()
    opened_by = text()
    outcome = one_of(ConferenceOutcome, allow_none=True)
    lead_unit = reference()
    minutes = text()
    ended_at = maybe_moment()
    ended_by = text()
    opinions = list_of(Opinion)
