"""Shapes of the forms of this folder."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from hotline.forms import CleanStr, Form, Problem, Secret, StrictInt


class SignInForm(Form):
    """Account and password, and where to go then."""

    account = CleanStr(required=True, most=40)
    password = Secret(required=True)
    next = CleanStr(most=500)


class PasswordForm(Form):
    """The present password, and the new one twice."""

    old = Secret(required=True)
    new = Secret(required=True)
    again = Secret(required=True)

    @validates_schema
    def _same(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("new") != data.get("again"):
            raise ValidationError({"again": [Problem("password_differs")]})


class LanguageForm(Form):
    """Which language, and the page to return to."""

    locale = CleanStr(required=True, pattern="zh|en")
    next = CleanStr(most=500)


class NoticeQuery(Form):
    """Which page of the notices: those older than one."""

    before = StrictInt(least=1)
