"""A client that looks at every page it opens.

Whatever a test asks for, the answer is parsed strictly as HTML and must be a page we would show: one h1, a title that
starts with it, a label for every input, a token in every form that sends, no inline script or style.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from flask.wrappers import Response
from sqlalchemy import select

from hotline.access import SESSION_KEY
from hotline.labels import VOCABULARIES
from hotline.sign_in import service
from workflows.model.base import db
from workflows.model.directory import User, UserRole

#: Codes of vocabularies, which people never read.
CODES = {code for words in VOCABULARIES.values() for code in words if len(code) > 3 and code.isupper()}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class Document:
    """A parsed page or part of one."""

    def __init__(self, html: str, *, part: bool = False) -> None:
        self.html = html
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                self.root: Element = parser.parseFragment(html, container="div") if part else parser.parse(html)
            except html5lib.html5parser.ParseError as error:
                line, column = parser.errors[-1][0] if parser.errors else (0, 0)
                near = html.splitlines()[max(0, line - 3) : line + 1]
                raise AssertionError(f"not valid HTML: {error} at {line}:{column}\n" + "\n".join(near)) from error

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements of a tag with these attributes (`class_` for class, `_` for -)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.root.iter(tag) if all(e.get(k) == v for k, v in wanted.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag} {attributes}>"
        return found[0]

    def text(self, element: Element | None = None) -> str:
        """The words in it, spaces made single."""
        return " ".join("".join((self.root if element is None else element).itertext()).split())

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """The words of each such element."""
        return [self.text(e) for e in self.all(tag, **attributes)]

    def fields(self, action_ends: str = "") -> dict[str, Any]:
        """What the only form to such an address would send as it stands."""
        forms = [f for f in self.all("form") if (f.get("action") or "").split("?")[0].endswith(action_ends)]
        assert len(forms) == 1, f"{len(forms)} forms to …{action_ends}"
        return dict(_standing(forms[0]))


def _standing(form: Element) -> Iterator[tuple[str, str]]:
    for element in form.iter():
        name = element.get("name")
        if not name or (element.tag == "button"):
            continue
        if element.tag == "input":
            if element.get("type") in {"checkbox", "radio"} and element.get("checked") is None:
                continue
            yield name, element.get("value") or ""
        elif element.tag == "textarea":
            yield name, "".join(element.itertext()).removeprefix("\n")
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = next((o for o in options if o.get("selected") is not None), options[0] if options else None)
            if chosen is not None:
                yield name, chosen.get("value") or ""


def check_page(page: Document) -> None:
    """What holds of every whole page."""
    heading, title = page.texts("h1"), page.texts("title")
    assert len(heading) == 1, f"h1: {heading}"
    assert heading[0], "empty h1"
    assert len(title) == 1
    assert title[0].startswith(heading[0]), f"title {title[0]!r} does not start with h1 {heading[0]!r}"
    assert page.one("html").get("lang") in {"zh-CN", "en"}


def check_part(page: Document) -> None:
    """What holds of every page and every part of one."""
    _check_labels(page)
    for form in page.all("form"):
        method = (form.get("method") or "get").lower()
        assert form.get("action") or method == "dialog", "a form without action"
        if method == "post":
            tokens = [i for i in form.iter("input") if i.get("name") == "csrf_token"]
            assert len(tokens) == 1, f"form to {form.get('action')} has {len(tokens)} tokens"
            assert tokens[0].get("value"), f"form to {form.get('action')} has an empty token"
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "style", "inline style element"
        assert element.get("style") is None, f"inline style on <{element.tag}>"
        assert not [name for name in element.attrib if name.startswith("on")], f"inline handler on <{element.tag}>"
        if element.tag == "script":
            assert element.get("src"), "inline script"
    ids = [e.get("id") for e in page.root.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    assert "�" not in page.html
    assert "{{" not in page.html
    # what stands in <code> is a code an administrator gave, and read as one
    said = (words for e in page.root.iter() for words in ("" if e.tag == "code" else e.text or "", e.tail or ""))
    bare = {words.strip() for words in said} & CODES
    assert not bare, f"codes where words should stand: {sorted(bare)}"


def _check_labels(page: Document) -> None:
    labelled = {label.get("for") for label in page.all("label")}
    inside = {id(control) for label in page.all("label") for control in label.iter()}
    for tag in ("input", "select", "textarea"):
        for control in page.all(tag):
            if control.get("type") in UNLABELLED:
                continue
            known = control.get("id") in labelled or id(control) in inside or control.get("aria-label")
            assert known, f"no label for <{tag} name={control.get('name')}>"
    for button in page.all("button"):
        assert page.text(button) or button.get("aria-label"), "a button without words"


class Client(FlaskClient):
    """Flask's test client, signed in as anybody, with every page checked."""

    app: Flask

    def as_user(self, account: str) -> Client:
        """Sign in as somebody who exists, without the form."""
        with self.application.app_context():
            user = db.session.scalars(select(User).where(User.account == account)).one()
            secret = service.open_session(user.id, service.Browser("127.0.0.1", "tests"))
            db.session.remove()
        with self.session_transaction() as browser:
            browser.clear()
            browser[SESSION_KEY] = secret
        return self

    def as_role(self, role: str, unit_code: str | None = None) -> Client:
        """Sign in as the first active user who holds a role, of a unit where one is named."""
        with self.application.app_context():
            found = select(User.account).join(UserRole).where(UserRole.role == str(role), User.active)
            if unit_code is not None:
                found = found.where(User.unit.has(code=unit_code))
            account = db.session.scalars(found.order_by(User.id).limit(1)).one()
            db.session.remove()
        return self.as_user(account)

    def open(self, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Any request; HTML that comes back is checked."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not response.is_streamed:
            whole = response.get_data(as_text=True).lstrip().lower().startswith("<!doctype")
            page = Document(response.get_data(as_text=True), part=not whole)
            if whole:
                check_page(page)
            check_part(page)
            response.page = page  # type: ignore[attr-defined]
        return response

    def page(self, address: str, status: int = 200) -> Document:
        """Open an address and look at the page; `status` is what is expected."""
        response = self.get(address)
        assert response.status_code == status, f"{response.status_code} for {address}: {_said(response)}"
        return response.page  # type: ignore[attr-defined]

    def send(self, address: str, /, status: int = 303, **fields: Any) -> Response:
        """Send a form with a good token."""
        response = self.post(address, data=fields | {"csrf_token": self.token()})
        assert response.status_code == status, f"{response.status_code} for {address}: {_said(response)}"
        return response

    def token(self) -> str:
        """A form token of this browser's session."""
        return self.get("/form-token").get_json()["token"]


def _said(response: Response) -> str:
    return response.headers.get("Location") or response.get_data(as_text=True)[-3000:]
