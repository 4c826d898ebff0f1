"""Who and where: units, areas, categories, people, sessions, tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.model.base import Base, Numbered


class Unit(Numbered, Base):
    """A unit of the organisation tree (承办单位). `path` is the materialised path, "/1/7/" with its own id last."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("path LIKE '/%/'", name="path_has_slashes"),
        Index("ix_unit_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(200), default="/")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    #: Which of its replies its leader signs (`rules.signing`).
    signs_replies: Mapped[str] = mapped_column(String(8), default="WEIGHTY", server_default="WEIGHTY")
    active_from: Mapped[date] = mapped_column(Date)
    active_to: Mapped[date | None] = mapped_column(Date)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int] = mapped_column(default=1)


class FormerName(Numbered, Base):
    """What a unit was called until a day; history calls it so."""

    __tablename__ = "former_name"
    __table_args__ = (Index("ix_former_name_unit_id", "unit_id", "last_day"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(40))
    last_day: Mapped[date] = mapped_column(Date)


class Area(Numbered, Base):
    """A place of the city: district, street or town, community."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    initials: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    path: Mapped[str] = mapped_column(String(200), default="/")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Category(Numbered, Base):
    """A node of the matter tree (事项分类)."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    initials: Mapped[str] = mapped_column(String(80), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    level: Mapped[int] = mapped_column(default=1)
    path: Mapped[str] = mapped_column(String(200), default="/")
    needs_place: Mapped[bool] = mapped_column(default=False)
    #: A reply must come with a picture of the handling (D7).
    needs_picture: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Of hazards (隐患): closed only with a picture of the re-check.
    hazard: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class User(Numbered, Base):
    """A person who signs in."""

    __tablename__ = "user_account"
    __table_args__ = (Index("ix_user_account_unit_id", "unit_id"),)

    account: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    #: Where notices reach this person at work; E.164.
    work_phone: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
    notices_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined")
    roles: Mapped[list[UserRole]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )


class UserRole(Base):
    """A role somebody holds."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    user: Mapped[User] = relationship(back_populates="roles")


class Absence(Numbered, Base):
    """Somebody is away from a day to a day, both included; meanwhile notices reach the delegate too."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_run_forward"),
        CheckConstraint("delegate_id <> user_id", name="delegate_is_another"),
        Index("ix_absence_user_id", "user_id", "last_day"),
        Index("ix_absence_delegate_id", "delegate_id", "last_day"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    ended: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class UserSession(Numbered, Base):
    """A signed-in browser. Only the hash of its secret is kept; revoking the row ends it."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class ApiToken(Numbered, Base):
    """A bearer token of the API. Only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInEvent(Numbered, Base):
    """A sign-in, a failure, a sign-out: append-only."""

    __tablename__ = "sign_in_event"

    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
