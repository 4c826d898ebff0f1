"""A row of a file as a request, or what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.collect import Request
from workflows.imports.columns import FIELDS
from workflows.imports.words import ANONYMITY, KINDS, Classes, Places, is_number, moment, says_nothing
from workflows.model.reference import Reference
from workflows.rules.items import LONGEST_ITEM, MOST_ITEMS, items_of
from workflows.rules.numbering import Channel
from workflows.rules.text import TextError, clean_line, clean_text, search_form
from workflows.rules.vocabulary import Anonymity, Kind

LONGEST_CONTENT = 20_000
#: Columns of the table; what is longer is cut, except what would lose its meaning.
LONGEST = {"title": 120, "place": 200, "ref": 80, "source": 40, "enterprise_name": 80}
LONGEST_NAME, LONGEST_ADDRESS = 80, 300
#: Cells in which lines are told apart.
_OF_LINES = frozenset({"content", "items"})


@dataclass(frozen=True)
class Choices:
    """What the operator decided: which column is what, what stands in for what is missing, whose class is which.

    `kinds` and `classes` map words of the file to ours.
    """

    columns: Mapping[str, int]
    kind: Kind | None = None
    category_id: int | None = None
    area_id: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Reading:
    """What became of a row: the request, what is wrong with it, and what is kept of where it came from."""

    request: Request | None = None
    wrong: dict[str, list[str]] = field(default_factory=dict)
    origin: dict[str, Any] = field(default_factory=dict)


@dataclass
class Remarks:
    """What the operator should know about the rows read so far, beside the rejected ones."""

    unknown_classes: Counter[str] = field(default_factory=Counter)
    unknown_kinds: Counter[str] = field(default_factory=Counter)
    unknown_places: int = 0
    unread_times: int = 0
    without_number: int = 0


class Reader:
    """Turns rows into requests by the operator's choices; counts what it could not understand."""

    def __init__(self, ref: Reference, choices: Choices) -> None:
        self.remarks = Remarks()
        self._choices = choices
        self._classes = Classes(ref.categories, choices.classes)
        self._places = Places(ref.areas)
        self._kinds = KINDS | {search_form(word): Kind(kind) for word, kind in choices.kinds.items()}
        self._columns = [(name, choices.columns[name]) for name in FIELDS if name in choices.columns]

    def read(self, cells: Sequence[str]) -> Reading:
        """One row. `check` of the intake has its say afterwards."""
        reading = Reading()
        try:
            given = self._cleaned(cells)
        except TextError as error:
            reading.wrong["content"] = [error.code]
            return reading
        content = given["content"] or given["title"]
        kind = self._kind(given["kind"], reading)
        phone = given["phone"] if is_number(given["phone"]) else ""
        area_id, place = self._place(given)
        self._check_lengths(given, content, reading)
        reading.origin = self._origin(given)
        reading.request = Request(
            channel=Channel.IMPORT, kind=kind, title=_cut(given, "title") or clean_line(content[:60])[:30],
            content=content, items=tuple(items_of(given["items"])),
            category_id=self._category(given["category"]), area_id=area_id, place=place,
            anonymity=self._anonymity(given["anonymity"], kind, phone), enterprise_name=_cut(given, "enterprise_name"),
            name=given["name"], phone=phone, address=given["address"], channel_ref=_cut(given, "ref"),
        )
        return reading

    def _cleaned(self, cells: Sequence[str]) -> dict[str, str]:
        given = dict.fromkeys(FIELDS, "")
        for name, place in self._columns:
            if place < len(cells) and cells[place]:
                cell = clean_text(cells[place]) if name in _OF_LINES else clean_line(cells[place])
                given[name] = "" if says_nothing(cell) else cell
        return given

    def _kind(self, word: str, reading: Reading) -> Kind:
        if word:
            kind = self._kinds.get(search_form(word))
            if kind is not None:
                return kind
            self.remarks.unknown_kinds[word] += 1
        if self._choices.kind is None:
            reading.wrong["kind"] = ["kind_unknown"]
        return self._choices.kind or Kind.OTHER

    def _category(self, words: str) -> int | None:
        if words:
            found = self._classes.find(words)
            if found is not None:
                return found
            self.remarks.unknown_classes[words] += 1
        return self._choices.category_id

    def _place(self, given: Mapping[str, str]) -> tuple[int | None, str]:
        names = [given["district"], given["street"], given["community"]]
        area_id, unknown = self._places.find(names)
        self.remarks.unknown_places += bool(unknown)
        place = " ".join(part for part in (*unknown, given["spot"]) if part)
        return area_id or self._choices.area_id, place[: LONGEST["place"]]

    def _anonymity(self, word: str, kind: Kind, phone: str) -> Anonymity:
        """Who leaves no number is anonymous (nobody could be rung); whistle-blowers are kept from the unit."""
        if not phone:
            self.remarks.without_number += 1
            return Anonymity.ANONYMOUS
        return ANONYMITY.get(search_form(word), Anonymity.WITHHELD if kind is Kind.REPORT else Anonymity.OPEN)

    def _check_lengths(self, given: Mapping[str, str], content: str, reading: Reading) -> None:
        for name, text, most in (
            ("content", content, LONGEST_CONTENT), ("items", given["items"], LONGEST_ITEM * MOST_ITEMS),
            ("name", given["name"], LONGEST_NAME),
            ("address", given["address"], LONGEST_ADDRESS),
        ):
            if len(text) > most:
                reading.wrong[name] = ["text_too_long"]

    def _origin(self, given: Mapping[str, str]) -> dict[str, Any]:
        """When and how the other system had it; a time that cannot be read is kept as it was written."""
        origin: dict[str, Any] = {}
        if given["source"]:
            origin["source"] = _cut(given, "source")
        if given["time"]:
            at = moment(given["time"])
            self.remarks.unread_times += at is None
            origin["time"] = at.isoformat() if at else given["time"][:40]
        return origin


def _cut(given: Mapping[str, str], name: str) -> str:
    text, most = given[name], LONGEST[name]
    return text if len(text) <= most else text[: most - 1] + "…"
