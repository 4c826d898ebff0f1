"""Matters: the tree by which requests are classified (事项分类)."""

from __future__ import annotations

from workflows.administer.books import Complaints, administering, changing, created, fetch
from workflows.administer.trees import hang, move_under, parent_of, set_active, taken
from workflows.errors import Invalid
from workflows.model.directory import Category
from workflows.model.initials import initials
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingAction, SettingSubject

SUBJECT = SettingSubject.CATEGORY


def create_category(
    actor: Actor, *, code: str, name: str, parent_id: int | None = None, needs_place: bool = False,
    needs_picture: bool = False, hazard: bool = False,
) -> Category:
    """Add a matter to the tree."""
    with administering(actor) as doing:
        parent = parent_of(Category, parent_id)
        wrong = Complaints()
        wrong.unless(code, "code", "required")
        wrong.unless(not taken(Category, "code", code), "code", "code_taken")
        wrong.unless(name, "name", "required")
        wrong.settle()
        row = Category(code=code, name=name, initials=initials(name), needs_place=needs_place,
                       needs_picture=needs_picture, hazard=hazard, active=True, version=1,
                       level=(parent.level if parent is not None else 0) + 1)
        hang(row, parent)
        created(doing, SUBJECT, row)
        return row


def change_category(
    category_id: int, actor: Actor, *, version: int, name: str, needs_place: bool, needs_picture: bool = False,
    hazard: bool = False,
) -> Category:
    """Rename a matter, or say whether a request of it must name a place, its reply show a picture, it is a hazard.

    Requests taken before keep what held then.
    """
    with administering(actor) as doing:
        row = fetch(Category, category_id, version)
        if not name:
            raise Invalid(fields={"name": ["required"]})
        with changing(doing, SUBJECT, row):
            row.name, row.initials = name, initials(name)
            row.needs_place, row.needs_picture, row.hazard = needs_place, needs_picture, hazard
        return row


def move_category(category_id: int, actor: Actor, *, version: int, parent_id: int | None) -> Category:
    """Put a matter, with all below it, under another; tickets already logged go with it."""
    with administering(actor) as doing:
        row = fetch(Category, category_id, version)
        with changing(doing, SUBJECT, row, SettingAction.MOVED):
            move_under(row, parent_of(Category, parent_id))
        return row


def set_category_active(category_id: int, actor: Actor, *, version: int, active: bool) -> Category:
    """Take a matter out of use, with all below it, or bring it back (alone). Old tickets keep it.

    Raises Invalid for a matter below one that is out of use.
    """
    with administering(actor) as doing:
        row = fetch(Category, category_id, version)
        set_active(doing, SUBJECT, row, active=active)
        return row
