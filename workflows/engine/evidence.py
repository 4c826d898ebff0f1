"""佐证材料: what a unit brought goes with what it files next: papers with an application, the rest with a reply."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select, update

from workflows.engine.work import Work
from workflows.errors import NotNow
from workflows.model.attachment import Attachment
from workflows.model.base import db
from workflows.model.reply import Reply
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.vocabulary import AttachmentGroup

#: Filed with nothing yet.
PENDING = and_(Attachment.reply_id.is_(None), Attachment.application_id.is_(None), Attachment.removed_at.is_(None))


def bring_with_reply(work: Work, task: Assignment) -> None:
    """Everything the task has brought since its last reply goes with the one that is filed now."""
    _bring(work, Reply, task, PENDING, "reply_id")


def bring_with_application(work: Work, task: Assignment) -> None:
    """Papers the task has brought go with the application that is filed now; proof of handling waits for the reply."""
    _bring(work, Application, task, and_(PENDING, Attachment.group == str(AttachmentGroup.PAPERS)), "application_id")


def _bring(work: Work, kind: type[Reply | Application], task: Assignment, these: Any, column: str) -> None:
    last = select(func.max(kind.id)).where(kind.assignment_id == task.id).scalar_subquery()
    statement = update(Attachment).where(Attachment.assignment_id == task.id, these).values({column: last})
    work.afterwards.append(lambda: db.session.execute(statement.execution_options(synchronize_session=False)))


def check_picture(work: Work, ticket: Ticket, task: Assignment) -> None:
    """Raise NotNow where the matter wants a picture of the handling (D7) and this round has brought none."""
    category = work.ref.categories.get(ticket.category_id)
    if category is None or not category.needs_picture:
        return
    of_this_round = select(Reply.id).where(Reply.assignment_id == task.id, Reply.round == ticket.round)
    found = select(Attachment.key).where(
        Attachment.assignment_id == task.id, Attachment.group == str(AttachmentGroup.HANDLING),
        Attachment.media_type.startswith("image/"), Attachment.removed_at.is_(None),
        or_(Attachment.reply_id.is_(None), Attachment.reply_id.in_(of_this_round)),
    )
    if db.session.scalar(found.limit(1)) is None:
        raise NotNow("picture_missing")
