"""Who is there, and which doors open.

A sign-in is a row of `user_session`; the browser's signed cookie carries a random id whose SHA-256 is the row's
key, so a row can be revoked and a stolen table signs nobody in. Systems bring a bearer token instead, under
/api/ only. Every blueprint is mounted with a guard (`hotline.MOUNTS`); an endpoint without one is closed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import flask_smorest
from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Row, bindparam, func, select, update

from hotline.city import known, reference
from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db, transaction
from workflows.model.directory import ApiToken, User, UserRole, UserSession
from workflows.model.related import Recusal
from workflows.model.settings import ReferenceVersion
from workflows.rules.roles import Actor, Role

#: A session ends when nothing was done for IDLE, and ABSOLUTE after sign-in whatever was done
#: (NIST SP 800-63B, AAL2). `seen_at` is written at most once per TOUCH.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)

#: Key of the random id in the signed cookie.
SESSION_KEY = "sid"
#: Pages refresh themselves under this header; such a request is no sign of life of the person.
POLL_HEADER = "X-Poll"
#: Where somebody who must change the password may still go.
PASSWORD_ENDPOINTS = frozenset({"account.password", "account.change_password", "account.sign_out"})

#: Endpoints of style, scripts and pictures.
FILES = frozenset({"static", "assets"})

login_manager = LoginManager()
csrf = CSRFProtect()


@dataclass(frozen=True)
class Visitor(UserMixin):
    """Somebody signed in, for the length of one request. `session_id` is None for a bearer token."""

    actor: Actor
    locale: str
    must_change_password: bool
    notices_seen_at: datetime | None
    session_id: int | None

    def get_id(self) -> str:
        """Flask-Login's name for it; the account."""
        return self.actor.account


@dataclass(frozen=True)
class Guard:
    """A door: who may pass. `roles` is None for everybody signed in; `signed_in` False for everybody."""

    name: str
    signed_in: bool = True
    roles: frozenset[Role] | None = None
    #: False where a bearer token signs each request, so that no browser can be made to send it.
    csrf: bool = True

    def refusal(self) -> ResponseReturnValue | None:
        """Nothing where the visitor may pass, a redirect to sign in; raises NotAllowed or a 401."""
        if not self.signed_in:
            return None
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()
        if current_user.must_change_password and request.endpoint not in PASSWORD_ENDPOINTS:
            return _password_first()
        if self.roles is not None and not current_user.actor.has(self.roles):
            raise NotAllowed("role_may_not_enter")
        return None


#: Open to the world. Said aloud in MOUNTS.
public = Guard("public", signed_in=False)
#: Everybody who is signed in.
signed_in = Guard("signed_in")
#: Other systems, by bearer token; what they may do is decided by the roles of the token's account.
by_token = Guard("by_token", csrf=False)
#: The gateway for text messages, by a token of its own (hotline/api/inbound.py).
by_gateway = Guard("by_gateway", signed_in=False, csrf=False)


def roles_only(*roles: Role) -> Guard:
    """Only people who hold one of the roles."""
    return Guard(f"roles_only({', '.join(roles)})", roles=frozenset(roles))


def current_actor() -> Actor:
    """The person behind this request, as the loop needs to know them. 401 where nobody is signed in."""
    if not current_user.is_authenticated:
        abort(401)
    return current_user.actor


def hash_of(secret: str) -> bytes:
    """What is kept of a session id or bearer token. They are random, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()


def init_app(app: Flask) -> None:
    """Sign-in by server-side sessions, CSRF on every form, and the guards."""
    secure = bool(app.config.get("TLS"))
    app.config.update(
        SESSION_COOKIE_NAME="__Host-hotline" if secure else "hotline",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # The token lives as long as the sign-in: a form may stay open through a long call.
        WTF_CSRF_TIME_LIMIT=None,
    )
    login_manager.session_protection = None
    # Templates are told of the visitor by pages.py; Flask-Login's own way would ask the database on error pages too.
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)
    app.before_request(_enforce)


def _enforce() -> ResponseReturnValue | None:
    """Ask the guard of the endpoint's blueprint. Closed where there is none."""
    if request.endpoint is None or request.endpoint in FILES:
        return None
    guard = guard_of(current_app._get_current_object(), request.endpoint)
    if guard is None:
        raise NotAllowed("role_may_not_enter")
    if guard is not public or SESSION_KEY in session:
        g.visitor = current_user if current_user.is_authenticated else None
        g.user_id = g.visitor.actor.user_id if g.visitor else None
    return guard.refusal()


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """The guard an endpoint's blueprint was mounted with."""
    return app.extensions["guards"].get(endpoint.rpartition(".")[0])


def _password_first() -> ResponseReturnValue:
    if request.method == "GET" and not request.path.startswith("/api/"):
        return redirect(url_for("account.password"), code=303)
    raise NotAllowed("password_must_change")


@login_manager.unauthorized_handler
def _unauthorized() -> ResponseReturnValue:
    """To the sign-in page and back; where something was being sent, a page that keeps the browser's form alive."""
    plain_page = request.method == "GET" and not request.path.startswith("/api/")
    if not plain_page or "HX-Request" in request.headers:
        return abort(401)
    target = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.page", next=None if target == "/" else target), code=303)


@login_manager.request_loader
def _load(_request: object) -> Visitor | None:
    """The visitor behind a request: by bearer token under /api/, by session elsewhere."""
    if request.path.startswith("/api/"):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return _by_token(token.strip()) if scheme.lower() == "bearer" else None
    secret = session.get(SESSION_KEY)
    return _by_session(secret) if isinstance(secret, str) else None


_PERSON = (
    User.id, User.account, User.name, User.unit_id, User.locale, User.must_change_password, User.notices_seen_at,
    select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).scalar_subquery().label("roles"),
    select(ReferenceVersion.number).scalar_subquery().label("settings"),
    select(func.array_agg(Recusal.ticket_id)).where(Recusal.user_id == User.id).scalar_subquery().label("recused"),
)
#: One question each, written once: they come before everything else a request does.
_SESSION = (
    select(*_PERSON, UserSession.id.label("session_id"), UserSession.seen_at, UserSession.created_at,
           func.hotline_now().label("at"))
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.token_hash == bindparam("hash"), UserSession.revoked_at.is_(None), User.active)
)
_NAMED = select(*_PERSON).where(User.account == bindparam("account"), User.active)
_TOKEN = (
    select(*_PERSON)
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.token_hash == bindparam("hash"), ApiToken.revoked_at.is_(None),
           ApiToken.expires_at > func.hotline_now(), User.active)
)


def _by_session(secret: str) -> Visitor | None:
    found = db.session.execute(_SESSION, {"hash": hash_of(secret)}).one_or_none()
    if found is None:
        return None
    if found.at - found.seen_at > IDLE or found.at - found.created_at > ABSOLUTE:
        return None
    if found.at - found.seen_at > TOUCH and POLL_HEADER not in request.headers:
        _touch(found.session_id, found.at)
    return _visitor(found, found.session_id)


def _touch(session_id: int, at: datetime) -> None:
    unseen = update(UserSession).where(UserSession.id == session_id, UserSession.seen_at < at - TOUCH)
    with transaction():
        db.session.execute(unseen.values(seen_at=at), execution_options={"synchronize_session": False})


def _by_token(token: str) -> Visitor | None:
    found = db.session.execute(_TOKEN, {"hash": hash_of(token)}).one_or_none()
    return _visitor(found, None) if found else None


def actor_named(account: str) -> Actor:
    """Whoever holds that account, for commands run on the server itself. Raises Unknown."""
    found = db.session.execute(_NAMED, {"account": account}).one_or_none()
    if found is None:
        raise Unknown("account_unknown", account=account)
    return _actor(found)


def _visitor(person: Row, session_id: int | None) -> Visitor:
    return Visitor(
        actor=_actor(person),
        locale=person.locale,
        must_change_password=person.must_change_password,
        notices_seen_at=person.notices_seen_at,
        session_id=session_id,
    )


def _actor(person: Row) -> Actor:
    """Somebody as the loop knows people: with roles, unit, and the units below it."""
    known(person.settings)
    ref = reference()
    return Actor(
        user_id=person.id,
        account=person.account,
        name=person.name,
        roles=frozenset(Role(held) for held in person.roles or ()),
        unit_id=person.unit_id,
        unit_name=ref.unit_name(person.unit_id),
        unit_ids=ref.subtree(person.unit_id),
        recused_from=frozenset(person.recused or ()),
    )


def mount(app: Flask, api: flask_smorest.Api, blueprint: Blueprint, guard: Guard) -> None:
    """Register a blueprint behind its guard; one of flask-smorest through the API, which describes it."""
    app.extensions["guards"][blueprint.name] = guard
    if not guard.csrf:
        csrf.exempt(blueprint)
    (api if isinstance(blueprint, flask_smorest.Blueprint) else app).register_blueprint(blueprint)
