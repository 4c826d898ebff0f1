"""Invented callers and places: nobody and nothing in here exists.

The numbers are of a pattern no carrier has given out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotline.seed.tables import rows
from workflows.collect import Request
from workflows.model.reference import ZONE
from workflows.rules.numbering import Channel
from workflows.rules.vocabulary import Anonymity, CallerType, Kind, Urgency

_CHANNELS = (
    (Channel.PHONE, 74), (Channel.WECHAT, 8), (Channel.WEB, 6), (Channel.APP, 5), (Channel.PROVINCE, 2),
    (Channel.GRID, 2), (Channel.TRANSFER_110, 2), (Channel.WINDOW, 1),
)
#: People who call again and again.
REGULARS = 12
_SHARE_OF_REGULARS = 0.14
#: Every so many a caller wants more than one thing.
MANY_POINTS = 6


@dataclass(frozen=True)
class Person:
    """A caller."""

    name: str
    phone: str


@dataclass(frozen=True)
class Place:
    """A place and what stands there."""

    area: str
    community: str
    estate: str
    road: str


@dataclass(frozen=True)
class Tale:
    """What somebody calls about: the request, and what a unit would find and answer."""

    request: Request
    template: dict[str, str]
    account: str
    answer: str


def words(kind: str, street: str = "") -> list[str]:
    """The words of a kind: surname, given, shop, school, firm; estate and road of a street."""
    return [row["word"] for row in rows("words") if row["kind"] == kind and row["street"] in ("", street)]


def person(number: int) -> Person:
    """The caller of that number; the first REGULARS of them are the regulars."""
    chance = random.Random(number)
    name = chance.choice(words("surname")) + chance.choice(words("given"))
    return Person(name, f"1990000{number:04d}")


def place(chance: random.Random, estate: str = "") -> Place:
    """Somewhere in the city; with an estate's name, where that estate stands."""
    homes = [row for row in rows("words") if row["kind"] == "estate"]
    home = next((row for row in homes if row["word"] == estate), None) or chance.choice(homes)
    street = home["street"]
    communities = [row for row in rows("areas") if row["parent"] == street]
    community = communities[words("estate", street).index(home["word"]) % len(communities)]
    return Place(community["code"], community["name"], home["word"], chance.choice(words("road", street)))


def tale(
    chance: random.Random, number: int, at: datetime, ids: dict[str, dict[str, int]], *,
    template: dict[str, str], estate: str = "",
) -> Tale:
    """A request by a template, with a caller, a place and a day of its own. `ids` are the city's keys by code."""
    where = place(chance, estate)
    local = at.astimezone(ZONE) - timedelta(days=chance.randint(1, 6))
    slots = {
        "estate": where.estate, "road": where.road, "community": where.community,
        "building": f"{chance.randint(1, 28)}号楼", "n": str(chance.randint(2, 6)),
        "day": f"{local.month}月{local.day}日", "shop": chance.choice(words("shop")),
        "school": chance.choice(words("school")),
    }
    title, content, account, answer = (template[k].format_map(slots) for k in ("title", "content", "account", "answer"))
    placed = "{estate}" in template["content"] or "{road}" in template["content"]
    request = Request(
        channel=_drawn(chance, _CHANNELS), kind=Kind(template["kind"]), urgency=Urgency(template["urgency"]),
        title=title, content=content, category_id=ids["categories"][template["code"]],
        area_id=ids["areas"][where.area], place=f"{where.road}{where.estate}{slots['building']}" if placed else "",
    )
    if number % MANY_POINTS == 0:
        request = replace(request, items=(title, "请告知责任单位和完成时间"))
    return Tale(_with_caller(chance, number, request, template), template, account, answer)


def _drawn(chance: random.Random, weighted: tuple[tuple[Channel, int], ...]) -> Channel:
    values, weights = zip(*weighted, strict=True)
    return chance.choices(values, weights)[0]


def _with_caller(chance: random.Random, number: int, request: Request, template: dict[str, str]) -> Request:
    who = person(chance.randrange(REGULARS) if chance.random() < _SHARE_OF_REGULARS else REGULARS + number)
    anonymity = _anonymity(chance, request.kind)
    if anonymity is Anonymity.ANONYMOUS:
        return replace(request, anonymity=anonymity)
    firm = chance.choice(words("firm")) if template["code"].startswith("17") else ""
    return replace(
        request, name=who.name, phone=who.phone, anonymity=anonymity, enterprise_name=firm,
        caller_type=CallerType.ENTERPRISE if firm else CallerType.PERSON, need_reply=chance.random() > 0.03,
        address=f"青禾区{request.place}" if request.place else "",
    )


def _anonymity(chance: random.Random, kind: Kind) -> Anonymity:
    """Reports are withheld more often than not; now and then somebody gives no name at all."""
    anonymous, withheld = (0.15, 0.5) if kind is Kind.REPORT else (0.03, 0.05)
    drawn = chance.random()
    if drawn < anonymous:
        return Anonymity.ANONYMOUS
    return Anonymity.WITHHELD if drawn < anonymous + withheld else Anonymity.OPEN
