"""Dead letters: sent again or given up, each with a line in the history of who did it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, update

from workflows.administer.books import administering, record
from workflows.engine import Work
from workflows.errors import NotNow
from workflows.model.base import db
from workflows.model.outbox import Outbox
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import Carrier, Dropped, SettingAction, SettingSubject

#: Who looks after messages that did not arrive.
POSTMASTERS = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.HOTLINE_DIR})
SUBJECT = SettingSubject.MESSAGE


def replay(message_id: int, actor: Actor) -> None:
    """Send a dead letter again, from its first attempt on. Raises NotNow where it is none any more."""
    with administering(actor, POSTMASTERS) as doing:
        _revive(doing, Outbox.id == message_id)
        record(doing, SUBJECT, message_id, SettingAction.REPLAYED)


def replay_all(carrier: Carrier, actor: Actor) -> int:
    """Send all dead letters of a channel again. Returns how many; raises NotNow where there are none."""
    with administering(actor, POSTMASTERS) as doing:
        many = _revive(doing, Outbox.topic == carrier)
        record(doing, SUBJECT, carrier, SettingAction.REPLAYED, note=str(many))
        return many


def give_up(message_id: int, actor: Actor) -> None:
    """Let a dead letter rest. Raises NotNow where it is none any more."""
    with administering(actor, POSTMASTERS) as doing:
        _change(Outbox.id == message_id, dead_at=None, sent_at=doing.at, dropped=str(Dropped.GIVEN_UP))
        record(doing, SUBJECT, message_id, SettingAction.GIVEN_UP)


def _revive(doing: Work, which: ColumnElement[bool]) -> int:
    return _change(which, dead_at=None, attempts=0, not_before=doing.at, claimed_until=None)


def _change(which: ColumnElement[bool], **values: Any) -> int:
    many = db.session.execute(
        update(Outbox).where(which, Outbox.dead_at.is_not(None)).values(**values),
        execution_options={"synchronize_session": False},
    ).rowcount
    if not many:
        raise NotNow("no_dead_letter")
    return many
