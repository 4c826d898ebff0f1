"""Which channels carry which notices to which role."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, saved
from hotline.forms import Typed, keeps, load
from hotline.pages import Key, paginate
from workflows import administer, delivery
from workflows.model.outbox import Subscription
from workflows.model.settings import SettingEvent
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject


def subscriptions_page(key: int | None = None, typed: Typed | None = None) -> str:
    """Every kind and role with its channels, and what was changed lately."""
    for_administrators()
    page = paginate(select(Subscription), [Key(Subscription.kind), Key(Subscription.id)], cursor="", size=200)
    events = paginate(settings.changes(subject=SettingSubject.SUBSCRIPTION), [Key(SettingEvent.id, descending=True)],
                      cursor="", size=20)
    return render_template("admin/subscriptions.html", rows=page.items, on=delivery.carriers(), events=events.items,
                           typed=typed or Typed(), Row=Typed)


@bp.get("/notices")
def subscriptions() -> ResponseReturnValue:
    """Channels of notices."""
    return subscriptions_page()


@bp.post("/notices/<int:key>")
@keeps(subscriptions_page)
def change_subscription(key: int) -> ResponseReturnValue:
    """Name the channels of one kind and role."""
    administer.change_subscription(key, current_actor(), **load(schemas.Carriers))
    return saved("admin.subscriptions", gettext("通知方式已保存。"))


def _page_with(typed: Typed) -> str:
    return subscriptions_page(typed=typed)


@bp.post("/notices")
@keeps(_page_with)
def add_subscription() -> ResponseReturnValue:
    """Name the channels of a kind for one more role."""
    administer.add_subscription(current_actor(), **load(schemas.NewCarriers))
    return saved("admin.subscriptions", gettext("通知方式已保存。"))
