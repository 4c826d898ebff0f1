"""Whose leaders sign first, and for which causes a matter may be suspended."""

from __future__ import annotations

from workflows.administer.books import administering, changing, fetch
from workflows.model.settings import PreReviewRule, SignOffRule, SuspensionCauseRule
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingSubject


def change_sign_off(key: int, actor: Actor, *, version: int, wanted: bool) -> SignOffRule:
    """Let leaders of units sign applications of a kind first, or not; what is under way goes its way."""
    with administering(actor) as doing:
        row = fetch(SignOffRule, key, version)
        with changing(doing, SettingSubject.SIGN_OFF, row):
            row.wanted = wanted
        return row


def change_pre_review(key: int, actor: Actor, *, version: int, wanted: bool) -> PreReviewRule:
    """Have requests of a channel looked over before they go to a unit, or not; what is under way goes its way."""
    with administering(actor) as doing:
        row = fetch(PreReviewRule, key, version)
        with changing(doing, SettingSubject.PRE_REVIEW, row):
            row.wanted = wanted
        return row


def change_cause(key: int, actor: Actor, *, version: int, allowed: bool) -> SuspensionCauseRule:
    """Take a cause onto the list of those a matter may be suspended for, or off it."""
    with administering(actor) as doing:
        row = fetch(SuspensionCauseRule, key, version)
        with changing(doing, SettingSubject.SUSPENSION_CAUSE, row):
            row.allowed = allowed
        return row
