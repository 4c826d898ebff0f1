"""What a machine can notice about a reply: hints beside the items of the review. They tick and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from hotline.labels import label
from workflows.read.likeness import likest_reply
from workflows.read.ticket_lines import ReplyView
from workflows.read.ticket_parts import TicketPage
from workflows.rules.guards import wants_callback
from workflows.rules.text import mentions_identity, similarity
from workflows.rules.vocabulary import ContactResult, Defect, Resolution, Urgency

#: From here on two answers count as the same, and below so many characters an answer as no answer.
SAME, SHORT = 0.95, 20
REACHED = frozenset({ContactResult.REACHED, ContactResult.VIA_HOTLINE})


def _not_contacted(page: TicketPage, reply: ReplyView) -> str:
    reached = any(c.assignment_id == reply.assignment_id and c.result in REACHED for c in page.contacts)
    return "" if reached or not wants_callback(page.ticket) else gettext("没有联系上的记录")


def _not_item_by_item(page: TicketPage, reply: ReplyView) -> str:
    later = range(len(reply.items) + 1, len(page.ticket.request_items) + 1)  # brought in after it was written
    return gettext("第%(n)s项没有答复", n="、".join(map(str, later))) if later else ""


def _no_basis(_page: TicketPage, reply: ReplyView) -> str:
    refuses = reply.resolution == Resolution.UNRESOLVED or reply.beyond_duty
    return gettext("未填依据文号") if refuses and not reply.legal_basis else ""


def _copied(page: TicketPage, reply: ReplyView) -> str:
    earlier = (other for other in page.replies if other.id < reply.id)
    if any(similarity(other.public_answer, reply.public_answer) >= SAME for other in earlier):
        return gettext("与以往版本几乎相同")
    like = likest_reply(reply)
    return gettext("与工单 %(no)s 的答复相似 %(share)s%%", no=like.no, share=round(like.share * 100)) if like else ""


def _contradicts(page: TicketPage, reply: ReplyView) -> str:
    before = next((other for other in page.replies if other.round < reply.round), None)
    if before is None or (before.truth, before.resolution) == (reply.truth, reply.resolution):
        return ""
    return gettext("上一轮认定：%(truth)s，%(resolution)s", truth=label(before.truth, "Truth"),
                   resolution=label(before.resolution, "Resolution"))


def _no_date(_page: TicketPage, reply: ReplyView) -> str:
    open_end = reply.resolution != Resolution.RESOLVED and reply.promised_on is None
    return gettext("未解决且未填承诺完成日") if open_end else ""


def _leaks(_page: TicketPage, reply: ReplyView) -> str:
    hits = mentions_identity(reply.public_answer, None, ())
    return gettext("公开答复中有%(what)s", what="、".join(label(hit) for hit in hits)) if hits else ""


def _short(_page: TicketPage, reply: ReplyView) -> str:
    length = len(reply.public_answer)
    return gettext("公开答复只有 %(n)s 字", n=length) if length < SHORT else ""


def _not_signed(page: TicketPage, reply: ReplyView) -> str:
    weighty = page.ticket.urgency != Urgency.NORMAL or page.ticket.round > 1
    return gettext("紧急或重办件未填审签人") if weighty and not reply.signed_by else ""


LOOKS: Mapping[Defect, Callable[[TicketPage, ReplyView], str]] = {
    Defect.NOT_CONTACTED: _not_contacted,
    Defect.NOT_ITEM_BY_ITEM: _not_item_by_item,
    Defect.NO_BASIS: _no_basis,
    Defect.COPIED: _copied,
    Defect.NO_DATE: _no_date,
    Defect.LEAKS_IDENTITY: _leaks,
    Defect.LANGUAGE: _short,
    Defect.CONTRADICTS: _contradicts,
    Defect.NOT_SIGNED: _not_signed,
}


def noticed(page: TicketPage, reply: ReplyView) -> dict[str, str]:
    """Item → what was noticed, for the items where something was."""
    return {str(defect): words for defect, look in LOOKS.items() if (words := look(page, reply))}
