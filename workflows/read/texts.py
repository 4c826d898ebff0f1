"""Finding tickets by what they say: character bigrams by the index, then the very words (stack of the project)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.model.ticket import TicketText
from workflows.rules.text import search_form

#: Terms of a query, and characters of a term, that are looked at.
MOST_TERMS, LONGEST_TERM = 8, 60
#: A single character is in no bigram: it is looked for in the newest tickets only.
SINGLE_DAYS, SINGLE_TICKETS = timedelta(days=30), 20_000


def terms_of(words: str) -> tuple[str, ...]:
    """The terms of a query, as texts are compared; a ticket must hold every one."""
    return tuple(term[:LONGEST_TERM] for term in search_form(words).split()[:MOST_TERMS])


def brief(terms: tuple[str, ...]) -> bool:
    """Whether no term has two characters, so that only the newest tickets are looked through."""
    return bool(terms) and all(len(term) == 1 for term in terms)


def holds(terms: tuple[str, ...], at: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a searchable text holds every term."""
    conditions: list[ColumnElement[bool]] = []
    for term in terms:
        if len(term) > 1:
            conditions.append(pairs(TicketText.body).contains(pairs(literal(term, Text))))
        conditions.append(TicketText.body.contains(term, autoescape=True))
    if brief(terms):
        newest = select(func.max(TicketText.ticket_id)).scalar_subquery()
        conditions.append(TicketText.ticket_id > newest - SINGLE_TICKETS)
        conditions.append(TicketText.created_at >= at - SINGLE_DAYS)
    return tuple(conditions)


def pairs(body: ColumnElement[str]) -> ColumnElement[list[str]]:
    """Every two neighbouring characters of a text in search form, as the index has them."""
    return func.zh_bigrams(body, type_=ARRAY(Text))
