"""What administrators decide: who may, what is refused, and that every decision leaves its line of history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import administer
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated, Unknown
from workflows.model.base import db as database
from workflows.model.base import now, transaction
from workflows.model.directory import ApiToken, Area, Category, Unit, User, UserSession
from workflows.model.reference import reference
from workflows.model.settings import SettingEvent
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.read import settings
from workflows.rules.roles import Role
from workflows.rules.vocabulary import AreaKind, SettingSubject, UnitKind


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    return city.actor("admin")


def row(kind, key):
    return database.session.get(kind, key, populate_existing=True)


def last_event():
    return database.session.scalars(select(SettingEvent).order_by(SettingEvent.id.desc()).limit(1)).one()


def events():
    return database.session.scalar(select(func.count()).select_from(SettingEvent))


def problems(refused):
    return refused.value.fields


# units


def test_a_unit_is_opened_below_another_and_its_history_says_who_and_what(city, boss):
    unit = administer.create_unit(
        boss, code="HOUSING-1", name="物业科", short_name="物业科", kind=UnitKind.SECTION,
        parent_id=city.units["HOUSING"],
    )
    above = row(Unit, city.units["HOUSING"])
    assert row(Unit, unit.id).path == f"{above.path}{unit.id}/"
    told = last_event()
    assert (told.subject, told.subject_id, told.action) == ("UNIT", str(unit.id), "CREATED")
    assert (told.actor_name, told.before) == (boss.name, None)
    assert told.after["name"] == "物业科"
    assert reference().subtree(city.units["HOUSING"]) == {city.units["HOUSING"], unit.id}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "URBAN"}, {"code": ["code_taken"]}),
        ({"name": "区教育局"}, {"name": ["name_taken"]}),
        ({"name": "", "short_name": ""}, {"name": ["required"], "short_name": ["required"]}),
        ({"kind": UnitKind.STREET}, {"area_id": ["required"]}),
        ({"kind": UnitKind.HOTLINE}, {"kind": ["unit_kind_exists"]}),
        ({"area_id": 999_999}, {"area_id": ["area_unknown"]}),
        ({"calendar_id": 999_999}, {"calendar_id": ["calendar_unknown"]}),
        ({"parent_id": 999_999}, {"parent_id": ["parent_unknown"]}),
    ],
)
def test_a_unit_that_cannot_be_is_refused_field_by_field(city, boss, changes, expected):
    form = {"code": "NEW", "name": "新单位", "short_name": "新", "kind": UnitKind.BUREAU} | changes
    with pytest.raises(Invalid) as refused:
        administer.create_unit(boss, **form)
    assert problems(refused) == expected
    assert events() == 0


@pytest.mark.parametrize("account", ["agent", "supervisor", "director", "housing", "leader", "auditor"])
def test_only_the_administrator_changes_units(city, account):
    with pytest.raises(NotAllowed):
        administer.create_unit(city.actor(account), code="X", name="X", short_name="X", kind=UnitKind.BUREAU)


def test_renaming_keeps_only_what_changed_in_the_history(city, boss):
    key = city.units["URBAN"]
    administer.change_unit(key, boss, version=1, name="区城市运行局", short_name="城运局")
    told = last_event()
    assert told.before == {"name": "区城市管理局", "short_name": "区城市管理局"}
    assert told.after == {"name": "区城市运行局", "short_name": "城运局"}
    assert row(Unit, key).version == 2


def test_a_change_of_nothing_leaves_no_trace(city, boss):
    key = city.units["URBAN"]
    administer.change_unit(key, boss, version=1, name="区城市管理局", short_name="区城市管理局")
    assert (events(), row(Unit, key).version) == (0, 1)


def test_who_was_slower_is_told(city, boss):
    key = city.units["URBAN"]
    administer.change_unit(key, boss, version=1, name="区城市运行局", short_name="城运局")
    with pytest.raises(Outdated):
        administer.change_unit(key, boss, version=1, name="区城市执法局", short_name="执法局")
    with pytest.raises(Unknown):
        administer.change_unit(999_999, boss, version=1, name="无", short_name="无")


def test_moving_a_unit_takes_everything_below_along(city, boss):
    section = administer.create_unit(boss, code="S", name="科", short_name="科", kind=UnitKind.SECTION,
                                     parent_id=city.units["HOUSING"])
    desk = administer.create_unit(boss, code="D2", name="站", short_name="站", kind=UnitKind.SECTION,
                                  parent_id=section.id)
    administer.move_unit(section.id, boss, version=1, parent_id=city.units["URBAN"])
    urban = row(Unit, city.units["URBAN"]).path
    assert row(Unit, section.id).path == f"{urban}{section.id}/"
    assert row(Unit, desk.id).path == f"{urban}{section.id}/{desk.id}/"
    administer.move_unit(section.id, boss, version=2, parent_id=None)
    assert row(Unit, desk.id).path == f"/{section.id}/{desk.id}/"
    with pytest.raises(Invalid) as refused:
        administer.move_unit(section.id, boss, version=3, parent_id=desk.id)
    assert problems(refused) == {"parent_id": ["parent_below_itself"]}


def test_a_closed_units_work_goes_to_its_successor(city, boss):
    with play.at("2026-11-16 10:00"):
        signed = play.to_handling(city)
        closed = play.to_closed(city)
        administer.close_unit(city.units["HOUSING"], boss, version=1, successor_id=city.units["URBAN"], note="机构改革")
        fresh = play.log(city)
    unit = row(Unit, city.units["HOUSING"])
    assert (unit.active_to, unit.successor_id) == (date(2026, 11, 15), city.units["URBAN"])
    ticket = database.session.scalars(select(Ticket).where(Ticket.no == signed)).one()
    assert ticket.lead_unit_id == city.units["URBAN"]
    assert row(Assignment, ticket.lead_assignment_id).unit_id == city.units["URBAN"]
    kinds = database.session.scalars(select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id)).all()
    assert kinds.count("handed_over") == 1
    with play.at("2026-11-16 11:00"):
        play.contact(city, signed, by="urban")
        play.reply(city, signed, by="urban")
    # what was over stays with the one who did it, and the catalogue names the successor from today on
    done = database.session.scalars(select(Ticket).where(Ticket.no == closed)).one()
    assert done.lead_unit_id == city.units["HOUSING"]
    assert fresh.unit_id == city.units["URBAN"]


def test_a_unit_with_open_work_needs_a_successor(city, boss):
    play.to_handling(city)
    with pytest.raises(NotNow) as refused:
        administer.close_unit(city.units["HOUSING"], boss, version=1)
    assert (refused.value.code, refused.value.params) == ("unit_has_open_tasks", {"count": 1})


@pytest.mark.parametrize("successor", ["HOTLINE", "HOUSING"])
def test_not_everybody_can_succeed(city, boss, successor):
    with pytest.raises(Invalid) as refused:
        administer.close_unit(city.units["HOUSING"], boss, version=1, successor_id=city.units[successor])
    assert problems(refused) == {"successor_id": ["unit_unknown"]}


def test_what_everything_leans_on_is_not_closed(city, boss):
    for code in ("HOTLINE", "DISTRICT"):
        with pytest.raises(NotNow) as refused:
            administer.close_unit(city.units[code], boss, version=1)
        assert refused.value.code == "unit_needed"
    section = administer.create_unit(boss, code="S", name="科", short_name="科", kind=UnitKind.SECTION,
                                     parent_id=city.units["URBAN"])
    with pytest.raises(NotNow) as refused:
        administer.close_unit(city.units["URBAN"], boss, version=1)
    assert refused.value.code == "unit_has_units_below"
    administer.close_unit(section.id, boss, version=1)
    administer.close_unit(city.units["URBAN"], boss, version=1)
    with pytest.raises(NotNow):
        administer.close_unit(city.units["URBAN"], boss, version=2)


# places and matters


def test_places_lie_in_places_of_the_right_kind(city, boss):
    with pytest.raises(Invalid) as refused:
        administer.create_area(boss, code="X", name="某社区", kind=AreaKind.COMMUNITY, parent_id=city.areas["D"])
    assert problems(refused) == {"parent_id": ["parent_of_wrong_kind"]}
    community = administer.create_area(boss, code="X", name="银杏社区", kind=AreaKind.COMMUNITY,
                                       parent_id=city.areas["D-E"])
    assert community.initials == "yxsq"
    administer.move_area(community.id, boss, version=1, parent_id=city.areas["D-W"])
    assert reference().area_chain(community.id) == (community.id, city.areas["D-W"], city.areas["D"])
    administer.change_area(community.id, boss, version=2, name="长河社区")
    assert row(Area, community.id).initials == "chsq"


def test_a_place_out_of_use_takes_along_what_lies_in_it(city, boss):
    street, community = city.areas["D-E"], city.areas["D-E-1"]
    administer.set_area_active(street, boss, version=1, active=False)
    assert not row(Area, community).active
    with pytest.raises(Invalid) as refused:
        administer.set_area_active(community, boss, version=2, active=True)
    assert problems(refused) == {"active": ["parent_inactive"]}
    administer.set_area_active(street, boss, version=2, active=True)
    administer.set_area_active(community, boss, version=2, active=True)
    assert [e.action for e in settings.history(SettingSubject.AREA, community)] == ["OPENED", "CLOSED"]


def test_moving_a_matter_changes_level_and_path_of_all_below(city, boss):
    inner = administer.create_category(boss, code="010101", name="电梯", parent_id=city.categories["0101"])
    administer.move_category(city.categories["0101"], boss, version=1, parent_id=None)
    moved = row(Category, city.categories["0101"])
    assert (moved.level, moved.path) == (1, f"/{moved.id}/")
    assert (row(Category, inner.id).level, row(Category, inner.id).path) == (2, f"/{moved.id}/{inner.id}/")


def test_a_matter_is_renamed_and_can_demand_a_place(city, boss):
    key = city.categories["0101"]
    administer.change_category(key, boss, version=1, name="物业管理", needs_place=True)
    assert row(Category, key).initials == "wygl"
    with pytest.raises(Invalid) as refused:
        play.log(city)
    assert problems(refused) == {"area_id": ["place_needed"]}


def test_a_matter_out_of_use_takes_no_new_requests(city, boss):
    administer.set_category_active(city.categories["01"], boss, version=1, active=False)
    with pytest.raises(Invalid) as refused:
        play.log(city, "0101")
    assert problems(refused) == {"category_id": ["category_unknown"]}


# people


def new_user(city, boss, **changes):
    form = {"account": "wang.li", "name": "王丽", "unit_id": city.units["HOUSING"], "roles": [Role.UNIT_CLERK],
            "password_hash": "hash"} | changes
    return administer.create_user(boss, **form)


def test_a_person_gets_an_account_and_must_change_the_first_password(city, boss):
    user = row(User, new_user(city, boss).id)
    assert user.must_change_password
    told = last_event()
    assert told.after["roles"] == ["UNIT_CLERK"]
    assert not [name for name in told.after if "password" in name and "must" not in name]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"account": "agent"}, {"account": ["account_taken"]}),
        ({"account": "王丽"}, {"account": ["account_shape"]}),
        ({"roles": []}, {"roles": ["required"]}),
        ({"roles": [Role.SYSTEM]}, {"roles": ["role_not_given"]}),
        ({"roles": [Role.ADMIN, Role.UNIT_CLERK]}, {"roles": ["admin_roles_alone"]}),
        ({"roles": [Role.ADMIN, Role.SEC_AUDITOR]}, {"roles": ["admin_roles_alone"]}),
        ({"roles": [Role.AGENT]}, {"roles": ["roles_need_hotline"]}),
        ({"unit_id": 999_999}, {"unit_id": ["unit_unknown"]}),
        ({"name": ""}, {"name": ["required"]}),
    ],
)
def test_an_account_that_cannot_be_is_refused(city, boss, changes, expected):
    with pytest.raises(Invalid) as refused:
        new_user(city, boss, **changes)
    assert problems(refused) == expected


def test_unit_roles_are_not_for_the_hotline(city, boss):
    with pytest.raises(Invalid) as refused:
        new_user(city, boss, unit_id=city.units["HOTLINE"])
    assert problems(refused) == {"roles": ["roles_need_unit"]}


def test_roles_and_unit_change_with_a_line_of_history(city, boss):
    user = new_user(city, boss)
    administer.change_user(user.id, boss, version=1, name="王丽", unit_id=city.units["URBAN"],
                           roles=[Role.UNIT_CLERK, Role.UNIT_LEAD])
    told = last_event()
    assert told.before == {"unit_id": city.units["HOUSING"], "roles": ["UNIT_CLERK"]}
    assert told.after == {"unit_id": city.units["URBAN"], "roles": ["UNIT_CLERK", "UNIT_LEAD"]}
    administer.change_user(user.id, boss, version=2, name="王丽", unit_id=city.units["URBAN"], roles=[Role.UNIT_LEAD])
    assert [held.role for held in row(User, user.id).roles] == ["UNIT_LEAD"]


def keys_of(user_id):
    at = now()
    with transaction():
        database.session.add_all([
            UserSession(token_hash=b"s", user_id=user_id, created_at=at, seen_at=at),
            ApiToken(token_hash=b"t", user_id=user_id, created_at=at, expires_at=at + timedelta(days=1)),
        ])


def revoked(kind):
    found = select(kind.revoked_at.is_not(None))
    return database.session.scalars(found).one()


def test_who_is_disabled_is_out_at_once(city, boss):
    user = new_user(city, boss)
    keys_of(user.id)
    administer.disable_user(user.id, boss, version=1, note="离职")
    assert revoked(UserSession)
    assert revoked(ApiToken)
    assert not row(User, user.id).active
    administer.enable_user(user.id, boss, version=2)
    assert [e.action for e in settings.history(SettingSubject.USER, user.id)] == ["OPENED", "CLOSED", "CREATED"]


def test_a_new_password_ends_the_sessions_and_lifts_the_lock(city, boss):
    user = new_user(city, boss)
    keys_of(user.id)
    with transaction():
        user = row(User, user.id)
        user.must_change_password, user.failed_count, user.locked_until = False, 5, now()
    administer.reset_password(user.id, boss, version=1, password_hash="another")
    user = row(User, user.id)
    assert (user.password_hash, user.must_change_password, user.failed_count, user.locked_until) == (
        "another", True, 0, None)
    assert revoked(UserSession)
    assert not revoked(ApiToken)
    assert (last_event().action, last_event().after) == ("RESET", None)


def test_a_locked_account_is_unlocked(city, boss):
    user = new_user(city, boss)
    with transaction():
        row(User, user.id).locked_until = now()
    administer.unlock_user(user.id, boss, version=1)
    assert row(User, user.id).locked_until is None


@pytest.mark.parametrize(("account", "role"), [("admin", Role.ADMIN), ("auditor", Role.SEC_AUDITOR)])
def test_the_last_administrator_stays(city, boss, account, role):
    with pytest.raises(NotNow) as refused:
        administer.disable_user(city.users[account], boss, version=1)
    assert refused.value.params == {"role": role}
    with pytest.raises(NotNow):
        administer.change_user(city.users[account], boss, version=1, name="甲", unit_id=city.units["HOTLINE"],
                               roles=[Role.AGENT])
    new_user(city, boss, roles=[role])
    administer.disable_user(city.users[account], boss, version=1)


# calendars


def test_a_calendar_counts_only_blocks_that_make_sense(city, boss):
    for blocks in ([], [("09:00", "09:00")], [("13:00", "17:00"), ("09:00", "12:00")], [("9:00", "12:00")],
                   [("09:00", "25:00")]):
        with pytest.raises(Invalid) as refused:
            administer.create_calendar(boss, name="坏", blocks=blocks)
        assert problems(refused) == {"blocks": ["blocks_wrong"]}
    made = administer.create_calendar(boss, name="窗口", blocks=[("08:30", "12:00"), ("13:00", "24:00")])
    assert not made.is_default
    assert reference().calendars[made.id].blocks[1][0].hour == 13


def test_hours_and_default_change_with_history(city, boss):
    office, round_the_clock = settings.calendars()
    administer.change_calendar(office.id, boss, version=1, name=office.name, blocks=[("08:00", "16:00")],
                               all_days=False)
    assert last_event().after == {"blocks": [["08:00", "16:00"]]}
    administer.make_default_calendar(round_the_clock.id, boss, version=1)
    assert reference().default_calendar_id == round_the_clock.id
    assert [c.is_default for c in settings.calendars()] == [True, False]


def test_lists_are_searched_and_nothing_in_them_is_a_wildcard(city, boss):
    def found(select_):
        return [r.code for r in database.session.scalars(select_)]

    assert found(settings.units("城市")) == ["URBAN"]
    assert found(settings.units("%")) == []
    assert found(settings.areas("yqsq")) == ["D-E-1"]
    assert found(settings.categories("LJQY")) == ["0501"]
    assert len(found(settings.categories(parent_id=city.categories["01"]))) == 2
    accounts = database.session.scalars(settings.users(role=Role.UNIT_LEAD)).unique().all()
    assert [u.account for u in accounts] == ["housing_lead"]
    administer.close_unit(city.units["URBAN"], boss, version=1)
    assert found(settings.units("城市")) == []
    assert found(settings.units("城市", closed=True)) == ["URBAN"]
    done = settings.changes(subject=SettingSubject.UNIT, actor_id=boss.user_id)
    assert [e.action for e in database.session.scalars(done)] == ["CLOSED"]
    assert database.session.scalars(settings.changes(since=now() + timedelta(days=1))).all() == []
