"""佐证材料: files go with the reply or the application they were brought for; some matters want a picture (D7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests import builders as play
from tests.attach import files
from tests.attach.conftest import LIMITS
from workflows import attach, terminate
from workflows.attach import store
from workflows.errors import NotNow
from workflows.model.attachment import Attachment
from workflows.model.base import transaction
from workflows.model.directory import Category
from workflows.model.reply import Reply
from workflows.model.ticket import Application
from workflows.rules.vocabulary import AttachmentGroup, TerminationGround

CONTACT, HANDLING, PAPERS = AttachmentGroup.CONTACT, AttachmentGroup.HANDLING, AttachmentGroup.PAPERS


@pytest.fixture
def city(db, tmp_path):
    before = store.store()
    attach.install(tmp_path, LIMITS)
    yield play.make_city()
    attach.install(before.root, before.limits)


def bring(city, no, group, colour="red"):
    upload = attach.Upload(f"{colour}.png", files.picture("PNG", colour=colour))
    return attach.attach(no, city.actor("housing"), group=group, uploads=[upload])[0]


def filed(db, key):
    row = db.session.scalars(select(Attachment).where(Attachment.key == key).execution_options(populate_existing=True))
    found = row.one()
    return found.reply_id, found.application_id


def test_every_version_of_a_reply_has_the_files_brought_for_it(db, city):
    no = play.to_handling(city)
    play.contact(city, no)
    first = [bring(city, no, CONTACT), bring(city, no, HANDLING)]
    play.reply(city, no)
    play.send_back(city, no)
    second = bring(city, no, HANDLING, "blue")
    play.reply(city, no)
    replies = db.session.scalars(select(Reply.id).order_by(Reply.id)).all()
    assert [filed(db, key) for key in (*first, second)] == [(replies[0], None), (replies[0], None), (replies[1], None)]
    with pytest.raises(NotNow) as stays:
        attach.discard(no, second, city.actor("housing"))
    assert stays.value.code == "attachment_stays"


def test_papers_go_with_the_application_and_proof_of_handling_waits_for_the_reply(db, city):
    no = play.to_handling(city)
    play.contact(city, no)
    papers, proof = bring(city, no, PAPERS), bring(city, no, HANDLING)
    terminate.apply_termination(no, city.actor("housing"), reason=TerminationGround.SETTLED, evidence="和解协议",
                                explanation="您已与物业和解", caller_informed=True)
    asked = db.session.scalars(select(Application.id)).one()
    assert (filed(db, papers), filed(db, proof)) == ((None, asked), (None, None))
    with pytest.raises(NotNow):
        attach.discard(no, papers, city.actor("housing"))
    attach.discard(no, proof, city.actor("housing"))


def test_where_the_matter_wants_a_picture_no_reply_comes_without_one_of_its_round(db, city):
    with transaction():
        db.session.execute(update(Category).where(Category.code == "0101").values(needs_picture=True))
    no = play.to_handling(city)
    play.contact(city, no)
    bring(city, no, CONTACT)
    with pytest.raises(NotNow) as refused:
        play.reply(city, no)
    assert refused.value.code == "picture_missing"
    bring(city, no, HANDLING, "green")
    play.reply(city, no)
    play.send_back(city, no)
    play.reply(city, no)  # the picture of this round is on record
