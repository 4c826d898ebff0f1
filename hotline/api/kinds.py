"""The kinds of fields other systems are given; each is always there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, validate


def text(says: str = "", **more: Any) -> fields.String:
    """Words; empty where there are none."""
    return fields.String(required=True, metadata={"description": says} if says else {}, **more)


def one_of(vocabulary: Iterable[StrEnum], **more: Any) -> fields.String:
    """One of a vocabulary."""
    return fields.String(required=True, validate=validate.OneOf([str(one) for one in vocabulary]), **more)


def number(says: str = "", **more: Any) -> fields.Integer:
    """A whole number."""
    return fields.Integer(required=True, metadata={"description": says} if says else {}, **more)


def moment(**more: Any) -> fields.DateTime:
    """A moment, in UTC."""
    return fields.DateTime(required=True, **more)


def maybe_moment() -> fields.DateTime:
    """A moment, or null."""
    return moment(allow_none=True)


def yes_no() -> fields.Boolean:
    """Yes or no."""
    return fields.Boolean(required=True)


def list_of(shape: type[Schema]) -> fields.List:
    """Several of a shape."""
    return fields.List(fields.Nested(shape), required=True)


class Reference(Schema):
    """A category, area or unit."""

    id = number()
    code = text()
    name = text()


def reference() -> fields.Nested:
    """A category, area or unit, or null."""
    return fields.Nested(Reference, required=True, allow_none=True)
