"""The trees of matters and of places: one set of pages for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, history_of, on_record, one, saved
from hotline.choices import typed_name
from hotline.forms import Form, Typed, keeps, load, query
from hotline.pages import Key, paginate
from workflows import administer
from workflows.model.directory import Area, Category
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject


@dataclass(frozen=True)
class Tree:
    """A tree and what is done with its nodes. `changeable` are the fields of its edit form."""

    kind: Any
    subject: SettingSubject
    title: Any
    select: Callable[..., Any]
    new_form: type[Form]
    form: type[Form]
    changeable: tuple[str, ...]
    create: Callable[..., Any]
    change: Callable[..., Any]
    move: Callable[..., Any]
    use: Callable[..., Any]


TREES: Mapping[str, Tree] = {
    "categories": Tree(
        Category, SettingSubject.CATEGORY, lazy_gettext("事项分类"), settings.categories, schemas.NewCategory,
        schemas.ChangedCategory, ("name", "needs_place", "needs_picture", "hazard"), administer.create_category,
        administer.change_category, administer.move_category, administer.set_category_active,
    ),
    "areas": Tree(
        Area, SettingSubject.AREA, lazy_gettext("区域"), settings.areas, schemas.NewArea, schemas.ChangedArea,
        ("name",), administer.create_area, administer.change_area, administer.move_area, administer.set_area_active,
    ),
}
PREFIX = "/<any(categories,areas):what>"


@bp.get(PREFIX)
def nodes(what: str) -> ResponseReturnValue:
    """The tree, or what of it matches the search, in its own order."""
    for_administrators()
    tree, (found, typed) = TREES[what], query(schemas.Search)
    listed = tree.select(found.get("q") or "", inactive=bool(found.get("closed")))
    page = paginate(listed, [Key(tree.kind.path), Key(tree.kind.id)], size=200)
    return render_template("admin/nodes.html", page=page, typed=typed, tree=tree, what=what)


def new_node_page(what: str, typed: Typed | None = None) -> str:
    """The form of a new node."""
    for_administrators()
    typed = typed or Typed()
    return render_template("admin/node_new.html", typed=typed, tree=TREES[what], what=what,
                           parent=typed_name(typed, "parent_id", what))


@bp.get(PREFIX + "/new")
def new_node(what: str) -> ResponseReturnValue:
    """The form of a new node."""
    return new_node_page(what)


@bp.post(PREFIX + "/new")
@keeps(new_node_page)
def create_node(what: str) -> ResponseReturnValue:
    """Add a node."""
    row = TREES[what].create(current_actor(), **load(TREES[what].new_form))
    return saved("admin.node", gettext("已建立。"), what=what, key=row.id)


def node_page(what: str, key: int, typed: Typed | None = None) -> str:
    """A node, what may be done with it, its history."""
    for_administrators()
    tree = TREES[what]
    row = one(tree.kind, key)
    typed = typed or Typed(on_record(row, *tree.changeable, "parent_id"))
    return render_template("admin/node.html", row=row, typed=typed, tree=tree, what=what,
                           parent=typed_name(typed, "parent_id", what), **history_of(tree.subject, key))


@bp.get(PREFIX + "/<int:key>")
def node(what: str, key: int) -> ResponseReturnValue:
    """A node."""
    return node_page(what, key)


@bp.post(PREFIX + "/<int:key>")
@keeps(node_page)
def change_node(what: str, key: int) -> ResponseReturnValue:
    """Rename a node, change what is said of it."""
    TREES[what].change(key, current_actor(), **load(TREES[what].form))
    return saved("admin.node", gettext("已保存。"), what=what, key=key)


@bp.post(PREFIX + "/<int:key>/move")
@keeps(node_page)
def move_node(what: str, key: int) -> ResponseReturnValue:
    """Put a node, with all below it, elsewhere."""
    form = load(schemas.Moved)
    TREES[what].move(key, current_actor(), version=form["version"], parent_id=form.get("parent_id"))
    return saved("admin.node", gettext("已调整上级。"), what=what, key=key)


@bp.post(PREFIX + "/<int:key>/<any(open,close):deed>")
@keeps(node_page)
def use_node(what: str, key: int, deed: str) -> ResponseReturnValue:
    """Bring a node into use, or take it out with all below it."""
    TREES[what].use(key, current_actor(), active=deed == "open", **load(schemas.Versioned))
    return saved("admin.node", gettext("已保存。"), what=what, key=key)
