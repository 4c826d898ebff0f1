"""How a matter ends well: what closes it, what does not, and what follows where the caller is not content."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.attach import files
from tests.channels.test_relay import Recorder
from tests.loop.test_accounts import clock, events
from workflows import attach, delivery, feedback, outbox, petition, reconcile, supervise
from workflows.attach import store
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import transaction
from workflows.model.directory import Category
from workflows.model.outbox import Notice, Outbox
from workflows.model.petition import Petition
from workflows.model.supervision import SupervisionOrder
from workflows.read import citizens, petitions
from workflows.read.figures import figures
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure
from workflows.rules.quiet import ALWAYS
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import AttachmentGroup, Carrier, PetitionCriterion

MONDAY, AFTERNOON, TUESDAY = "2026-11-16 10:00", "2026-11-16 15:00", "2026-11-17 10:00"
PHONE = "13912345678"
IN_VAIN = {"result": AttemptResult.NO_ANSWER, "contacted": None, "solved": None, "satisfaction": None}


@pytest.fixture
def city(db):
    return play.make_city()


def facts(city, no):
    return ticket_page(no, city.actor("supervisor")).ticket


def again(city, no):
    """The unit answers once more, and the reply is accepted."""
    play.reply(city, no)
    play.accept(city, no)


def test_a12_dissatisfied_it_is_handled_again_in_three_working_days_and_the_third_time_it_is_supervised(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        assert clock(db, no, "REWORK").due_at == play.moment("2026-11-19 17:30")
        again(city, no)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        again(city, no)
        assert db.session.scalars(select(SupervisionOrder.id)).all() == []
        play.ring(city, no, **play.UNHAPPY)
    order = db.session.scalars(select(SupervisionOrder)).one()
    assert (order.level, order.issued_by_id, order.unit_id) == (2, None, city.units["HOUSING"])
    assert events(db, no)[-2:] == ["record_callback", "supervise"]
    with play.at(AFTERNOON):  # said once more, nothing is ordered twice
        play.ring(city, no, **play.UNHAPPY)
    assert len(db.session.scalars(select(SupervisionOrder.id)).all()) == 1


def test_the_third_dissatisfaction_handled_again_in_the_same_breath_is_ordered_too(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        for _ in range(2):
            play.ring(city, no, rework=True, **play.UNHAPPY)
            play.reply(city, no)
            play.accept(city, no)
        play.ring(city, no, rework=True, **play.UNHAPPY)
    assert (facts(city, no).state, facts(city, no).round) == ("REWORK", 4)
    assert db.session.scalars(select(SupervisionOrder.level)).all() == [2]


def test_a13_rung_in_vain_on_two_days_and_written_to_it_closes_after_three_and_counts_in_no_rate(db, city):
    with play.at(MONDAY):
        content, no = play.to_closed(city), play.to_callback(city, phone=PHONE)
        play.ring(city, no, **IN_VAIN)
    with play.at(AFTERNOON):
        play.ring(city, no, **IN_VAIN)
    with play.at(TUESDAY):
        play.ring(city, no, **IN_VAIN)
        assert feedback.close_unreachable() == 0
        sms = Recorder()
        delivery.install({Carrier.SMS: (sms, ALWAYS)})
        outbox.relay_notices(carriers=delivery.carriers())
        delivery.deliver(Carrier.SMS)
        assert sms.told == [("+8613912345678", "answered"), ("+8613912345678", "survey")]
    kept = [str(row.payload) for row in db.session.scalars(select(Outbox))]
    assert not any(PHONE in row for row in kept)
    with play.at("2026-11-20 09:59"):
        assert feedback.close_unreachable() == 0
        assert facts(city, no).state == "CALLBACK"
    with play.at("2026-11-20 10:01"):
        assert [feedback.close_unreachable(), feedback.close_unreachable()] == [1, 0]
        found = facts(city, no)
        assert (found.state, found.close_type) == ("CLOSED", "UNREACHABLE")
        total = figures(city.actor("supervisor"), play.moment(MONDAY).date(), play.moment("2026-11-20 10:01").date())[0]
    assert total.closed == 2
    for figure in (Figure.SOLVED, Figure.SATISFIED):
        assert (total.ratios[figure].numerator, total.ratios[figure].denominator) == (Fraction(1), 1)
    assert facts(city, content).close_type == "SOLVED"


def test_a13_whoever_answers_the_message_in_time_is_heard(city):
    with play.at(MONDAY):
        no = play.to_callback(city)
    for when in (MONDAY, AFTERNOON, TUESDAY):
        with play.at(when):
            play.ring(city, no, **IN_VAIN)
    with play.at("2026-11-19 10:00"):
        play.ring(city, no)
    with play.at("2026-11-21 10:00"):
        assert feedback.close_unreachable() == 0
        assert facts(city, no).close_type == "SOLVED"


def test_a24_a_hazard_does_not_close_without_a_picture_of_its_recheck(db, city, tmp_path):
    before = store.store()
    attach.install(tmp_path, before.limits)
    with transaction():
        db.session.get(Category, city.categories["0102"]).hazard = True

    def show(no, data):
        upload = attach.Upload("复查.png", data)
        return attach.attach(no, city.actor("housing"), group=AttachmentGroup.HANDLING, uploads=[upload])[0]

    with play.at(MONDAY):
        no = play.to_handling(city, "0102")
        play.contact(city, no)
        with pytest.raises(NotNow) as refused:
            play.reply(city, no)
        show(no, files.pdf())
        with pytest.raises(NotNow):
            play.reply(city, no)
        attach.discard(no, show(no, files.picture("PNG")), city.actor("housing"))
        with pytest.raises(NotNow):
            play.reply(city, no)
        first = show(no, files.picture("PNG", colour="green"))
        play.reply(city, no)
        with pytest.raises(NotNow) as stays:
            attach.discard(no, first, city.actor("housing"))
        play.accept(city, no)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        with pytest.raises(NotNow):  # the second round has a re-check of its own
            play.reply(city, no)
        show(no, files.picture("PNG", colour="blue"))
        again(city, no)
        play.ring(city, no)
        assert facts(city, no).state == "CLOSED"
    attach.install(before.root, before.limits)
    assert (refused.value.code, stays.value.code) == ("recheck_picture_missing", "attachment_stays")


def test_a26_handed_to_petitions_the_receipt_is_kept_and_the_citizen_sees_it(db, city):
    told = {"reason": PetitionCriterion.REHANDLED, "note": "三次重办未解决", "told": "已告知您向区信访局反映",
            "not_parallel": True}
    boss = city.actor("supervisor")
    with play.at(MONDAY):
        no = play.to_handling(city, phone=PHONE, name="欧阳春晓")
        for wrong in ({"told": ""}, {"not_parallel": False}, {"told_at": play.moment(TUESDAY)}):
            with pytest.raises(Invalid):
                petition.petition(no, boss, **told | wrong)
        with pytest.raises(NotAllowed):
            petition.petition(no, city.actor("agent"), **told)
        petition.petition(no, boss, **told)
        assert facts(city, no).state == "PETITIONED"
        assert citizens.for_citizen(no).petition == petitions.CitizenPetition(
            "已告知您向区信访局反映", play.db.session.scalars(select(Petition.told_at)).one(), "")
        reconcile.reconcile()
        watch = clock(db, no, "PETITION")
        assert (watch.stopped_at, watch.unit_id) == (None, None)
    with play.at("2026-12-02 10:00"):  # nothing came in fifteen days
        supervise.sweep()
        outbox.relay_notices()
        assert "SUPERVISOR" in set(db.session.scalars(select(Notice.role).where(Notice.kind == "expired")))
        petition.record_receipt(no, boss, receipt_no="信〔2026〕12号")
        petition.note_petition(no, boss, text="区信访局已受理，60 日内办结")
        assert clock(db, no, "PETITION").stopped_at is not None
        assert citizens.for_citizen(no).petition.receipt_no == "信〔2026〕12号"
        assert "信〔2026〕12号" in str(petitions.petitions_of(facts(city, no).id))
        with pytest.raises(NotAllowed):
            petitions.package(ticket_page(no, city.actor("agent")), city.actor("agent"))
        taken = petitions.package(ticket_page(no, boss), boss)
        assert (taken["request"]["no"], taken["petition"][0]["receipt_no"]) == (no, "信〔2026〕12号")
        assert [event["kind"] for event in taken["history"]][-2:] == ["record_receipt", "note_petition"]
        assert "欧阳春晓" not in str(taken)
