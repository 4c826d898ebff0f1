"""Which language a reader gets: the account's, the browser's choice, else Chinese."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, session
from flask_babel import Babel, Domain, get_locale

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
#: The English words of the Chinese message ids.
CATALOGUE = Path(__file__).parent / "translations/en/LC_MESSAGES/messages.po"


def locale() -> str:
    """The locale of this request."""
    if not has_request_context():
        return LOCALES["zh"]
    visitor = g.get("visitor")
    chosen = visitor.locale if visitor is not None else session.get("locale")
    return LOCALES.get(chosen or "zh", LOCALES["zh"])


class Words(Domain):
    """Messages from the .po itself: there is no compiled file to be forgotten, stale or without a place to stand.

    Reading it takes some hundredths of a second, once for an application.
    """

    def __init__(self, catalogue: Path) -> None:
        super().__init__()
        with catalogue.open("rb") as text:
            words = read_po(text, locale="en", abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, words)
        compiled.seek(0)
        self._english, self._chinese = Translations(compiled), NullTranslations()

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language; Chinese is what stands in the source."""
        reader = get_locale()
        return self._english if reader is not None and reader.language == "en" else self._chinese


def init_app(app: Flask) -> None:
    """Chinese texts are the message ids; the English catalogue stands in translations/."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LOCALES["zh"])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    Babel(app, locale_selector=locale).domain_instance = Words(CATALOGUE)
