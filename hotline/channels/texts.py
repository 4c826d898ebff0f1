"""Notices in words: templates/notices/LANGUAGE/, one for a kind where it has its own, else the common one.

A template is given codes, numbers and names of units. Titles, contents, names and numbers of callers are not there
to be given.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from hotline.languages import LOCALES
from workflows.delivery import Letter, Parcel

#: Characters of one text message, in Chinese and in ASCII; longer ones are sent, and paid for, in parts.
ONE_PART, ONE_ASCII_PART = 70, 160


def email(parcel: Parcel) -> Letter:
    """Subject and body of an e-mail."""
    subject, _, body = _render(parcel, "email").partition("\n")
    return Letter(parcel.key, parcel.to, subject.strip(), body.strip() + "\n", parcel.claimed_at)


def sms(parcel: Parcel) -> Letter:
    """A text message, in one part; one that ends in a link, which must not be cut, may take what it needs."""
    text = " ".join(_render(parcel, "sms").split())
    most = ONE_ASCII_PART if text.isascii() else ONE_PART
    if parcel.rating and current_app.config["PUBLIC_URL"]:
        most = len(text)
    return Letter(parcel.key, parcel.to, "", text[:most], parcel.claimed_at)


def _render(parcel: Parcel, form: str) -> str:
    language = parcel.locale if parcel.locale in LOCALES else "zh"
    names = [f"notices/{language}/{form}_{parcel.kind}.txt", f"notices/{language}/{form}.txt"]
    with force_locale(LOCALES[language]):
        return current_app.jinja_env.get_or_select_template(names).render(
            parcel=parcel, link=_link(parcel), replies=bool(current_app.config["SMS_INBOUND_TOKEN"]))


def _link(parcel: Parcel) -> str:
    """Where a caller may rate; nothing where this installation has no public address."""
    public = current_app.config["PUBLIC_URL"]
    return f"{public.rstrip('/')}/rate/{parcel.rating}" if public and parcel.rating else ""
