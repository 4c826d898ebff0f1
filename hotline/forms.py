"""The shape of what people send: strict types, clean text, nothing unknown, and errors as codes.

A `Form` knows shapes only; whether something may be done is the loop's to say. Errors are `Problem`s: a code with
the parameters of its text, which `hotline/labels/refusals.py` has in both languages. `keeps` shows the page again with
what was typed when the loop says no.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, pre_load
from werkzeug.datastructures import MultiDict

from hotline.errors import status_of
from workflows.errors import Invalid, NotAllowed, Problem, Refusal, Unknown
from workflows.model import idempotency
from workflows.rules.items import LONGEST_ITEM, MOST_ITEMS, items_of
from workflows.rules.roles import Actor
from workflows.rules.text import TextError, clean_line, clean_text

ZONE = ZoneInfo("Asia/Shanghai")
#: Fields every form of ours may carry beside its own.
CARRIED = frozenset({"csrf_token", "idempotency_key", "draft_name"})
#: Longest text of several lines unless a field says otherwise.
LONGEST_TEXT = 10_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def refuse(code: str, **params: object) -> ValidationError:
    """The error a field raises."""
    return ValidationError(Problem(code, **params))


_MESSAGES = {"required": Problem("required"), "null": Problem("required"), "validator_failed": Problem("unusable")}


class OurField(fields.Field):
    """Empty text counts as nothing given; the built-in messages are codes."""

    default_error_messages = _MESSAGES

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """A blank field of a form is a missing field."""
        if isinstance(value, str) and not value.strip():
            # A blank text is never "present but empty": that would pass for an answer.
            if self.required:
                raise refuse("required")
            return self.load_default if not callable(self.load_default) else self.load_default()
        return super().deserialize(value, attr, data, **kwargs)


class CleanStr(OurField):
    """One line: controls and invisible characters gone, ends stripped, at most `most` characters, at least `least`."""

    clean: Callable[[str], str] = staticmethod(clean_line)

    def __init__(self, *, most: int = 200, least: int = 0, pattern: str | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", "")
        if kwargs.get("required"):
            kwargs.pop("load_default")
        super().__init__(**kwargs)
        self.most, self.least = most, least
        self.pattern = re.compile(pattern) if pattern else None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("not_text")
        if len(value) > self.most * 4:  # before any work is done on it
            raise refuse("too_long", most=self.most)
        try:
            text = self.clean(value)
        except TextError as refused:
            raise ValidationError(Problem(refused.code)) from refused
        return self._checked(text)

    def _checked(self, text: str) -> str:
        if self.required and not text:
            raise refuse("required")
        if len(text) > self.most:
            raise refuse("too_long", most=self.most)
        if text and len(text) < self.least:
            raise refuse("too_short", least=self.least)
        if text and self.pattern and not self.pattern.fullmatch(text):
            raise refuse("bad_shape")
        return text


class CleanText(CleanStr):
    """Several lines, line breaks kept."""

    clean = staticmethod(clean_text)

    def __init__(self, *, most: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Secret(OurField):
    """A password: taken as it is typed, never cleaned, never shown again."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("not_text")
        if len(value) > 128:
            raise refuse("too_long", most=128)
        return value

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Blanks may be part of a password; nothing at all is missing."""
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)


class StrictInt(OurField):
    """A whole number in ASCII digits, within a range; JSON integers too, but no booleans and no fractions."""

    def __init__(self, *, least: int = 0, most: int = 2**53 - 1, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise refuse("not_whole_number")
        if not self.least <= value <= self.most:
            raise refuse("out_of_range", least=self.least, most=self.most)
        return value


class Flag(OurField):
    """A tick box: absent or empty is no. JSON true and false too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_default=False, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value in (True, "1", "true", "on", "yes"):
            return True
        if value in (False, "0", "false", "no"):
            return False
        raise refuse("not_a_choice")


class Choice(OurField):
    """One of a closed vocabulary."""

    def __init__(self, vocabulary: type[StrEnum], **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
        super().__init__(**kwargs)
        self.vocabulary = vocabulary

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> StrEnum:
        try:
            return self.vocabulary(value.strip() if isinstance(value, str) else value)
        except ValueError:
            raise refuse("not_a_choice") from None


class Many(fields.List):
    """Several of one field, as tick boxes of one name send them; at most `most`, none twice."""

    default_error_messages = _MESSAGES | {"invalid": Problem("not_a_choice")}

    def __init__(self, inner: fields.Field, *, most: int = 50, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", list)
        super().__init__(inner, **kwargs)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list) or None in value:
            raise refuse("not_a_choice")
        given = [one for one in value if not (isinstance(one, str) and not one.strip())]
        if len(given) > self.most:
            raise refuse("too_many", most=self.most)
        if self.required and not given:
            raise refuse("required")
        return list(dict.fromkeys(super()._deserialize(given, attr, data, **kwargs)))


class Items(OurField):
    """The points of a request (诉求要点): a list, or one text with a line for each."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_default=list, **kwargs)
        self._one = CleanStr(most=LONGEST_ITEM)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        lines = value.splitlines() if isinstance(value, str) else value
        if not isinstance(lines, list):
            raise refuse("not_text")
        found = items_of(self._one.deserialize(line) for line in lines)
        if len(found) > MOST_ITEMS:
            raise refuse("too_many", most=MOST_ITEMS)
        return found


class Moment(OurField):
    """A `datetime-local` value, meant as local time, handed on in UTC; with an offset it is taken as it says."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value.strip())
        except (AttributeError, ValueError):
            raise refuse("not_a_moment") from None
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        if not 2000 <= local.year <= 2100:
            raise refuse("not_a_moment")
        return local.astimezone(UTC)


class Day(OurField):
    """A calendar day, yyyy-mm-dd."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", None)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value.strip())
        except (AttributeError, ValueError):
            raise refuse("not_a_day") from None
        if not 2000 <= day.year <= 2100:
            raise refuse("not_a_day")
        return day


class Form(Schema):
    """Base of every form: nothing unknown; what every form carries dropped; several values only where a list is."""

    error_messages = {"unknown": Problem("unknown_field"), "type": Problem("unusable")}  # noqa: RUF012

    class Meta:
        """A field nobody asked for is refused, so that no column can be set from outside by its name."""

        unknown = RAISE

    @pre_load
    def _gather(self, data: Any, **_kwargs: Any) -> Any:
        if not isinstance(data, MultiDict):
            return data
        return {
            name: values if isinstance(self.fields.get(name), fields.List) else values[-1]
            for name, values in data.lists()
            if name not in CARRIED
        }


def load(schema: type[Form], data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What was sent, in its types; `request.form` unless given. Raises Invalid with the fields' problems."""
    try:
        return schema().load(request.form if data is None else data)
    except ValidationError as error:
        raise Invalid("invalid", fields=flat(error.messages)) from error


def flat(messages: Any) -> dict[str, list[str]]:
    """Marshmallow's errors as field → problems; problems of list items are their list's."""
    if not isinstance(messages, dict):
        return {"_schema": list(messages)}
    return {str(name): list(_leaves(found)) for name, found in messages.items()}


def _leaves(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for inner in found.values():
            yield from _leaves(inner)
    elif isinstance(found, list):
        yield from found
    else:
        yield found


class Typed:
    """What stands in a form's fields: what was typed if there was a refusal, else what is on record."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, refusal: Refusal | None = None, *, sent: bool = False
    ) -> None:
        self.data = data if data is not None else {}
        self.refusal = refusal
        #: Whether the data were sent by a form, so that an absent tick box means "not ticked".
        self.sent = sent

    @property
    def problems(self) -> dict[str, list[str]]:
        """Field → problems."""
        return self.refusal.fields if isinstance(self.refusal, Invalid) else {}

    def value(self, name: str, default: Any = "") -> Any:
        """What stands in a field."""
        found = self.data.get(name)
        return default if found is None and not self.sent else ("" if found is None else found)

    def values(self, name: str) -> list[str]:
        """All values of a field of several."""
        if isinstance(self.data, MultiDict):
            return self.data.getlist(name)
        found = self.data.get(name) or []
        return [str(one) for one in found] if isinstance(found, (list, tuple, set, frozenset)) else [str(found)]


def keeps(
    show: Callable[..., Any], also: frozenset[str] = frozenset()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Around a view that takes a form: when the loop says no, `show` renders the page again with what was typed.

    `show` takes the view's own arguments and `typed`. The answer has the refusal's status. NotAllowed and Unknown go
    on to the error page, except for the codes in `also`: to somebody who may not be there nothing is shown.
    """

    def around(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def inner(**kwargs: Any) -> ResponseReturnValue:
            try:
                return view(**kwargs)
            except Refusal as refusal:
                if isinstance(refusal, (NotAllowed, Unknown)) and refusal.code not in also:
                    raise
                return show(**kwargs, typed=Typed(request.form, refusal, sent=True)), status_of(refusal)

        return inner

    return around


def query(schema: type[Form]) -> tuple[dict[str, Any], Typed]:
    """The filters in the address: those that can be used, and what was typed with its problems.

    An unusable filter is left out and said so on the page; unknown names are ignored, as links carry many things.
    """
    try:
        return schema(unknown=EXCLUDE).load(request.args), Typed(request.args, sent=bool(request.args))
    except ValidationError as error:
        usable = MultiDict((k, v) for k, v in request.args.items(multi=True) if k not in error.messages)
        found = schema(unknown=EXCLUDE, partial=True).load(usable)
        return found, Typed(request.args, Invalid("invalid", fields=flat(error.messages)), sent=True)


@contextmanager
def sent_once(actor: Actor) -> Iterator[idempotency.Once]:
    """Around the use case of a form that carries the `idempotency()` macro: sent twice, it happens once."""
    key = clean_line(request.form.get("idempotency_key", ""))[:64]
    with idempotency.once(actor.user_id or 0, key, fingerprint()) as holder:
        yield holder


def fingerprint() -> bytes:
    """A hash of where a form was sent to and what it says."""
    said = sorted((name, value) for name, value in request.form.items(multi=True) if name not in CARRIED)
    return hashlib.sha256(repr((request.path, said)).encode("utf-8", "surrogatepass")).digest()
