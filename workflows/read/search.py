"""Finding tickets by words or number, and those like a request that is being typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, union_all

from workflows.model.base import db, now
from workflows.model.reference import Reference, reference
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity, TicketText
from workflows.read.lists import IS_OPEN, TicketFilter, conditions, subtree, with_due
from workflows.read.paging import Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.texts import holds, terms_of
from workflows.rules.numbering import is_valid, ticket_no_within
from workflows.rules.roles import Actor
from workflows.rules.text import SIMILAR, bigrams, overlap, search_form
from workflows.rules.vocabulary import Anonymity, AreaKind
from workflows.scope import visible_to

SIZE = 20
EXCERPT = 60

#: How far back a ticket may lie to be like a new one, and how many are shown.
SIMILAR_DAYS, MOST_SIMILAR = timedelta(days=60), 5
#: Candidates looked at: of the caller, of matter and place, of the matter, by words among the newest so many.
OF_CALLER, OF_PLACE, OF_MATTER, BY_WORDS, NEWEST = 50, 100, 100, 50, 5_000
#: Words are probed by stretches this long, at most so many.
STRETCH, MOST_STRETCHES = 4, 12
_RUNS = re.compile(r"\w{4,}")


@dataclass(frozen=True, kw_only=True)
class Hit(TicketRow):
    """A ticket that holds the words; `excerpt` is its content around the first of them."""

    excerpt: str = ""


class Likeness(StrEnum):
    """Why a ticket is proposed as the same matter."""

    SAME_CALLER = "SAME_CALLER"
    SAME_PLACE = "SAME_PLACE"
    SAME_MATTER = "SAME_MATTER"
    SIMILAR_TEXT = "SIMILAR_TEXT"


#: What each likeness but the text's is worth beside the text's own, which is from 0 to 1.
WORTH = {Likeness.SAME_CALLER: 0.5, Likeness.SAME_PLACE: 0.15, Likeness.SAME_MATTER: 0.15}


@dataclass(frozen=True, kw_only=True)
class Similar(TicketRow):
    """An open ticket that may be about the same; the higher the `score`, the likelier."""

    reasons: tuple[Likeness, ...] = ()
    score: float = 0.0

    @property
    def percent(self) -> int:
        """The score in per cent of what it would be for the same words of the same caller about the same at the same.
        """
        return round(100 * self.score / (1 + sum(WORTH.values())))


def search(
    actor: Actor, words: str, filters: TicketFilter | None = None, *, after: str | None = None, size: int = SIZE
) -> Page[Hit]:
    """Tickets that hold every one of the words and are as `filters` want them, newest first.

    A full ticket number finds that ticket alone. Without words the filters alone decide; without either there is
    nothing to find.
    """
    step = walk(after, datetime, int, size=size, descending=True)
    at, ref = now(), reference()
    terms, wanted = terms_of(words), tuple(conditions(filters or TicketFilter(), ref, at))
    query = select(*TICKET_COLUMNS, Ticket.content)
    if is_valid(no := ticket_no_within(words)):
        query = query.where(Ticket.no == no)
    elif terms:
        query = query.join(TicketText, TicketText.ticket_id == Ticket.id).where(*holds(terms, at))
    elif not wanted:
        return Page()
    rows = db.session.execute(
        with_due(query)
        .where(visible_to(actor), *wanted, *step.where(Ticket.created_at, Ticket.id))
        .order_by(*step.order(Ticket.created_at, Ticket.id))
        .limit(step.limit)
    ).all()
    make = line_maker(Hit, ref, at, by_unit=True, excerpt=lambda row: excerpt_of(row.content, terms))
    return step.page(rows, make, key=lambda row: (row.created_at, row.id))


def excerpt_of(content: str, terms: Iterable[str]) -> str:
    """A stretch of a text around the first place one of the terms stands at, else its beginning."""
    first = next((start for start, _ in _places(content, terms)), 0)
    start = max(0, first - EXCERPT // 3)
    shown = content[start : start + EXCERPT].strip()
    return f"{'…' if start else ''}{shown}{'…' if start + EXCERPT < len(content) else ''}"


def pieces(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """A text in pieces, in order, each with whether it is one of the terms: what a page marks."""
    hits = {place for start, end in _places(text, terms) for place in range(start, end)}
    parts = groupby(enumerate(text), key=lambda at: at[0] in hits)
    return [("".join(character for _, character in part), hit) for hit, part in parts]


def _places(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where terms stand in a text, from and to, in order; both compared as search compares them."""
    forms = [_form_of(character) for character in text]
    at = [place for place, form in enumerate(forms) for _ in form]
    folded = "".join(forms)
    found = (one for term in set(terms) for one in re.finditer(re.escape(term), folded))
    return sorted((at[one.start()], at[one.end() - 1] + 1) for one in found)


@lru_cache(maxsize=8192)
def _form_of(character: str) -> str:
    return search_form(character) or " "


def similar(
    actor: Actor,
    *,
    category_id: int | None = None,
    area_id: int | None = None,
    title: str = "",
    content: str = "",
    place: str = "",
    phone: str = "",
) -> list[Similar]:
    """Open tickets of the last 60 days that may be about the same, best first, five at most.

    Shown are those of the same caller (to the hotline only, and none that was made anonymously), those of the
    same matter at the same place, and those that say much the same. The agent decides; nothing is merged here.
    """
    at, ref = now(), reference()
    matter, caller_key = subtree(ref.categories, category_id or 0), _caller_key(actor, phone)
    said = search_form(f"{title} {place} {content}")
    parts = list(_candidates(matter, area_id, caller_key, said, at))
    if not parts:
        return []
    ids = union_all(*(select(part.subquery()) for part in parts)).subquery("candidates")
    rows = db.session.execute(
        with_due(select(*TICKET_COLUMNS, Ticket.content, TicketIdentity.caller_key))
        .outerjoin(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(Ticket.id.in_(select(ids)), IS_OPEN, Ticket.created_at >= at - SIMILAR_DAYS, visible_to(actor))
    ).all()
    pairs, make = bigrams(said), line_maker(Similar, ref, at, by_unit=True)
    found = []
    for row in rows:
        likeness = overlap(pairs, bigrams(f"{row.title} {row.place} {row.content}"))
        reasons = _reasons(row, matter, _place_of(ref, area_id), caller_key, likeness)
        if _tells(reasons):
            score = likeness + sum(WORTH.get(reason, 0) for reason in reasons)
            found.append(replace(make(row), reasons=reasons, score=score))
    return sorted(found, key=lambda one: (-one.score, -one.id))[:MOST_SIMILAR]


def _caller_key(actor: Actor, phone: str) -> bytes | None:
    return box().caller_key(phone) if phone and actor.of_hotline else None


def _place_of(ref: Reference, area_id: int | None) -> int | None:
    """A place small enough to mean something: a whole district is none."""
    area = ref.areas.get(area_id) if area_id is not None else None
    return None if area is None or area.kind == AreaKind.DISTRICT else area.id


def _candidates(
    matter: list[int], area_id: int | None, caller_key: bytes | None, said: str, at: datetime
) -> Iterator[Select[Any]]:
    """Selects of at most 300 ids in all, each by an index."""
    if caller_key is not None:
        mine = select(TicketIdentity.ticket_id.label("id")).where(TicketIdentity.caller_key == caller_key)
        yield mine.order_by(TicketIdentity.ticket_id.desc()).limit(OF_CALLER)
    if matter:
        same = select(Ticket.id).where(Ticket.category_id.in_(matter), IS_OPEN, Ticket.created_at >= at - SIMILAR_DAYS)
        same = same.order_by(Ticket.created_at.desc(), Ticket.id.desc())
        yield same.limit(OF_MATTER)
        if area_id is not None:
            yield same.where(Ticket.area_id == area_id).limit(OF_PLACE)
    if stretches := stretches_of(said):
        newest = select(func.max(TicketText.ticket_id)).scalar_subquery()
        says = or_(*(TicketText.body.contains(stretch, autoescape=True) for stretch in stretches))
        near = select(TicketText.ticket_id.label("id")).where(TicketText.ticket_id > newest - NEWEST, says)
        yield near.order_by(TicketText.ticket_id.desc()).limit(BY_WORDS)


def stretches_of(said: str) -> list[str]:
    """Stretches of a text to look for in others, from its beginning: "电梯停运三天" → 电梯停运 梯停运三 停运三天."""
    runs = _RUNS.findall(said)
    every = (run[start : start + STRETCH] for run in runs for start in range(len(run) - STRETCH + 1))
    return list(dict.fromkeys(every))[:MOST_STRETCHES]


def _reasons(
    row: Row[Any], matter: list[int], area_id: int | None, caller_key: bytes | None, likeness: float
) -> tuple[Likeness, ...]:
    named = row.anonymity != Anonymity.ANONYMOUS
    tests = {
        Likeness.SAME_CALLER: named and caller_key is not None and row.caller_key == caller_key,
        Likeness.SAME_PLACE: area_id is not None and row.area_id == area_id,
        Likeness.SAME_MATTER: row.category_id in matter,
        Likeness.SIMILAR_TEXT: likeness >= SIMILAR,
    }
    return tuple(reason for reason, holds_true in tests.items() if holds_true)


def _tells(reasons: tuple[Likeness, ...]) -> bool:
    """Whether the reasons together say more than chance."""
    if Likeness.SAME_CALLER in reasons or Likeness.SIMILAR_TEXT in reasons:
        return True
    return Likeness.SAME_PLACE in reasons and Likeness.SAME_MATTER in reasons
