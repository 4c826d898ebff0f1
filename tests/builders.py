"""A small city to test in, and the steps of a ticket's life as one-liners.

`make_city()` writes the same reference data every time: the hotline, a district with three bureaus, two streets
and a water works, their areas, matters, calendars, default limits, a dispatch catalogue that knows a certain, an
ambiguous and no answer, and one person for every role. `at("2026-11-16 10:00")` lets the database's clock stand
there. The steps (`log`, `sign`, `contact`, …) call the use cases by the right person.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import aliased

from hotline.seed.calendar import calendar_days
from tests.database import bring_back, keep_made
from workflows import admit, collect, delivery, dispatch, feedback, resolve
from workflows.errors import NotNow
from workflows.model.base import db, now, rehearse, transaction
from workflows.model.directory import Area, Category, Unit, User, UserRole
from workflows.model.reference import reference
from workflows.model.secrets import IdentityBox, install
from workflows.model.settings import (
    CalendarDay,
    CatalogueRule,
    LimitRule,
    PreReviewRule,
    SignOffRule,
    ThresholdRow,
    WorkCalendar,
)
from workflows.model.ticket import Ticket
from workflows.rules.chains import CONSENTED
from workflows.rules.limits import DEFAULT_PROFILE
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import (
    Anonymity,
    AnswerSource,
    ContactResult,
    Defect,
    Kind,
    RefuseReason,
    Resolution,
    ReturnReason,
    Truth,
    Urgency,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE = date(2020, 1, 1)
FIRST_YEAR = 2025
#: No password has this hash.
NO_PASSWORD = "!"
KEY = b"a key of tests, worth nothing...."

#: code → (name, kind, parent, area, calendar)
UNITS = {
    "HOTLINE": ("区12345热线中心", "HOTLINE", None, None, None),
    "DISTRICT": ("区政府办公室", "DISTRICT", None, "D", None),
    "HOUSING": ("区住房和建设局", "BUREAU", "DISTRICT", None, None),
    "URBAN": ("区城市管理局", "BUREAU", "DISTRICT", None, None),
    "SCHOOLS": ("区教育局", "BUREAU", "DISTRICT", None, None),
    "EAST": ("东街街道办事处", "STREET", "DISTRICT", "D-E", None),
    "WEST": ("西街街道办事处", "STREET", "DISTRICT", "D-W", None),
    "WATER": ("区自来水公司", "UTILITY", "DISTRICT", None, "24h"),
}
#: code → (name, initials, kind, parent)
AREAS = {
    "D": ("榕城区", "rcq", "DISTRICT", None),
    "D-E": ("东街街道", "djjd", "STREET", "D"),
    "D-W": ("西街街道", "xjjd", "STREET", "D"),
    "D-E-1": ("杨桥社区", "yqsq", "COMMUNITY", "D-E"),
    "D-W-1": ("柳河社区", "lhsq", "COMMUNITY", "D-W"),
}
#: code → (name, initials, parent, needs_place)
CATEGORIES = {
    "01": ("住房与房产", "zfyfc", None, False),
    "0101": ("物业服务", "wyfw", "01", False),
    "0102": ("房屋漏水", "fwls", "01", False),
    "02": ("教育", "jy", None, False),
    "0201": ("入学划片", "rxhp", "02", False),
    "05": ("市容环卫", "srhw", None, False),
    "0501": ("垃圾清运", "ljqy", "05", True),
    "0502": ("占道经营", "zdjy", "05", False),
    "06": ("公用事业", "gysy", None, False),
    "0601": ("供水", "gs", "06", False),
    "99": ("其他", "qt", None, False),
}
#: (matter, unit or selector, a street may be given it): 0502 is ambiguous, 99 has no answer
CATALOGUE = (
    ("01", "HOUSING", False),
    ("02", "SCHOOLS", False),
    ("05", "URBAN", False),
    ("0501", "STREET_OF_PLACE", True),
    ("0502", "URBAN", False),
    ("0502", "HOUSING", False),
    ("06", "WATER", False),
)
#: account → (name, unit, role)
PEOPLE = {
    "agent": ("受理员甲", "HOTLINE", Role.AGENT),
    "agent2": ("受理员乙", "HOTLINE", Role.AGENT),
    "shift": ("值班长", "HOTLINE", Role.SHIFT_LEAD),
    "dispatcher": ("派单员", "HOTLINE", Role.DISPATCHER),
    "supervisor": ("督办员", "HOTLINE", Role.SUPERVISOR),
    "reviewer": ("审核员", "HOTLINE", Role.REVIEWER),
    "callback": ("回访员", "HOTLINE", Role.CALLBACK),
    "director": ("热线主任", "HOTLINE", Role.HOTLINE_DIR),
    "coordinator": ("二级平台管理员", "DISTRICT", Role.L2_COORD),
    "housing": ("住建经办人", "HOUSING", Role.UNIT_CLERK),
    "housing_lead": ("住建分管领导", "HOUSING", Role.UNIT_LEAD),
    "urban": ("城管经办人", "URBAN", Role.UNIT_CLERK),
    "schools": ("教育经办人", "SCHOOLS", Role.UNIT_CLERK),
    "east": ("东街经办人", "EAST", Role.UNIT_CLERK),
    "west": ("西街经办人", "WEST", Role.UNIT_CLERK),
    "water": ("供水经办人", "WATER", Role.UNIT_CLERK),
    "leader": ("区领导", "DISTRICT", Role.LEADER),
    "discipline": ("监察员", "DISTRICT", Role.DISCIPLINE),
    "admin": ("系统管理员", "HOTLINE", Role.ADMIN),
    "auditor": ("安全审计员", "HOTLINE", Role.SEC_AUDITOR),
}


@dataclass(frozen=True)
class City:
    """Ids by code; people by account."""

    units: dict[str, int]
    areas: dict[str, int]
    categories: dict[str, int]
    users: dict[str, int] = field(default_factory=dict)

    def actor(self, account: str) -> Actor:
        """The person of that account, as the loop knows people."""
        name, unit, role = PEOPLE[account]
        return Actor(
            user_id=self.users[account], account=account, name=name, roles=frozenset({role}),
            unit_id=self.units[unit], unit_name=UNITS[unit][0], unit_ids=reference().subtree(self.units[unit]),
        )

    def recused(self, account: str, *tickets: int) -> Actor:
        """The person, after these tickets were found to accuse them."""
        return replace(self.actor(account), recused_from=frozenset(tickets))

    def moved(self, account: str, code: str) -> Actor:
        """The person after they were moved to another unit."""
        return replace(self.actor(account), unit_id=self.units[code], unit_name=UNITS[code][0],
                       unit_ids=reference().subtree(self.units[code]))

    def clerk_of(self, unit_id: int) -> Actor:
        """Somebody who may act for a unit."""
        code = next(code for code, known in self.units.items() if known == unit_id)
        return self.actor("coordinator" if code == "DISTRICT" else code.lower())


_cities = itertools.count(1)
_people = itertools.count(1)


def install_keys() -> None:
    """Keys of no worth: they encrypt made-up callers in databases that are thrown away."""
    install(IdentityBox({"t1": KEY}, "t1", "aes", KEY))


def make_city(password_hash: str = NO_PASSWORD) -> City:
    """Write the city into an empty database, and commit it."""
    install_keys()
    with transaction():
        if not bring_back(db.session):
            _write_city()
            keep_made(db.session)
        db.session.execute(update(User).values(password_hash=password_hash, created_at=now()))
        # a number no other city of this process had, so that no copy held in memory is taken for this one
        db.session.execute(text("UPDATE reference_version SET number = number + :n"), {"n": 1000 * next(_cities)})
        return City(*(_ids(kind.code, kind.id) for kind in (Unit, Area, Category)), _ids(User.account, User.id))


def _ids(code: Any, number: Any) -> dict[str, int]:
    return dict(db.session.execute(select(code, number)).all())


def _write_city() -> None:
    calendars = _calendars()
    areas = _tree(Area, {
        code: {"name": name, "initials": initials, "kind": kind, "parent": parent}
        for code, (name, initials, kind, parent) in AREAS.items()
    })
    categories = _tree(Category, {
        code: {"name": name, "initials": initials, "parent": parent, "needs_place": needs_place,
               "level": 2 if parent else 1}
        for code, (name, initials, parent, needs_place) in CATEGORIES.items()
    })
    units = _tree(Unit, {
        code: {"name": name, "short_name": name, "kind": kind, "parent": parent, "area_id": areas.get(area),
               "calendar_id": calendars.get(calendar), "active_from": SINCE}
        for code, (name, kind, parent, area, calendar) in UNITS.items()
    })
    _limits()
    _leaders_trust_their_clerks()
    _catalogue(units, categories)
    _users(units)
    db.session.flush()


def _leaders_trust_their_clerks() -> None:
    """Returns and extensions go to the hotline at once, unless a test has the leader consent."""
    of_clerks = SignOffRule.kind.in_([str(kind) for kind in CONSENTED])
    db.session.execute(update(SignOffRule).where(of_clerks).values(wanted=False))


def leaders_consent(kind: ApplicationKind) -> None:
    """Have leaders of units stand by returns or extensions before the hotline hears of them."""
    with transaction():
        db.session.execute(update(SignOffRule).where(SignOffRule.kind == str(kind)).values(wanted=True))


def _calendars() -> dict[str, int]:
    rows = [
        WorkCalendar(name="办公时间", blocks=[["09:00", "12:00"], ["13:30", "17:30"]], is_default=True),
        WorkCalendar(name="24h", blocks=[["00:00", "24:00"]], all_days=True),
    ]
    db.session.add_all(rows)
    db.session.execute(insert(CalendarDay), _days())
    db.session.flush()
    return {row.name: row.id for row in rows}


def _days() -> list[dict[str, Any]]:
    return [dict(day) for day in calendar_days() if day["date"].year >= FIRST_YEAR]


def _tree(kind: type, nodes: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Parents stand before their children in `nodes`."""
    made: dict[str, Any] = {}
    for code, values in nodes.items():
        above = made.get(values.pop("parent"))
        row = kind(code=code, parent_id=above.id if above else None, path="//", **values)
        db.session.add(row)
        db.session.flush()
        row.path = f"{above.path if above else '/'}{row.id}/"
        made[code] = row
    db.session.flush()
    return {code: row.id for code, row in made.items()}


def _limits() -> None:
    db.session.execute(insert(LimitRule), [
        {"code": str(limit.code), "amount": limit.amount, "basis": str(limit.basis), "kind": limit.kind,
         "urgency": limit.urgency, "enterprise": limit.enterprise, "source": limit.source,
         "valid_from": limit.valid_from}
        for limit in DEFAULT_PROFILE
    ])


def _catalogue(units: dict[str, int], categories: dict[str, int]) -> None:
    db.session.add_all(
        CatalogueRule(category_id=categories[matter], unit_id=units.get(to), selector=None if to in units else to,
                      grassroots_allowed=grassroots, valid_from=SINCE)
        for matter, to, grassroots in CATALOGUE
    )


def _users(units: dict[str, int]) -> None:
    since = now()
    db.session.add_all(
        User(account=account, name=name, password_hash=NO_PASSWORD, unit_id=units[unit], created_at=since,
             roles=[UserRole(role=str(role))])
        for account, (name, unit, role) in PEOPLE.items()
    )


def moment(written: str) -> datetime:
    """ "2026-11-16 10:00" in the city, as UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI).astimezone(UTC)


@contextmanager
def at(when: str | datetime) -> Iterator[datetime]:
    """Let it be that time in the city while the block runs; time goes on from there."""
    wanted = moment(when) if isinstance(when, str) else when
    db.session.rollback()
    with rehearse(timedelta(0)):
        real = now()
    try:
        with rehearse(wanted - real):
            yield wanted
    finally:
        db.session.rollback()


def request(city: City, matter: str = "0101", area: str | None = None, **changes: Any) -> collect.Request:
    """What a caller says; somebody else each time."""
    plain = collect.Request(
        channel=Channel.PHONE, kind=Kind.COMPLAINT, title="电梯停运三天无人修",
        content="小区三号楼电梯停运三天，物业电话无人接听。",
        category_id=city.categories[matter], area_id=city.areas[area] if area else None, name="林小满",
        phone=f"138{next(_people):08d}",
    )
    return replace(plain, **changes)


def log(city: City, matter: str = "0101", area: str | None = None, **changes: Any) -> collect.Receipt:
    """A call is taken and sent on: 01, 02, 0501 with a place, 06 at once to their units."""
    return collect.submit(request(city, matter, area, **changes), city.actor("agent"))


def review_first(channel: Channel) -> None:
    """Have requests of a channel looked over before they go to a unit."""
    with transaction():
        db.session.execute(update(PreReviewRule).where(PreReviewRule.channel == str(channel)).values(wanted=True))


def ask_refusal(city: City, reason: RefuseReason = RefuseReason.LITIGATION, **changes: Any) -> str:
    """An agent wants a request not to be taken on."""
    return collect.ask_refusal(request(city, **changes), city.actor("agent"), reason, "请向人民法院咨询。").no


def refuse(city: City, no: str) -> None:
    """The shift lead agrees."""
    admit.refuse(no, city.actor("shift"))


ARTICLE = collect.Answer("请带身份证到大厅办理。", AnswerSource.ARTICLE, "KB-2026-0418")


def sign(city: City, no: str, by: str = "housing") -> None:
    """The unit acknowledges."""
    resolve.sign(no, city.actor(by))


def contact(city: City, no: str, by: str = "housing", result: ContactResult = ContactResult.REACHED) -> None:
    """The unit rings the caller."""
    resolve.contact(no, city.actor(by), result=result, note="已联系")


ANSWER = resolve.Answer(
    truth=Truth.TRUE, resolution=Resolution.RESOLVED, internal_account="已约谈物业公司并复查。",
    public_answer="电梯已修复并恢复运行。",
)


def reply(city: City, no: str, by: str = "housing", **changes: Any) -> None:
    """The unit answers, its leader first where that is wanted."""
    answer = replace(ANSWER, **changes)
    try:
        resolve.reply(no, city.actor(by), answer=answer)
    except NotNow as refused:
        if refused.code != "sign_off_first":
            raise
        resolve.sign_off(no, city.actor(by), answer=answer)
        resolve.reply(no, city.actor(f"{by}_lead"), answer=answer)


def accept(city: City, no: str) -> None:
    """The hotline accepts the reply."""
    resolve.accept_reply(no, city.actor("reviewer"))


def send_back(city: City, no: str) -> None:
    """The hotline sends the reply back."""
    resolve.send_back(no, city.actor("reviewer"), defects=[Defect.NO_FACTS], opinion="未写明事实")


def ring(city: City, no: str, *, rework: bool = False, **answers: Any) -> None:
    """The caller is rung back: content, unless `answers` say otherwise; `rework`: a supervisor finds the unit at fault.

    What a merged caller is not content with is found on the master.
    """
    call = feedback.Call(**({"result": AttemptResult.ANSWERED, "contacted": True, "solved": Solved.SOLVED,
                             "satisfaction": Satisfaction.SATISFIED} | answers))
    feedback.record_callback(no, city.actor("callback"), call=call)
    if rework:
        above = aliased(Ticket)
        master = db.session.scalar(select(above.no).join(Ticket, Ticket.master_id == above.id).where(Ticket.no == no))
        feedback.rework(master or no, city.actor("supervisor"), reason=call.reason, note=call.words)


def write_to(city: City, no: str) -> None:
    """A text message has told the caller that there is an answer."""
    with transaction():
        row = db.session.execute(select(Ticket.id, Ticket.round).where(Ticket.no == no)).one()
        delivery.note_answers([row], now())


UNHAPPY = {"solved": Solved.UNSOLVED, "satisfaction": Satisfaction.DISSATISFIED,
           "reason": DissatisfactionReason.RESULT_SHORT, "words": "还是停着"}


def ask_return(city: City, no: str, by: str = "housing", to: str = "URBAN") -> None:
    """The unit says it is not theirs."""
    resolve.apply_return(no, city.actor(by), reason=ReturnReason.NOT_OUR_DUTY, basis="三定方案第四条",
                         suggested_unit_id=city.units[to])


def to_handling(city: City, matter: str = "0101", by: str = "housing", **changes: Any) -> str:
    """A ticket its unit has signed for."""
    no = log(city, matter, **changes).no
    sign(city, no, by)
    return no


def to_replied(city: City, matter: str = "0101", by: str = "housing", **changes: Any) -> str:
    """A ticket whose reply waits for review."""
    no = to_handling(city, matter, by, **changes)
    contact(city, no, by)
    reply(city, no, by)
    return no


def to_callback(city: City, matter: str = "0101", by: str = "housing", **changes: Any) -> str:
    """A ticket whose caller is to be rung."""
    no = to_replied(city, matter, by, **changes)
    accept(city, no)
    return no


def to_closed(city: City, matter: str = "0101", by: str = "housing", **changes: Any) -> str:
    """A ticket whose caller is content."""
    no = to_callback(city, matter, by, **changes)
    ring(city, no)
    return no


def set_threshold(code: str, amount: int) -> None:
    """An administrator sets a number of 流转阈值."""
    with transaction():
        db.session.execute(update(ThresholdRow).where(ThresholdRow.code == code).values(amount=amount))


def send_to(city: City, no: str, unit: str, **more: Any) -> None:
    """The dispatch desk sends a ticket to a unit."""
    dispatch.dispatch(no, city.actor("dispatcher"), unit_id=city.units[unit], **more)


ANONYMOUS = {"anonymity": Anonymity.ANONYMOUS, "name": "", "phone": ""}
WITHHELD = {"anonymity": Anonymity.WITHHELD}
URGENT = {"urgency": Urgency.URGENT}
