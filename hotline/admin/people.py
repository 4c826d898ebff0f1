"""People: who has an account, for which unit, in which roles."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, history_of, on_record, one, saved
from hotline.choices import named, typed_name
from hotline.forms import Typed, keeps, load, query, sent_once
from hotline.pages import Key, paginate
from hotline.sign_in.passwords import hash_password, random_password
from workflows import administer
from workflows.model.directory import User
from workflows.model.idempotency import AlreadyDone
from workflows.read import settings
from workflows.rules.roles import Role
from workflows.rules.vocabulary import SettingSubject

#: Roles people may hold.
ROLES = [role for role in Role if role not in {Role.CITIZEN, Role.SYSTEM}]


@bp.get("/users")
def users() -> ResponseReturnValue:
    """People, with search."""
    for_administrators()
    found, typed = query(schemas.UserSearch)
    listed = settings.users(found.get("q") or "", unit_id=found.get("unit_id"), role=found.get("role"),
                            disabled=bool(found.get("closed")))
    page = paginate(listed, [Key(User.account), Key(User.id)])
    return render_template("admin/users.html", page=page, typed=typed, roles=ROLES,
                           unit=named("units", found.get("unit_id")))


def new_user_page(typed: Typed | None = None) -> str:
    """The form of a new account."""
    for_administrators()
    typed = typed or Typed()
    return render_template("admin/user_new.html", typed=typed, roles=ROLES, unit=typed_name(typed, "unit_id", "units"))


@bp.get("/users/new")
def new_user() -> ResponseReturnValue:
    """The form of a new account."""
    return new_user_page()


@bp.post("/users/new")
@keeps(new_user_page)
def create_user() -> ResponseReturnValue:
    """Make the account; its one-time password is shown on this answer and never again."""
    form = load(schemas.NewUser)
    password = random_password()
    row = None
    with suppress(AlreadyDone), sent_once(current_actor()):
        row = administer.create_user(current_actor(), password_hash=hash_password(password), **form)
    return _password_once(row, password)


def _password_once(row: User | None, password: str) -> ResponseReturnValue:
    if row is None:
        flash(gettext("这次提交已经处理过，一次性密码不会再次显示。"), "info")
        return redirect(url_for("admin.users"), code=303)
    return render_template("admin/password_once.html", user=row, password=password)


def user_page(user_id: int, typed: Typed | None = None) -> str:
    """Somebody's account, what may be done with it, and its history."""
    for_administrators()
    row = one(User, user_id)
    held = [each.role for each in row.roles]
    typed = typed or Typed(on_record(row, "name", "unit_id", "work_phone", "email") | {"roles": held})
    return render_template("admin/user.html", user=row, typed=typed, roles=ROLES,
                           unit=typed_name(typed, "unit_id", "units"), **history_of(SettingSubject.USER, user_id))


@bp.get("/users/<int:user_id>")
def user(user_id: int) -> ResponseReturnValue:
    """Somebody's account."""
    return user_page(user_id)


@bp.post("/users/<int:user_id>")
@keeps(user_page)
def change_user(user_id: int) -> ResponseReturnValue:
    """Change name, unit, roles."""
    administer.change_user(user_id, current_actor(), **load(schemas.ChangedUser))
    return saved("admin.user", gettext("已保存，下一次操作即按新岗位生效。"), user_id=user_id)


@bp.post("/users/<int:user_id>/disable")
@keeps(user_page)
def disable_user(user_id: int) -> ResponseReturnValue:
    """End somebody's access at once."""
    form: dict[str, Any] = load(schemas.Noted)
    administer.disable_user(user_id, current_actor(), version=form["version"], note=form.get("note") or "")
    return saved("admin.user", gettext("账号已停用，其登录已全部失效。"), user_id=user_id)


@bp.post("/users/<int:user_id>/enable")
@keeps(user_page)
def enable_user(user_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    administer.enable_user(user_id, current_actor(), **load(schemas.Versioned))
    return saved("admin.user", gettext("账号已启用。"), user_id=user_id)


@bp.post("/users/<int:user_id>/unlock")
@keeps(user_page)
def unlock_user(user_id: int) -> ResponseReturnValue:
    """Lift the lock of failed sign-ins."""
    administer.unlock_user(user_id, current_actor(), **load(schemas.Versioned))
    return saved("admin.user", gettext("登录锁定已解除。"), user_id=user_id)


@bp.post("/users/<int:user_id>/password")
@keeps(user_page)
def reset_password(user_id: int) -> ResponseReturnValue:
    """A new one-time password, shown on this answer and never again."""
    form = load(schemas.Versioned)
    password = random_password()
    row = administer.reset_password(user_id, current_actor(), password_hash=hash_password(password), **form)
    return render_template("admin/password_once.html", user=row, password=password)
