"""What every page needs: pages of a list, CSV, and the filters and globals of templates."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

from flask import Flask, Response, current_app, g, request, stream_with_context, url_for
from flask_babel import get_locale
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from sqlalchemy import ColumnElement, Select, TypeDecorator, and_, or_, tuple_
from sqlalchemy.exc import SQLAlchemyError

from hotline import labels, navigation, notices, pulse, times
from hotline.access import POLL_HEADER
from hotline.choices import typed_name
from hotline.city import reference
from hotline.forms import Typed
from workflows.model.base import db
from workflows.model.phone import as_dialled
from workflows.read import citizens, risks
from workflows.read.paging import MOST, SIZE, Page, read_cursor, write_cursor
from workflows.rules import masking
from workflows.rules.roles import Role
from workflows.rules.text import csv_safe

T = TypeVar("T")

PAGE_SIZE = SIZE
#: Who is warned that the days of a year are not official.
CALENDAR_KEEPERS = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.HOTLINE_DIR})


@dataclass(frozen=True)
class Key:
    """A column a list is ordered by. The last key of a list must be unique, and none may be null."""

    column: ColumnElement[Any]
    descending: bool = False

    @property
    def order(self) -> ColumnElement[Any]:
        """As ORDER BY has it."""
        return self.column.desc() if self.descending else self.column.asc()

    @property
    def kind(self) -> type:
        """The Python type of its values."""
        kept = self.column.type
        return (kept.impl_instance if isinstance(kept, TypeDecorator) else kept).python_type


def paginate(
    statement: Select[Any],
    keys: Sequence[Key],
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    run: Callable[[Select[Any]], Iterable[T]] | None = None,
    place: Callable[[T], Sequence[object]] | None = None,
) -> Page[T]:
    """A page of a select without ORDER BY and LIMIT, in the order of `keys`, by keyset and not by offset.

    `cursor` is the request's `page` argument unless given. `run` executes (default: scalars of the session),
    `place` tells a row's key values (default: the attributes of the keys' names). Raises Invalid for a bad cursor.
    """
    cursor = request.args.get("page", "") if cursor is None else cursor
    values, back = read_cursor(cursor, [key.kind for key in keys]) if cursor else (None, False)
    wanted = [Key(key.column, key.descending is not back) for key in keys]
    if values is not None:
        statement = statement.where(_beyond(wanted, values))
    size = max(1, min(size, MOST))
    statement = statement.order_by(*(key.order for key in wanted)).limit(size + 1)
    rows = list((run or _scalars)(statement))
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    names = [key.column.key for key in keys]
    where = place or (lambda row: [getattr(row, name) for name in names])
    has_next, has_prev = (bool(cursor), more) if back else (more, bool(cursor))
    return Page(
        items=tuple(rows),
        next=write_cursor(where(rows[-1])) if rows and has_next else None,
        prev=write_cursor(where(rows[0]), back=True) if rows and has_prev else None,
    )


def _scalars(statement: Select[Any]) -> Iterable[Any]:
    return db.session.scalars(statement)


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """The rows after a place. One row comparison where all keys run one way, for then an index serves it."""
    if len({key.descending for key in keys}) == 1:
        row = tuple_(*(key.column for key in keys))
        return row < tuple(values) if keys[0].descending else row > tuple(values)
    clauses = []
    for depth, key in enumerate(keys):
        equal = [k.column == v for k, v in zip(keys[:depth], values, strict=False)]
        past = key.column < values[depth] if key.descending else key.column > values[depth]
        clauses.append(and_(*equal, past))
    return or_(*clauses)


def size_asked(default: int = PAGE_SIZE) -> int:
    """The page size of the address, within bounds whatever it says."""
    asked = request.args.get("size", "")
    return min(MOST, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 5 else default


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as a file that opens in a spreadsheet: UTF-8 with mark, streamed, no cell taken for a formula."""

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        buffer.write("\ufeff")
        for row in chain([header], rows):
            writer.writerow([csv_safe(cell) for cell in row])
            if buffer.tell() > 32_768:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue()

    response = Response(stream_with_context(lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response


def fragment(html: str) -> Response:
    """Part of a page for a poll: 304 without a body where it is what the browser already shows."""
    response = Response(html)
    tag = hashlib.sha256(html.encode()).hexdigest()[:32]
    if request.headers.get("X-Shown") == tag:
        return Response(status=304)
    response.headers["X-Shown"] = tag
    return response


def asset(name: str) -> str:
    """The address of a static file. It holds a hash of all of them, so that browsers keep a file until any changes.

    The hash stands in the path: a module imports its neighbours by relative addresses and gets those of its own time.
    """
    return url_for("assets", stamp=current_app.extensions["assets"], name=name)


def serve_asset(stamp: str, name: str) -> Response:
    """A static file, whatever the stamp says: an old page still finds its files after an upgrade."""
    return current_app.send_static_file(name)


def _stamp(folder: Path) -> str:
    """A hash of every file of a folder."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:12]


def due(
    due_at: datetime | None,
    *,
    warn_at: datetime | None = None,
    stopped_at: datetime | None = None,
    unit_id: int | None = None,
    minutes: float | None = None,
    held: bool = False,
) -> times.Due | None:
    """How much is left, in the working time of the unit that must act (None: the hotline); `minutes` where known."""
    calendar = reference().calendar_of(unit_id)[1] if due_at is not None else None
    return times.due_in_words(
        due_at, warn_at=warn_at, stopped_at=stopped_at, calendar=calendar, minutes=minutes, held=held
    )


def uncertain_year() -> int | None:
    """The year whose official days should be known and are not; for those who see to it, and only to them."""
    visitor = g.get("visitor")
    if visitor is None or not visitor.actor.has(CALENDAR_KEEPERS):
        return None
    return reference().uncertain_year(times.moment().astimezone(times.ZONE).date())


def masked(value: str | None, kind: str) -> str:
    """An identity as those see it who need not know it; `kind` is name, phone, id_no or address."""
    return _MASKS[kind](value)


_MASKS: Mapping[str, Callable[[str | None], str]] = {
    "name": masking.mask_name,
    "phone": masking.mask_phone,
    "id_no": masking.mask_id_no,
    "address": masking.mask_address,
}


def address_with(**changes: object) -> str:
    """The address of this page with some of its arguments changed; None removes one.

    A part that refreshes itself is asked for at an address of its own: its links are those of the page around it.
    """
    around = urlsplit(request.headers.get("HX-Current-URL", "")) if POLL_HEADER in request.headers else None
    if around is not None and around.path.startswith("/") and not around.path.startswith("//"):
        values = _given(parse_qs(around.query) | {"page": None} | changes)
        path = quote(around.path, safe="/%")
        return f"{path}?{urlencode(values, doseq=True)}" if values else path
    own = {"endpoint", *(request.view_args or {})}
    # A name url_for has a meaning of its own for is no filter of ours.
    asked = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in own and not k.startswith("_")}
    values = _given(asked | {"page": None} | changes)
    return url_for(request.endpoint or "account.home", **(request.view_args or {}), **values)


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def amount(value: Fraction) -> str:
    """A count that may hold halves: 12, or 12.5."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def points(value: Decimal) -> str:
    """Points of a score, half-up to two places."""
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def unread() -> int:
    """Notices the person signed in has not seen, for the badge."""
    visitor = g.get("visitor")
    return notices.unread(visitor.actor, visitor.notices_seen_at) if visitor else 0


def language() -> str:
    """For <html lang>."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh-CN"


def for_the_reader(words: Callable[..., str]) -> Callable[..., str]:
    """A filter whose words depend on the reader; those of a constant Jinja would keep as the first reader had them."""

    @pass_context
    def now_and_here(_context: Context, *values: Any, **more: Any) -> str:
        return words(*values, **more)

    return now_and_here


def open_risks() -> int:
    """How many dangers wait for their hand-over, for the bar above the page of those on duty; 0 for others."""
    visitor = g.get("visitor")
    if visitor is None or not visitor.actor.has(set(navigation.ON_DUTY)):
        return 0
    try:
        return risks.open_count()
    except SQLAlchemyError:  # the page says so itself
        return 0


def locked_queries() -> tuple[str, ...]:
    """Tickets whose query codes somebody guesses, for the bar above the page of those on duty; none for others."""
    visitor = g.get("visitor")
    if visitor is None or not visitor.actor.has(set(navigation.ON_DUTY)):
        return ()
    try:
        return citizens.locked()
    except SQLAlchemyError:  # the page says so itself
        return ()


def init_app(app: Flask) -> None:
    """Give templates their filters and globals, and static files their addresses."""
    app.extensions["assets"] = _stamp(Path(app.static_folder or ""))
    app.add_url_rule("/assets/<stamp>/<path:name>", endpoint="assets", view_func=serve_asset)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        label=for_the_reader(labels.label), reason=for_the_reader(labels.reason), local=for_the_reader(times.local),
        local_day=for_the_reader(times.local_day), ago=for_the_reader(times.ago),
        duration=for_the_reader(times.duration), exactly=for_the_reader(times.exactly),
        day_in_words=for_the_reader(times.day_in_words), problem=for_the_reader(labels.problem_text),
        refusal=for_the_reader(labels.refusal_text), tone=labels.tone, masked=masked, amount=amount, points=points,
        fraction=Fraction, dialled=as_dialled,
        callbacks=for_the_reader(labels.callbacks_in_words),
    )
    app.jinja_env.globals.update(
        asset=asset, due_of=due, options=labels.options, address_with=address_with, language=language,
        reference=reference, menu=navigation.menu, here=navigation.here, new_key=lambda: str(uuid4()), Typed=Typed,
        unread=unread, uncertain_year=uncertain_year, pulse=pulse.to_show, told_of_alarms=pulse.TOLD,
        open_risks=open_risks, locked_queries=locked_queries, typed_name=typed_name,
        seeing_tickets=navigation.SEEING_TICKETS,
    )
    app.context_processor(lambda: {"visitor": g.get("visitor")})
