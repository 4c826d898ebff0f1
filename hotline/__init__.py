"""Who meets the loop: seats, API, sign-in, start-up. It decides nothing; `workflows` does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from hotline import (
    access,
    channels,
    choices,
    config,
    database,
    errors,
    headers,
    languages,
    limiting,
    logs,
    navigation,
    pages,
)
from hotline.absences import views as absences
from hotline.admin import views as admin
from hotline.agents import views as agents
from hotline.api import health, inbound, metrics
from hotline.api import views as api
from hotline.api.openapi import Api
from hotline.approvals import views as approvals
from hotline.attachments import views as attachments
from hotline.blocks import views as blocks
from hotline.callbacks import views as callbacks
from hotline.citizens import views as citizens
from hotline.departments import views as departments
from hotline.desk import views as desk
from hotline.dispatchers import views as dispatchers
from hotline.drafts import views as drafts
from hotline.figures import views as figures
from hotline.gaps import views as gaps
from hotline.imports import views as imports
from hotline.letters import views as letters
from hotline.periods import views as periods
from hotline.reconciliations import views as reconciliations
from hotline.repeats import views as repeats
from hotline.reports import views as reports
from hotline.reviews import checks as reviews
from hotline.risks import views as risks
from hotline.sign_in import views as sign_in
from hotline.supervisors import views as supervisors
from hotline.tickets import finding as tickets
from workflows import attach
from workflows.administer.blocks import BLOCKERS
from workflows.administer.books import RULE_SETTERS
from workflows.administer.gaps import GAP_KEEPERS
from workflows.administer.letters import POSTMASTERS
from workflows.imports import IMPORTERS
from workflows.model import secrets
from workflows.read.agents import SEES_ALL
from workflows.read.repeats import REPEAT_READERS
from workflows.rules.roles import UNIT_ROLES, Role

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
#: Largest request body: an import of some ten thousand rows, or a file.
MOST_BYTES = 32 * MEGABYTE
#: Largest body that is no upload, and largest sum of a form's fields.
MOST_FORM_BYTES = 2 * MEGABYTE
#: Fields and files of one upload.
MOST_PARTS = 60

#: Every door of the house: a blueprint and who may pass. An endpoint outside this table is closed to everybody.
MOUNTS: tuple[tuple[Blueprint, access.Guard], ...] = (
    (sign_in.sign_in, access.public),
    (citizens.bp, access.public),
    (sign_in.account, access.signed_in),
    (absences.bp, access.signed_in),
    (drafts.bp, access.signed_in),
    (departments.bp, access.roles_only(*UNIT_ROLES)),
    (risks.bp, access.roles_only(*navigation.ON_DUTY)),
    (approvals.bp, access.roles_only(*navigation.WATCHING, *UNIT_ROLES)),
    (tickets.bp, access.roles_only(*navigation.SEEING_TICKETS)),
    (attachments.bp, access.roles_only(*navigation.SEEING_TICKETS)),
    (desk.bp, access.roles_only(*navigation.AT_THE_DESK)),
    (callbacks.bp, access.roles_only(Role.CALLBACK, Role.SUPERVISOR)),
    (choices.bp, access.signed_in),
    (imports.bp, access.roles_only(*IMPORTERS)),
    (admin.bp, access.roles_only(*RULE_SETTERS)),
    (letters.bp, access.roles_only(*POSTMASTERS)),
    (reviews.bp, access.roles_only(*navigation.REVIEWING)),
    (dispatchers.bp, access.roles_only(*navigation.AT_DISPATCH)),
    (reconciliations.bp, access.roles_only(*navigation.RECONCILING)),
    (blocks.bp, access.roles_only(*BLOCKERS)),
    (gaps.bp, access.roles_only(*GAP_KEEPERS)),
    (supervisors.bp, access.roles_only(*navigation.WATCHING)),
    (figures.bp, access.roles_only(*navigation.WATCHING, *UNIT_ROLES)),
    (periods.bp, access.roles_only(*navigation.WATCHING, *UNIT_ROLES)),
    (agents.bp, access.roles_only(Role.AGENT, *sorted(SEES_ALL))),
    (repeats.bp, access.roles_only(*REPEAT_READERS)),
    (reports.bp, access.roles_only(*navigation.WATCHING, *UNIT_ROLES)),
    (api.bp, access.by_token),
    (inbound.bp, access.by_gateway),
    (health.bp, access.public),
    (metrics.bp, access.public),  # and a door of its own: this machine, or a token
)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application. `settings` is what `hotline.config.load` makes; without it the environment is read.

    Raises hotline.config.ConfigError where a setting is missing or unsafe.
    """
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES, MAX_FORM_PARTS=MOST_PARTS)
    app.config.from_mapping(config.load(os.environ) if settings is None else settings)
    _trust_proxies(app)
    app.before_request(_limit_body)  # before anything reads the body
    logs.init_app(app)  # first, so that every later step of a request has its id
    headers.init_app(app)
    _open_database(app)
    limiting.init_app(app)  # before sign-in: a blocked address costs no query
    access.init_app(app)
    languages.init_app(app)  # after sign-in: the language is the account's
    errors.init_app(app)
    pages.init_app(app)
    drafts.init_app(app)
    channels.install(app.config)
    _open_store(app)
    _mount(app)
    return app


def _trust_proxies(app: Flask) -> None:
    """Believe X-Forwarded-For and -Proto of as many proxies as are configured, and of none unasked.

    X-Forwarded-Host is never believed: the proxy passes Host on, and TRUSTED_HOSTS checks it.
    """
    count = app.config.get("TRUSTED_PROXIES", 0)
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


def _limit_body() -> None:
    """Only uploads may be as large as MOST_BYTES."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_FORM_BYTES


def _open_database(app: Flask) -> None:
    # Bound values never reach the logs: they may be names and telephone numbers.
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {}).setdefault("hide_parameters", True)
    database.attach(app)
    if keys := app.config.get("IDENTITY_KEY"):
        cipher, phone_key = app.config["IDENTITY_CIPHER"], app.config["PHONE_KEY"]
        secrets.install(secrets.IdentityBox(keys, next(iter(keys)), cipher, phone_key))


def _open_store(app: Flask) -> None:
    limits = attach.Limits(
        file_bytes=app.config["ATTACHMENT_MEGABYTES"] * MEGABYTE, files=app.config["ATTACHMENTS_PER_TICKET"],
        ticket_bytes=app.config["ATTACHMENT_MEGABYTES_PER_TICKET"] * MEGABYTE,
        pixels=app.config["ATTACHMENT_MEGAPIXELS"] * 1_000_000,
    )
    attach.install(Path(app.config["ATTACHMENTS"]), limits)


def _mount(app: Flask) -> None:
    """Register every blueprint behind its guard; those of the API also with their description."""
    app.config.update(
        API_TITLE="12345 hotline", API_VERSION="v1", OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1", OPENAPI_JSON_PATH="openapi.json",
    )
    app.extensions["guards"] = {"api-docs": access.public}
    described = Api(app)
    for blueprint, guard in MOUNTS:
        access.mount(app, described, blueprint, guard)
