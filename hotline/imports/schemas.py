"""What the operator of an import says of a file: which column is what, what stands in, whose class is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from hotline.forms import Choice, CleanStr, Form, StrictInt
from workflows.imports import FIELDS, Choices
from workflows.rules.vocabulary import Kind


class Deed(StrEnum):
    """What is to be done with the file."""

    TRY = "try"
    IMPORT = "import"


#: Words of the file that can be matched at once; after another trial the next ones.
MOST_WORDS = 60


def _columns() -> dict[str, Any]:
    return {f"column_{name}": StrictInt(least=0, most=999) for name in FIELDS}


def _words(what: str, ours: Any) -> dict[str, Any]:
    pairs = {f"{what}_word_{n}": CleanStr(most=200) for n in range(MOST_WORDS)}
    return pairs | {f"{what}_{n}": ours() for n in range(MOST_WORDS)}


class _Base(Form):
    """What stands in where the file says nothing."""

    deed = Choice(Deed, required=True)
    default_kind = Choice(Kind)
    category_id = StrictInt(least=1)
    area_id = StrictInt(least=1)


ChoicesForm = _Base.from_dict(
    _columns() | _words("class", lambda: StrictInt(least=1)) | _words("kind", lambda: Choice(Kind)), name="ChoicesForm"
)


def choices_of_form(form: Mapping[str, Any], before: Choices) -> Choices:
    """The form as choices; matches made in earlier trials stay."""
    columns = {name: form[f"column_{name}"] for name in FIELDS if form.get(f"column_{name}") is not None}
    return Choices(
        columns=columns, kind=form.get("default_kind"), category_id=form.get("category_id"),
        area_id=form.get("area_id"), kinds={**before.kinds, **{w: str(k) for w, k in _pairs(form, "kind")}},
        classes={**before.classes, **dict(_pairs(form, "class"))},
    )


def _pairs(form: Mapping[str, Any], what: str) -> Iterator[tuple[str, Any]]:
    for n in range(MOST_WORDS):
        word, ours = form.get(f"{what}_word_{n}"), form.get(f"{what}_{n}")
        if word and ours:
            yield word, ours
