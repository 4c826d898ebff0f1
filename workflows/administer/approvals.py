"""Whose leaders sign first, and for which causes a matter may be suspended."""

from __future__ import annotations

from workflows.administer.books import Row, administering, changing, fetch
from workflows.model.settings import PreReviewRule, SignOffRule, SuspensionCauseRule
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingSubject


def change_sign_off(key: int, actor: Actor, *, version: int, wanted: bool) -> SignOffRule:
    """Let leaders of units sign applications of a kind first, or not; what is under way goes its way."""
    return _switch(SignOffRule, SettingSubject.SIGN_OFF, key, actor, version, wanted=wanted)


def change_pre_review(key: int, actor: Actor, *, version: int, wanted: bool) -> PreReviewRule:
    """Have requests of a channel looked over before they go to a unit, or not; what is under way goes its way."""
    return _switch(PreReviewRule, SettingSubject.PRE_REVIEW, key, actor, version, wanted=wanted)


def change_cause(key: int, actor: Actor, *, version: int, allowed: bool) -> SuspensionCauseRule:
    """Take a cause onto the list of those a matter may be suspended for, or off it."""
    return _switch(SuspensionCauseRule, SettingSubject.SUSPENSION_CAUSE, key, actor, version, allowed=allowed)


def _switch(kind: type[Row], subject: SettingSubject, key: int, actor: Actor, version: int, **to: bool) -> Row:
    with administering(actor) as doing:
        row = fetch(kind, key, version)
        with changing(doing, subject, row):
            for name, on in to.items():
                setattr(row, name, on)
        return row
