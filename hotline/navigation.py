"""The menu: one table of entries, each an endpoint and who sees it; and what needs no entry, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from workflows.administer.blocks import BLOCKERS
from workflows.administer.gaps import GAP_KEEPERS
from workflows.administer.letters import POSTMASTERS
from workflows.imports import IMPORTERS
from workflows.read.agents import SEES_ALL
from workflows.read.repeats import REPEAT_READERS
from workflows.rules.lifecycle.move import PRE_REVIEWING
from workflows.rules.roles import HOTLINE_ROLES, READING_ROLES, UNIT_ROLES, Role


@dataclass(frozen=True)
class Entry:
    """A line of the menu: where it leads, its words, who sees it. `arguments` go into the address."""

    endpoint: str
    text: Any
    roles: frozenset[Role]
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """A heading of the menu and its entries."""

    text: Any
    entries: tuple[Entry, ...]


def _entry(endpoint: str, text: Any, *roles: Role, **arguments: str) -> Entry:
    return Entry(endpoint, text, frozenset(roles), tuple(arguments.items()))


EVERYBODY = tuple(role for role in Role if role not in {Role.CITIZEN, Role.SYSTEM})

#: Who may see tickets, each within their scope; administrators see none.
SEEING_TICKETS = frozenset(HOTLINE_ROLES | UNIT_ROLES | READING_ROLES)
#: Who answers calls, and may look up whose number it is.
AT_THE_DESK = frozenset({Role.AGENT, Role.SHIFT_LEAD})

DISPATCHING = (Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.HOTLINE_DIR)
#: Who has a tab at the dispatch desk.
AT_DISPATCH = (*DISPATCHING, Role.AGENT, Role.REVIEWER)
EXTENDING = (Role.SUPERVISOR, Role.HOTLINE_DIR)
APPROVING = (*EXTENDING, Role.UNIT_LEAD)
REVIEWING = (Role.REVIEWER, Role.SUPERVISOR)
WATCHING = (Role.SUPERVISOR, Role.HOTLINE_DIR, Role.SHIFT_LEAD, *sorted(READING_ROLES))

ON_DUTY = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.HOTLINE_DIR)

RECONCILING = (Role.SUPERVISOR, Role.HOTLINE_DIR, Role.ADMIN)

#: Order of the work: take the call, dispatch, handle, review, ring back, watch, administer.
MENU: tuple[Group, ...] = (
    Group(
        lazy_gettext("受理"),
        (
            _entry("desk.page", lazy_gettext("受理登记"), *sorted(AT_THE_DESK)),
            _entry("blocks.index", lazy_gettext("黑名单"), *sorted(BLOCKERS)),
        ),
    ),
    Group(
        lazy_gettext("派单"),
        (
            _entry("dispatchers.desk", lazy_gettext("待派单"), *DISPATCHING),
            _entry("dispatchers.desk", lazy_gettext("退单待审"), *DISPATCHING, tab="returns"),
            _entry("dispatchers.desk", lazy_gettext("会商"), *DISPATCHING, tab="conferences"),
            _entry("dispatchers.desk", lazy_gettext("受理待审"), *sorted(PRE_REVIEWING), tab="admission"),
            _entry("dispatchers.desk", lazy_gettext("待补充"), Role.AGENT, *sorted(PRE_REVIEWING), tab="details"),
            _entry("imports.index", lazy_gettext("批量导入"), *sorted(IMPORTERS)),
        ),
    ),
    Group(
        lazy_gettext("承办"),
        (
            _entry("departments.queue", lazy_gettext("承办工单"), *UNIT_ROLES),
            _entry("approvals.queue", lazy_gettext("待我审批"), *APPROVING),
            _entry("approvals.ledger", lazy_gettext("挂账台账"), *WATCHING, *UNIT_ROLES),
            _entry("departments.invited", lazy_gettext("会商邀请"), *UNIT_ROLES),
        ),
    ),
    Group(
        lazy_gettext("审核"),
        (
            _entry("reviews.queue", lazy_gettext("回复审核"), *REVIEWING),
            _entry("reviews.checks", lazy_gettext("终止与不予受理抽查"), *REVIEWING),
        ),
    ),
    Group(
        lazy_gettext("回访"),
        (_entry("callbacks.queue", lazy_gettext("回访队列"), Role.CALLBACK),),
    ),
    Group(
        lazy_gettext("督办"),
        (
            _entry("reports.leaders", lazy_gettext("领导驾驶舱"), *WATCHING, Role.UNIT_LEAD),
            _entry("supervisors.board", lazy_gettext("超期与将超期"), *WATCHING),
            _entry("risks.waiting", lazy_gettext("风险"), *ON_DUTY),
            _entry("supervisors.quality", lazy_gettext("派单质量"), *WATCHING),
            _entry("gaps.index", lazy_gettext("知识缺口"), *sorted(GAP_KEEPERS)),
            _entry("dispatchers.desk", lazy_gettext("延期待审"), *EXTENDING, tab="extensions"),
            _entry("callbacks.queue", lazy_gettext("不满意待处理"), Role.SUPERVISOR, tab="DISSATISFIED"),
            _entry("reconciliations.page", lazy_gettext("数据核对"), *RECONCILING),
            _entry("letters.index", lazy_gettext("外发消息"), *sorted(POSTMASTERS)),
            _entry("approvals.excluded", lazy_gettext("评价剔除公示"), *WATCHING, *UNIT_ROLES),
            _entry("reports.page", lazy_gettext("运行通报"), *WATCHING, *UNIT_ROLES),
            _entry("reports.place", lazy_gettext("街镇画像"), *WATCHING, *UNIT_ROLES),
            _entry("agents.table", lazy_gettext("话务员报表"), Role.AGENT, *sorted(SEES_ALL)),
            _entry("repeats.page", lazy_gettext("重复来电人"), *sorted(REPEAT_READERS)),
            _entry("reports.board", lazy_gettext("运行大屏"), *WATCHING),
            _entry("figures.table", lazy_gettext("考核指标"), *WATCHING, *UNIT_ROLES),
            _entry("figures.ranking", lazy_gettext("考核排名"), *WATCHING, *UNIT_ROLES),
            _entry("periods.index", lazy_gettext("账期锁定"), *WATCHING, *UNIT_ROLES),
            _entry("figures.dissatisfied_ledger", lazy_gettext("不满意台账"), *WATCHING, *UNIT_ROLES),
        ),
    ),
    Group(
        lazy_gettext("管理"),
        (
            _entry("admin.users", lazy_gettext("用户与岗位"), Role.ADMIN),
            _entry("admin.units", lazy_gettext("单位"), Role.ADMIN),
            _entry("admin.nodes", lazy_gettext("事项分类"), Role.ADMIN, what="categories"),
            _entry("admin.nodes", lazy_gettext("区域"), Role.ADMIN, what="areas"),
            _entry("admin.catalogue", lazy_gettext("派单目录"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.proposals", lazy_gettext("目录修订建议"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.thresholds", lazy_gettext("流转阈值"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.risks", lazy_gettext("风险词库"), Role.ADMIN),
            _entry("admin.limits", lazy_gettext("时限规则"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.ladder", lazy_gettext("升级规则"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.scoring", lazy_gettext("评分与口径"), Role.ADMIN, Role.HOTLINE_DIR),
            _entry("admin.calendars", lazy_gettext("工作日历"), Role.ADMIN),
            _entry("admin.chains", lazy_gettext("审批设置"), Role.ADMIN),
            _entry("admin.subscriptions", lazy_gettext("通知设置"), Role.ADMIN),
            _entry("admin.record", lazy_gettext("设置变更记录"), Role.ADMIN, Role.HOTLINE_DIR),
        ),
    ),
    Group(
        lazy_gettext("个人"),
        (
            _entry("tickets.find", lazy_gettext("工单查询"), *sorted(SEEING_TICKETS)),
            _entry("account.notice_list", lazy_gettext("我的消息"), *EVERYBODY),
            _entry("absences.mine", lazy_gettext("外出代办"), *EVERYBODY),
            _entry("account.password", lazy_gettext("修改密码"), *EVERYBODY),
        ),
    ),
)

#: Pages (GET, without arguments in the address) that stand on no menu, and why. Everything else a person can open
#: must be an entry above; tests/shape/test_navigation.py proves it.
EXCUSED: Mapping[str, str] = {
    "callbacks.rows": "polled by the queue of call-backs",
    "callbacks.new_request": "a button of every call",
    "callbacks.next_call": "a button of the queue and of every call; leads on to a call",
    "admin.new_limit": "a button on the list of limits",
    "admin.profiles": "a button on the list of limits",
    "approvals.ledger_csv": "a button on the ledger",
    "admin.unit_changes": "a button on the list of units",
    "admin.recounts": "a button on the limits and on every year",
    "admin.present_limits": "a link on the page of profiles",
    "admin.new_step": "a button on the ladder",
    "admin.new_line": "a button on the catalogue",
    "admin.new_calendar": "a button on the list of working hours",
    "admin.new_unit": "a button on the tree of units",
    "reviews.next_one": "a link of the review desk, leads on to the next reply",
    "admin.new_user": "a button on the list of users",
    "dispatchers.rows": "refreshes the desk",
    "supervisors.rows": "refreshes the board",
    "risks.rows": "refreshes the list of dangers",
    "supervisors.chases": "a link on the board",
    "supervisors.board_csv": "a link on the board",
    "figures.table_csv": "a link on the figures",
    "figures.behind": "each number leads there",
    "figures.behind_csv": "a link on the tickets behind a number",
    "reports.leaders_file": "a button on the cockpit",
    "reports.place_file": "a button on the profile of a place",
    "reports.listed": "numbers of the reports lead there",
    "agents.file": "a button on the agents' report",
    "repeats.file": "a button on the repeat callers",
    "reports.file": "a button on the bulletin",
    "reports.board_now": "refreshes the wallboard",
    "reports.board_map": "fetched by the wallboard",
    "sign_in.page": "the way in",
    "citizens.page": "the way in of callers, who have no menu",
    "citizens.new": "a link on the callers' page",
    "citizens.months": "a link on the callers' page",
    "citizens.progress": "where number and query code lead",
    "sign_in.form_token": "fetched by js/shell.js",
    "account.notice_badge": "polled by the top bar",
    "account.alarm": "polled by every page of those who are told",
    "health.alive": "asked by a watchdog",
    "health.ready": "asked by a watchdog",
    "health.timers": "asked by a watchdog",
    "metrics.show": "asked by Prometheus",
    "account.home": "the logo leads there, and it leads on to the first entry",
}


def menu() -> list[tuple[Any, list[Entry]]]:
    """The groups and entries of the person signed in, without empty groups."""
    if not current_user.is_authenticated:
        return []
    known, roles = current_app.view_functions, current_user.actor.roles
    groups = [
        (group.text, [e for e in group.entries if e.endpoint in known and not e.roles.isdisjoint(roles)])
        for group in MENU
    ]
    return [(text, entries) for text, entries in groups if entries]


def here(entry: Entry) -> bool:
    """Whether the page shown belongs to this entry, which then is marked in the menu. At most one entry is."""
    entries = [e for group in MENU for e in group.entries]
    same_page = [e for e in entries if e.endpoint == request.endpoint and _asked(e)]
    seat = (request.endpoint or "").partition(".")[0]
    same_seat = [e for e in entries if e.endpoint.partition(".")[0] == seat]
    # Of several entries to one page the one that names most of what was asked; pages below a list are the list's.
    found = max(same_page, key=lambda e: len(e.arguments)) if same_page else _above(same_seat)
    return found is entry


def _asked(entry: Entry) -> bool:
    """Whether the address holds all the entry's arguments, in its path or behind it."""
    given = request.args.to_dict() | {name: str(value) for name, value in (request.view_args or {}).items()}
    return all(given.get(name) == value for name, value in entry.arguments)


def _above(entries: list[Entry]) -> Entry | None:
    """Of a seat's entries the one whose address the page's goes on from, else the first."""
    paths = {e: urlsplit(url_for(e.endpoint, **dict(e.arguments))).path.rstrip("/") + "/" for e in entries}
    fitting = [e for e, path in paths.items() if request.path.startswith(path)]
    return max(fitting, key=lambda e: len(paths[e]), default=next(iter(entries), None))
