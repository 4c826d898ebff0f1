"""A number that harasses the hotline is blocked for some days by three people; calls are answered anyway.

Scenario A22: a block never keeps from the hotline what shows danger.
"""

from __future__ import annotations

import pytest

from tests import builders as play
from workflows import administer, collect
from workflows.engine import lock
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.base import db as session
from workflows.read.blocks import BlockTab, block_of, blocks
from workflows.rules.numbering import Channel
from workflows.rules.vocabulary import RiskKind

PHONE = "13912345678"
WHY = {"reason": "深夜反复辱骂受理员", "evidence": "通话 CTI-0077、CTI-0091，两次劝导无效"}
MONDAY, NEXT_MONDAY = "2026-11-16 10:00", "2026-11-23 10:01"


@pytest.fixture
def city(db):
    return play.make_city()


def asked(city, days=7, **changes):
    return administer.ask_block(PHONE, city.actor("agent"), **(WHY | changes), days=days).id


def in_force(city, **changes):
    key = asked(city, **changes)
    administer.agree_block(key, city.actor("shift"))
    administer.agree_block(key, city.actor("supervisor"))
    return key


def listed(tab):
    return [row.id for row in session.session.scalars(blocks(tab).limit(10))]


def test_an_agent_asks_a_shift_lead_seconds_and_a_supervisor_blocks_for_seven_days(db, city):
    with play.at(MONDAY):
        key = asked(city)
        assert (listed(BlockTab.WAITING), block_of(PHONE)) == ([key], None)
        with pytest.raises(NotAllowed):  # the first step is the shift lead's
            administer.agree_block(key, city.actor("supervisor"))
        administer.agree_block(key, city.actor("shift"))
        with pytest.raises(NotAllowed):
            administer.agree_block(key, city.actor("shift"))
        block = administer.agree_block(key, city.actor("supervisor"))
        assert (block.state, block.until - block.decided_at) == ("IN_FORCE", play.timedelta(days=7))
        assert block_of(PHONE).id == key
        assert block_of("13900000000") is None
        assert PHONE not in str(vars(block))
    with play.at(NEXT_MONDAY):
        assert block_of(PHONE) is None
        assert (listed(BlockTab.IN_FORCE), listed(BlockTab.OVER)) == ([], [key])


def test_nobody_has_two_steps(db, city):
    key = administer.ask_block(PHONE, city.actor("shift"), **WHY, days=30).id
    with pytest.raises(NotNow) as own:
        administer.agree_block(key, city.actor("shift"))
    assert own.value.code == "two_persons"


def test_a_block_says_why_shows_it_and_lasts_seven_to_thirty_days(db, city):
    for changes, field in (({"days": 6}, "days"), ({"days": 31}, "days"), ({"reason": ""}, "reason"),
                           ({"evidence": ""}, "evidence")):
        with pytest.raises(Invalid) as wrong:
            asked(city, **changes)
        assert list(wrong.value.fields) == [field]
    with pytest.raises(Invalid):  # of everybody who calls through 110
        administer.ask_block("110", city.actor("agent"), **WHY, days=7)
    asked(city)
    with pytest.raises(Invalid) as twice:
        asked(city)
    assert twice.value.fields == {"phone": ["blocked_already"]}


def test_it_is_refused_or_lifted_with_a_reason(db, city):
    key = asked(city)
    administer.refuse_block(key, city.actor("shift"), opinion="有实际诉求")
    with pytest.raises(Outdated):
        administer.agree_block(key, city.actor("shift"))
    key = in_force(city)
    with pytest.raises(Invalid):
        administer.lift_block(key, city.actor("shift"), opinion="")
    administer.lift_block(key, city.actor("shift"), opinion="已道歉")
    assert block_of(PHONE) is None
    assert key in listed(BlockTab.OVER)


def written(city, channel=Channel.WEB, **said):
    return collect.submit(play.request(city, phone=PHONE, channel=channel, **said), city.actor("agent"))


def test_a22_a_blocked_number_may_not_write_by_itself_but_what_shows_danger_is_taken(db, city):
    with play.at(MONDAY):
        in_force(city)
        with pytest.raises(NotAllowed) as blocked:
            written(city)
        assert (blocked.value.code, blocked.value.params["until"]) == ("number_blocked", block_of(PHONE).until)
        taken = written(city, content="我不想活了，要从三号楼跳楼。")
        assert taken.state == "TO_DISPATCH"
        assert lock(taken.no, city.actor("shift")).open_risk
        assert written(city, risk=RiskKind.MINOR).no  # whoever passes it on sees the danger


def test_a_call_of_a_blocked_number_is_answered_and_others_write_as_ever(db, city):
    with play.at(MONDAY):
        in_force(city)
        assert written(city, Channel.PHONE).state == "DISPATCHED"
        assert collect.submit(play.request(city, channel=Channel.WEB), city.actor("agent")).state == "DISPATCHED"
    with play.at(NEXT_MONDAY):
        assert written(city).state == "DISPATCHED"
