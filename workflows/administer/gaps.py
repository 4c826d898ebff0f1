"""知识缺口: a question agents answer from their own heads gets its article."""

from __future__ import annotations

from workflows.administer.books import administering
from workflows.errors import Invalid, Outdated, Unknown
from workflows.model.base import db
from workflows.model.knowledge import KnowledgeGap
from workflows.rules.roles import Actor, Role

#: Who sees to it that what agents need stands in the knowledge base.
GAP_KEEPERS = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR, Role.HOTLINE_DIR})


def settle_gap(key: int, actor: Actor, *, article: str) -> KnowledgeGap:
    """Close a gap with the article there now is, or with why there need be none.

    Raises Unknown, Outdated where somebody closed it before, Invalid without words.
    """
    if not article:
        raise Invalid(fields={"article": ["required"]})
    with administering(actor, GAP_KEEPERS) as doing:
        gap = db.session.get(KnowledgeGap, key, populate_existing=True, with_for_update=True)
        if gap is None:
            raise Unknown("setting_unknown")
        if gap.settled_at is not None:
            raise Outdated("outdated")
        gap.settled_at, gap.settled_by_id, gap.settled_by = doing.at, actor.user_id, actor.name
        gap.settled_with = article
        return gap
