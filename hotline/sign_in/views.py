"""Pages everybody has: sign in and out, password, language, notices."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from hotline import navigation, notices
from hotline.access import SESSION_KEY, current_actor
from hotline.forms import Typed, keeps, load, query
from hotline.limiting import FAILED_SIGN_INS, limiter
from hotline.pages import PAGE_SIZE, fragment
from hotline.sign_in import service
from hotline.sign_in.schemas import LanguageForm, NoticeQuery, PasswordForm, SignInForm

#: Open to the world.
sign_in = Blueprint("sign_in", __name__)
#: For everybody signed in.
account = Blueprint("account", __name__)


def _browser() -> service.Browser:
    return service.Browser(address=request.remote_addr or "", agent=request.headers.get("User-Agent", ""))


def safe_target(target: str) -> str:
    """An address on this site, or the home page: nobody is sent elsewhere after signing in."""
    parts = urlsplit(target.replace("\\", "/"))
    inside = target.startswith("/") and not target.startswith("//") and not parts.netloc and not parts.scheme
    return target if inside and target.isprintable() else url_for("account.home")


def _take(secret: str) -> None:
    """Give the browser a new session; whatever the old one held is gone."""
    locale = session.get("locale")
    session.clear()
    session[SESSION_KEY] = secret
    if locale:
        session["locale"] = locale


def _failed(response: Response) -> bool:
    return response.status_code == 403


def sign_in_page(typed: Typed | None = None) -> str:
    """The sign-in page; the password is never shown again."""
    return render_template("sign_in/sign_in.html", typed=typed or Typed(request.args))


@sign_in.get("/sign-in")
def page() -> ResponseReturnValue:
    """The way in."""
    if current_user.is_authenticated:
        return redirect(url_for("account.home"), code=303)
    return sign_in_page()


@sign_in.post("/sign-in")
@limiter.limit(FAILED_SIGN_INS, deduct_when=_failed)
@keeps(sign_in_page, also=frozenset({"sign_in_failed"}))
def enter() -> ResponseReturnValue:
    """Check account and password and open a session."""
    form = load(SignInForm)
    secret = service.sign_in(form["account"], form["password"], _browser())
    if current_user.is_authenticated and current_user.session_id is not None:
        service.sign_out(current_user.session_id, current_user.actor, _browser())
    _take(secret)
    return redirect(safe_target(form["next"]), code=303)


@sign_in.get("/form-token")
def form_token() -> ResponseReturnValue:
    """A fresh form token, for a page left open while somebody signed in again in another window."""
    return jsonify(token=generate_csrf())


@sign_in.post("/language")
def language() -> ResponseReturnValue:
    """Switch the language, for this browser and for the account if there is one."""
    form = load(LanguageForm)
    session["locale"] = form["locale"]
    if current_user.is_authenticated:
        service.set_locale(current_user.actor, form["locale"])
    return redirect(safe_target(form["next"]), code=303)


@account.get("/")
def home() -> ResponseReturnValue:
    """To the first page of this person's work."""
    entry = navigation.menu()[0][1][0]
    return redirect(url_for(entry.endpoint, **dict(entry.arguments)), code=303)


@account.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    service.sign_out(current_user.session_id, current_actor(), _browser())
    session.clear()
    return redirect(url_for("sign_in.page"), code=303)


def password_page(typed: Typed | None = None) -> str:
    """The form for a new password; what was typed is not repeated."""
    return render_template("sign_in/password.html", typed=Typed(refusal=typed.refusal if typed else None))


@account.get("/password")
def password() -> ResponseReturnValue:
    """Change the password."""
    return password_page()


@account.post("/password")
@keeps(password_page)
def change_password() -> ResponseReturnValue:
    """Set the new password; every other session of the account ends."""
    form = load(PasswordForm)
    _take(service.change_password(current_actor(), form["old"], form["new"], _browser()))
    refresh()
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "good")
    return redirect(url_for("account.home"), code=303)


@account.get("/notices")
def notice_list() -> ResponseReturnValue:
    """Notices to this person's unit and roles, newest first."""
    found, _ = query(NoticeQuery)
    items = notices.newest(current_actor(), found.get("before"), PAGE_SIZE + 1)
    shown = {"items": items[:PAGE_SIZE], "more": len(items) > PAGE_SIZE, "seen_at": current_user.notices_seen_at}
    return render_template("sign_in/notices.html", **shown)


@account.post("/notices/seen")
def notices_seen() -> ResponseReturnValue:
    """All of them are read."""
    notices.see(current_actor())
    return redirect(url_for("account.notice_list"), code=303)


@account.get("/notices/badge")
def notice_badge() -> ResponseReturnValue:
    """The number of unread notices, for the top bar's poll."""
    return fragment(render_template("sign_in/badge.html"))


@account.get("/alarm")
def alarm() -> ResponseReturnValue:
    """What is wrong with the system itself, for the poll of the bar above the page."""
    return fragment(render_template("layout/alarm.html"))
