"""Places: districts, streets and towns, communities."""

from __future__ import annotations

from workflows.administer.books import Complaints, administering, changing, created, fetch
from workflows.administer.trees import hang, move_under, parent_of, set_active, taken
from workflows.errors import Invalid
from workflows.model.directory import Area
from workflows.model.initials import initials
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import AreaKind, SettingAction, SettingSubject

SUBJECT = SettingSubject.AREA
#: What a place of each kind lies in.
_LIES_IN = {AreaKind.DISTRICT: None, AreaKind.STREET: AreaKind.DISTRICT, AreaKind.COMMUNITY: AreaKind.STREET}


def create_area(actor: Actor, *, code: str, name: str, kind: AreaKind, parent_id: int | None = None) -> Area:
    """Add a place: a district at the root, a street in a district, a community in a street."""
    with administering(actor) as doing:
        parent = parent_of(Area, parent_id)
        wrong = Complaints()
        wrong.unless(code, "code", "required")
        wrong.unless(not taken(Area, "code", code), "code", "code_taken")
        wrong.unless(name, "name", "required")
        wrong.unless(_fits(kind, parent), "parent_id", "parent_of_wrong_kind")
        wrong.settle()
        row = Area(code=code, name=name, initials=initials(name), kind=str(kind), active=True, version=1)
        hang(row, parent)
        created(doing, SUBJECT, row)
        return row


def _fits(kind: AreaKind | str, parent: Area | None) -> bool:
    wanted = _LIES_IN[AreaKind(kind)]
    return (parent is None) if wanted is None else (parent is not None and parent.kind == wanted)


def change_area(area_id: int, actor: Actor, *, version: int, name: str) -> Area:
    """Rename a place."""
    with administering(actor) as doing:
        row = fetch(Area, area_id, version)
        if not name:
            raise Invalid(fields={"name": ["required"]})
        with changing(doing, SUBJECT, row):
            row.name, row.initials = name, initials(name)
        return row


def move_area(area_id: int, actor: Actor, *, version: int, parent_id: int | None) -> Area:
    """Put a place into another one of the right kind, with all that lies in it."""
    with administering(actor) as doing:
        row = fetch(Area, area_id, version)
        parent = parent_of(Area, parent_id)
        if not _fits(row.kind, parent):
            raise Invalid(fields={"parent_id": ["parent_of_wrong_kind"]})
        with changing(doing, SUBJECT, row, SettingAction.MOVED):
            move_under(row, parent)
        return row


def set_area_active(area_id: int, actor: Actor, *, version: int, active: bool) -> Area:
    """Take a place out of use, with all that lies in it, or bring it back (alone).

    Raises Invalid for a place inside one that is out of use.
    """
    with administering(actor) as doing:
        row = fetch(Area, area_id, version)
        set_active(doing, SUBJECT, row, active=active)
        return row
