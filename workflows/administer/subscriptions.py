"""Which channels carry which notices to which role, beside the list on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from workflows.administer.books import administering, changing, created, fetch
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.outbox import Subscription
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import Carrier, SettingSubject


def change_subscription(key: int, actor: Actor, *, version: int, carriers: Iterable[Carrier]) -> Subscription:
    """Name the channels of a kind and a role; none leaves the list on the screen alone."""
    with administering(actor) as doing:
        row = fetch(Subscription, key, version)
        with changing(doing, SettingSubject.SUBSCRIPTION, row):
            row.carriers = sorted(str(carrier) for carrier in set(carriers))
        return row


def add_subscription(actor: Actor, *, kind: str, role: Role, carriers: Iterable[Carrier]) -> Subscription:
    """Name the channels of a kind and a role that had the list on the screen alone. Raises Invalid: it has a row."""
    with administering(actor) as doing:
        if db.session.scalar(select(Subscription.id).where(Subscription.kind == kind, Subscription.role == str(role))):
            raise Invalid(fields={"role": ["notice_has_row"]})
        row = Subscription(kind=kind, role=str(role), carriers=sorted(str(one) for one in set(carriers)), version=1)
        created(doing, SettingSubject.SUBSCRIPTION, row)
        return row
