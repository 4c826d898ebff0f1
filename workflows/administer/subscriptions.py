"""Which channels carry which notices to which role, beside the list on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.administer.books import administering, changing, fetch
from workflows.model.outbox import Subscription
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Carrier, SettingSubject


def change_subscription(key: int, actor: Actor, *, version: int, carriers: Iterable[Carrier]) -> Subscription:
    """Name the channels of a kind and a role; none leaves the list on the screen alone."""
    with administering(actor) as doing:
        row = fetch(Subscription, key, version)
        with changing(doing, SettingSubject.SUBSCRIPTION, row):
            row.carriers = sorted(str(carrier) for carrier in set(carriers))
        return row
