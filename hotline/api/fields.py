"""Field types of the API beside those of the pages' forms, and how all of them are described in OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flask_smorest
from marshmallow import fields

from hotline import forms
from hotline.moves.forms import YesNo
from hotline.moves.reply_forms import ItemAnswers
from workflows.rules.items import LONGEST_ITEM, MOST_ITEMS

#: Longest ticket number, code or path of names anybody may send.
LONGEST_NAME = 300
_GREATEST_ID = 2**53 - 1


class Named(forms.OurField):
    """Something of the reference data: its id as a number, or its code or path of names as text."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
        super().__init__(**kwargs)
        self._number = forms.StrictInt(least=1, most=_GREATEST_ID)
        self._text = forms.CleanStr(most=LONGEST_NAME, required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | str:
        by = self._text if isinstance(value, str) else self._number
        return by.deserialize(value, attr, data, **kwargs)


class Yes(forms.Flag):
    """A yes or no that is yes where nothing is said."""

    def __init__(self) -> None:
        super().__init__()
        self.load_default = True


def describe(api: flask_smorest.Api) -> None:
    """Tell the OpenAPI generator what our field types look like."""
    for field in (forms.CleanStr, forms.CleanText, forms.Choice):
        api.register_field(field, "string", None)
    api.register_field(forms.StrictInt, "integer", None)
    api.register_field(forms.Moment, "string", "date-time")
    api.register_field(forms.Day, "string", "date")
    for field in (forms.Flag, YesNo, Yes):
        api.register_field(field, "boolean", None)
    api.register_field(Named, None, None)
    api.register_field(forms.Items, None, None)
    api.register_field(ItemAnswers, "array", None)
    api.ma_plugin.converter.add_attribute_function(_bounds)


def _bounds(_converter: object, field: fields.Field, **_kwargs: Any) -> dict[str, Any]:
    """What a field of ours accepts, as JSON Schema."""
    for kind, said in _SAID.items():
        if isinstance(field, kind):
            return said(field)
    return {}


def _text(field: forms.CleanStr) -> dict[str, Any]:
    return {"maxLength": field.most} | ({"minLength": 1} if field.required else {})


def _number(field: forms.StrictInt) -> dict[str, Any]:
    return {"minimum": field.least, "maximum": field.most}


def _choice(field: forms.Choice) -> dict[str, Any]:
    return {"enum": [str(one) for one in field.vocabulary] + ([None] if field.allow_none else [])}


def _list(field: forms.Many) -> dict[str, Any]:
    return {"maxItems": field.most, "uniqueItems": True} | ({"minItems": 1} if field.required else {})


def _name(field: Named) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 1, "maximum": _GREATEST_ID}
    text = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
    return {"oneOf": [number, text, *([{"type": "null"}] if field.allow_none else [])]}


def _items(_field: forms.Items) -> dict[str, Any]:
    points = {"type": "array", "maxItems": MOST_ITEMS, "items": {"type": "string", "maxLength": LONGEST_ITEM}}
    return {"oneOf": [points, {"type": "string", "description": "one a line"}]}


def _item_answers(field: ItemAnswers) -> dict[str, Any]:
    parts = {
        name: {"type": "string"} | said
        for name, said in (("truth", _choice(field.truth)), ("resolution", _choice(field.resolution)),
                           ("answer", _text(field.answer)))
    }
    one = {"type": "object", "additionalProperties": False, "properties": parts, "required": list(parts)}
    return {"maxItems": MOST_ITEMS, "items": one}


_SAID: Mapping[type[fields.Field], Callable[[Any], dict[str, Any]]] = {
    forms.CleanStr: _text, forms.StrictInt: _number, forms.Choice: _choice, forms.Many: _list, Named: _name,
    forms.Items: _items, ItemAnswers: _item_answers,
}
