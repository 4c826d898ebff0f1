"""What a request is about and where: the catalogue's matter, the place it happens at."""

from __future__ import annotations

from workflows.model.reference import Reference


def wrong_matter(
    ref: Reference, category_id: int | None, area_id: int | None, *, in_danger: bool = False
) -> dict[str, list[str]]:
    """What is wrong with a matter and its place, by field; nothing where both will do.

    Where somebody is in danger no missing place holds it up: it is asked for while help is on its way.
    """
    wrong: dict[str, list[str]] = {}
    category = ref.categories.get(category_id)
    if category is None or not category.active:
        wrong["category_id"] = ["category_unknown"]
    elif category.needs_place and area_id is None and not in_danger:
        wrong["area_id"] = ["place_needed"]
    if area_id is not None and area_id not in ref.areas:
        wrong["area_id"] = ["area_unknown"]
    return wrong
