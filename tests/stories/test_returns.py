"""A ticket nobody takes: returned in time and not, decided late, passed on until units confer and it is raised.

Scenarios A6 and A7 of the field, and what follows from a second and a third return.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events, segments
from workflows import confer, dispatch, outbox, supervise
from workflows.errors import NotNow
from workflows.model.outbox import Notice
from workflows.model.proposal import CatalogueProposal
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import ConferenceReason, ConferenceStance, Kind

DISPATCHED = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def consulted(city):
    """A consultation, which may be returned within 24 hours of its dispatch."""
    with play.at(DISPATCHED):
        return play.log(city, kind=Kind.CONSULT).no


def test_a6_returned_at_23_hours_refused_at_25_and_after_a_refusal_never_again(db, city):
    late = consulted(city)
    with play.at("2026-11-17 11:00"), pytest.raises(NotNow) as closed:
        play.ask_return(city, late)
    no = consulted(city)
    with play.at("2026-11-17 09:00"):
        play.ask_return(city, no)
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
        with pytest.raises(NotNow) as locked:
            play.ask_return(city, no)
        assert ticket_page(no, city.actor("housing")).lead.final_designation
        play.contact(city, no)
    assert (closed.value.code, locked.value.code) == ("return_window_closed", "designated")


def test_a7_a_return_nobody_decides_climbs_to_the_supervisor_and_the_time_is_put_back(db, city):
    with play.at(DISPATCHED):
        no = play.to_handling(city)
        play.ask_return(city, no)
        due = clock(db, no).due_at
    with play.at("2026-11-17 10:00"):
        supervise.sweep()
        outbox.relay_notices()
        assert set(db.session.scalars(select(Notice.role).where(Notice.kind == "expired"))) == {"SUPERVISOR"}
        dispatch.refuse_return(no, city.actor("supervisor"), opinion="属你局职责")
    [line] = segments(db, clock(db, no))
    # decided by 15:30 it would have been in time; from then to 17:30 and from 9:00 to 10:00 it was the hotline's
    assert (line.kind, line.reason) == ("CREDIT", "RETURN_DECIDED_LATE")
    assert line.minutes in {179, 180}
    assert clock(db, no).due_at > due
    assert "credited" in events(db, no)


def test_passed_from_unit_to_unit_it_ends_in_a_meeting_whose_word_is_final(db, city):
    with play.at(DISPATCHED):
        no = play.to_handling(city)
        play.ask_return(city, no)
        dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
        play.send_to(city, no, "URBAN", override_reason="建议单位")
        play.ask_return(city, no, "urban", to="SCHOOLS")
        with pytest.raises(NotNow) as senior:
            dispatch.grant_return(no, city.actor("dispatcher"))
        dispatch.grant_return(no, city.actor("supervisor"), opinion="同意")
        with pytest.raises(NotNow) as must:
            play.send_to(city, no, "SCHOOLS", override_reason="再试")
        assert (senior.value.code, must.value.code) == ("second_return_needs_supervisor", "confer_first")
        confer.confer(no, city.actor("dispatcher"), reason=ConferenceReason.REPEATED_RETURNS,
                      question="电梯停运由谁牵头", unit_ids=[city.units["HOUSING"], city.units["URBAN"]])
        confer.opine(no, city.actor("housing"), stance=ConferenceStance.ASSIST, opinion="可协助约谈物业。")
        confer.opine(no, city.actor("urban"), stance=ConferenceStance.NOT_OURS, opinion="不涉占道。")
        confer.escalate(no, city.actor("supervisor"), note="两局意见不一")
        confer.decide_conference(no, city.actor("supervisor"), unit_id=city.units["HOUSING"],
                                 minutes="区政府办公室协调会纪要：由住建局牵头。")
        with pytest.raises(NotNow) as final:
            play.ask_return(city, no)
        assert final.value.code == "designated"
        play.sign(city, no)
        play.contact(city, no)
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
    page = ticket_page(no, city.actor("supervisor"))
    assert (page.ticket.state, page.ticket.return_count, page.ticket.hops) == ("CLOSED", 2, 3)
    assert [(one.level, one.outcome) for one in page.conferences] == [(2, "DECIDED")]
    assert len(db.session.scalars(select(CatalogueProposal.id)).all()) == 2
