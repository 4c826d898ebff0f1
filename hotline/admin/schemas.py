"""The forms of the administrator's seat. Shapes only: what may be done is said by workflows/administer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, validates_schema

from hotline.admin.profile_file import LONGEST
from hotline.admin.written import BlocksField, NoticeField, PartsField
from hotline.forms import Choice, CleanStr, CleanText, Day, Flag, Form, Many, Problem, StrictInt
from hotline.labels.notices import NOTICES
from workflows.administer.catalogue import MOST_BESIDE
from workflows.rules.calendar import Basis, DayKind
from workflows.rules.escalation import Addressee, Level
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.routing import Selector
from workflows.rules.scoring import ScoreModel
from workflows.rules.signing import SignsReplies
from workflows.rules.vocabulary import AreaKind, Carrier, Kind, SettingSubject, UnitKind, Urgency

#: Years that can be looked at and imported.
FIRST_YEAR, LAST_YEAR = 2004, 2100
#: Dues are counted anew for the days of one notice at a time.
LONGEST_SPAN = timedelta(days=366)


class Versioned(Form):
    """A deed on something that is there: the version its page was opened with."""

    version = StrictInt(required=True, least=1)


class Search(Form):
    """What lists are searched by."""

    q = CleanStr(most=40)
    closed = Flag()


class UserSearch(Search):
    """People by name, of a unit, in a role."""

    unit_id = StrictInt(least=1)
    role = Choice(Role)


class NewUser(Form):
    """A new account."""

    account = CleanStr(required=True, most=40)
    name = CleanStr(required=True, most=80)
    unit_id = StrictInt(required=True, least=1)
    roles = Many(Choice(Role), required=True)
    work_phone = CleanStr(most=40)
    email = CleanStr(most=120)


class ChangedUser(Versioned):
    """Name, unit, roles and addresses of somebody."""

    name = CleanStr(required=True, most=80)
    unit_id = StrictInt(required=True, least=1)
    roles = Many(Choice(Role), required=True)
    work_phone = CleanStr(most=40)
    email = CleanStr(most=120)


class Switch(Form):
    """Something is so, or is not."""

    version = StrictInt(least=1, required=True)
    on = Flag()


class Carriers(Versioned):
    """The channels of a notice."""

    carriers = Many(Choice(Carrier))


class NewCarriers(Form):
    """The channels of a notice for one more role."""

    kind = CleanStr(required=True, pattern="|".join(NOTICES))
    role = Choice(Role, required=True)
    carriers = Many(Choice(Carrier))


class RiskForm(Versioned):
    """What holds for a kind of danger."""

    words = CleanText(most=6_000)
    receivers = CleanStr(most=200, required=True)
    needs_line = Flag()


class Noted(Versioned):
    """A deed and why."""

    note = CleanText(most=500)


class NewUnit(Form):
    """A new unit."""

    code = CleanStr(required=True, most=40)
    name = CleanStr(required=True, most=80)
    short_name = CleanStr(required=True, most=40)
    kind = Choice(UnitKind, required=True)
    parent_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    calendar_id = StrictInt(least=1)
    active_from = Day()


class ChangedUnit(Versioned):
    """What may change of a unit."""

    name = CleanStr(required=True, most=80)
    short_name = CleanStr(required=True, most=40)
    area_id = StrictInt(least=1)
    calendar_id = StrictInt(least=1)
    signs_replies = Choice(SignsReplies, load_default=SignsReplies.WEIGHTY)


class Moved(Versioned):
    """Where in a tree something goes; nothing: to the root."""

    parent_id = StrictInt(least=1)


class ClosedUnit(Noted):
    """Closing a unit."""

    successor_id = StrictInt(least=1)


class NewCategory(Form):
    """A new matter."""

    code = CleanStr(required=True, most=40)
    name = CleanStr(required=True, most=80)
    parent_id = StrictInt(least=1)
    needs_place = Flag()
    needs_picture = Flag()
    hazard = Flag()


class ChangedCategory(Versioned):
    """What may change of a matter."""

    name = CleanStr(required=True, most=80)
    needs_place = Flag()
    needs_picture = Flag()
    hazard = Flag()


class NewArea(Form):
    """A new place."""

    code = CleanStr(required=True, most=40)
    name = CleanStr(required=True, most=80)
    kind = Choice(AreaKind, required=True)
    parent_id = StrictInt(least=1)


class ChangedArea(Versioned):
    """What may change of a place."""

    name = CleanStr(required=True, most=80)


class CatalogueSearch(Form):
    """Lines of the catalogue."""

    q = CleanStr(most=40)
    category_id = StrictInt(least=1)
    unit_id = StrictInt(least=1)
    every = Flag()


class CatalogueForm(Form):
    """A line of the catalogue, new or changed."""

    version = StrictInt(least=1)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)
    kind = Choice(Kind)
    enterprise = StrictInt(least=0, most=1)
    unit_id = StrictInt(least=1)
    selector = Choice(Selector)
    co_unit_ids = Many(StrictInt(least=1, required=True), most=MOST_BESIDE)
    grassroots_allowed = Flag()
    basis = CleanStr(required=True, most=200)
    note = CleanStr(most=200)
    valid_from = Day()


class AcceptedProposal(Form):
    """A line the catalogue shall have: whose the matter is from now on, everywhere or only at the place proposed."""

    unit_id = StrictInt(required=True, least=1)
    basis = CleanStr(required=True, most=200)
    here_only = Flag()
    grassroots_allowed = Flag()
    ends_old = Flag()
    opinion = CleanText(most=500)


class RejectedProposal(Form):
    """Why the catalogue stays as it is."""

    opinion = CleanText(required=True, most=500)


class ThresholdForm(Versioned):
    """From how many on, and by what right."""

    amount = StrictInt(required=True, least=1, most=1000)
    source = CleanStr(required=True, most=200)


class TryOut(Form):
    """A matter, a place and a kind: where would it go?"""

    category_id = StrictInt(required=True, least=1)
    area_id = StrictInt(least=1)
    kind = Choice(Kind, required=True)
    enterprise = Flag()


class Ended(Versioned):
    """The last day a rule holds; nothing: it ends at once."""

    last_day = Day()


class LimitSearch(Form):
    """Limits of a clock, of a unit."""

    code = Choice(ClockCode)
    unit_id = StrictInt(least=1)
    every = Flag()


class LimitForm(Form):
    """A limit, new or changed."""

    version = StrictInt(least=1)
    code = Choice(ClockCode, required=True)
    amount = StrictInt(required=True, least=1, most=100_000)
    basis = Choice(Basis, required=True)
    kind = Choice(Kind)
    category_id = StrictInt(least=1)
    urgency = Choice(Urgency)
    unit_id = StrictInt(least=1)
    enterprise = StrictInt(least=0, most=1)
    stage = StrictInt(least=1, most=9)
    stage_name = CleanStr(most=40)
    source = CleanStr(required=True, most=200)
    valid_from = Day()


class ProfileForm(Form):
    """The text of a limit profile and the day from which it is to hold."""

    text = CleanText(most=LONGEST)
    valid_from = Day()


class ProfileChoice(ProfileForm):
    """A shipped profile, or a file that comes along, or the text once more."""

    profile = CleanStr(most=40)
    file = CleanStr(most=200)


class AppliedProfile(ProfileForm):
    """The text again, and a proof of the plan that was looked at."""

    seen = CleanStr(required=True, most=80)


class StepForm(Form):
    """A step of the ladder, new or changed."""

    version = StrictInt(least=1)
    code = Choice(ClockCode, required=True)
    level = Choice(Level, required=True)
    amount = StrictInt(least=1, most=100)
    addressees = Many(Choice(Addressee), required=True)
    unit_id = StrictInt(least=1)
    source = CleanStr(required=True, most=200)
    valid_from = Day()


class PolicyForm(Versioned):
    """The switches of the figures; `partly` in percent."""

    partly = StrictInt(required=True, least=0, most=100)
    solved_kinds = Many(Choice(Kind), required=True)
    rated_kinds = Many(Choice(Kind), required=True)
    count_anonymous = Flag()
    merged_once = Flag()
    by_first_due = Flag()
    callback_percent = StrictInt(required=True, least=1, most=100)
    source = CleanStr(required=True, most=200)
    valid_from = Day()


class ScoringForm(Versioned):
    """How a kind of unit is scored: a part a line, the indicator and its numbers."""

    model = Choice(ScoreModel, required=True)
    parts = PartsField(required=True, most=2000)
    least_sample = StrictInt(required=True, least=0, most=10_000)
    ranked = Flag()
    interval = Flag()
    source = CleanStr(required=True, most=200)
    valid_from = Day()


class CalendarForm(Form):
    """Working hours: the blocks of a day one a line, "09:00-12:00"."""

    name = CleanStr(required=True, most=40)
    blocks = BlocksField(required=True, most=400)
    all_days = Flag()


class ChangedCalendar(Versioned, CalendarForm):
    """What may change of working hours."""


class YearSearch(Form):
    """A day that was picked in a year, and the days whose dues may be counted anew."""

    day = Day()
    first = Day()
    last = Day()


class DayForm(Form):
    """One day and by whose word."""

    day = Day(required=True)
    kind = Choice(DayKind, required=True)
    name = CleanStr(most=40)
    source = CleanStr(required=True, most=200)


class SpanForm(Form):
    """Days from a first to a last."""

    first = Day(required=True)
    last = Day(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _forward(self, form: dict[str, Any], **_kwargs: Any) -> None:
        if form["last"] < form["first"]:
            raise ValidationError({"last": [Problem("period_backwards")]})
        if form["last"] - form["first"] > LONGEST_SPAN:
            raise ValidationError({"last": [Problem("period_too_long")]})


class JudgeForm(Form):
    """Clocks of a step, or those judged by a rule; nothing: all."""

    code = Choice(ClockCode)
    rule_id = StrictInt(least=1)


class NoticeForm(Form):
    """A year's notice: lines of date, kind, name."""

    rows = NoticeField(required=True, most=20_000)
    source = CleanStr(required=True, most=200)


class ImportForm(NoticeForm):
    """The notice again, and a proof of the plan that was looked at."""

    seen = CleanStr(required=True, most=80)


class RecordSearch(Form):
    """Of what kind."""

    subject = Choice(SettingSubject)
