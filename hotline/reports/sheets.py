"""What stands in the workbooks of the reports: the tables of the pages, and who is behind none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from hotline import labels
from hotline.reports.workbook import Sheet
from workflows.model.reference import reference
from workflows.read.agents import AgentLine
from workflows.read.bulletin import SHOWN, Bulletin, Topic
from workflows.read.cockpit import Cockpit, Mine
from workflows.read.intake import Intake
from workflows.read.profile import Profile
from workflows.read.repeats import Often
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.satisfaction import Ratio


def of_bulletin(told: Bulletin) -> Iterable[Sheet]:
    """A sheet for each part of the bulletin."""
    period = f"{told.first} – {told.last}"
    yield Sheet(gettext("概况"), (gettext("项目"), period, gettext("上一时段")), _overview(told.intake, told.before))
    yield _days(told.intake)
    yield _topics(told.topics)
    yield Sheet(gettext("承办单位"), (gettext("单位"), gettext("收到"), gettext("办结"), gettext("平均办理（工作日）"),
                                  *(f"{labels.label(figure)} %" for figure in SHOWN)), [
        (line.name or gettext("合计"), line.received, line.closed, line.handling.mean,
         *(line.ratios[figure].percent for figure in SHOWN))
        for line in told.units])
    yield Sheet(gettext("回访"), _counted(), [
        (gettext("回访次数"), told.calls.attempts), (gettext("完成回访"), told.calls.finished),
        (gettext("有效回访"), told.calls.valid), *_words(told.calls.grades, "Satisfaction"),
        *_words(told.calls.reasons, "DissatisfactionReason")])
    yield Sheet(gettext("退单与挂账"), _counted(), [
        (gettext("申请退单"), told.returns.total), *_words(told.returns.states, "ApplicationState"),
        (gettext("退单两次以上的工单"), told.returns.ping_pong), (gettext("新增挂账"), told.ledger.added),
        (gettext("挂账销号"), told.ledger.cleared), (gettext("期末挂账"), told.ledger.open)])
    yield _counted_by(told.first, told.last)


def of_agents(lines: Sequence[AgentLine]) -> Iterable[Sheet]:
    """One line a person."""
    heads = (gettext("姓名"), gettext("账号"), gettext("受理"), gettext("直接解答"), gettext("可直接解答"),
             gettext("直接办结率 %"), gettext("紧急件"), gettext("上报风险"), gettext("首派"), gettext("首派退回"),
             gettext("首派准确率 %"), gettext("退回补充"), gettext("话务服务评价"), gettext("其中满意"),
             gettext("话务服务满意率 %"), gettext("未提交草稿"))
    yield Sheet(gettext("话务员报表"), heads, [
        (line.name, line.account, line.taken, *_parts(line.direct), line.direct.percent, line.urgent, line.risks,
         line.right_first.denominator, line.wrong, line.right_first.percent, line.corrected,
         line.service.denominator, int(line.service.numerator), line.service.percent, line.drafts)
        for line in lines])


def of_profile(told: Profile) -> Iterable[Sheet]:
    """A sheet for each part of the profile of a place."""
    period = f"{told.first} – {told.last}"
    yield Sheet(gettext("概况"), (gettext("项目"), period, gettext("上一时段")), [
        (gettext("区域"), told.name, None), *_overview(told.intake, told.before),
        (gettext("重复来电人"), told.again if told.again is not None else gettext("人数过少，不显示"), None)])
    yield Sheet(gettext("近12个月"), (gettext("月份"), gettext("受理")), [
        (f"{month:%Y-%m}", n) for month, n in told.months.items()])
    yield _topics(told.topics)
    yield Sheet(gettext("热点点位"), (gettext("点位"), gettext("数量")), [
        (place.name, place.count) for place in told.places])
    yield Sheet(gettext("下级区域"), (gettext("区域"), period, gettext("上一时段")), [
        (line.name, line.count, line.before) for line in told.below])
    yield Sheet(gettext("指标"), (gettext("指标"), gettext("分子"), gettext("分母"), "%"), [
        (labels.label(figure), float(ratio.numerator), ratio.denominator, ratio.percent)
        for figure, ratio in told.ratios.items()])
    yield Sheet(gettext("已超期"), _counted(), _words(told.overdue, "Bucket"))
    yield _counted_by(told.first, told.last)


def of_cockpit(told: Cockpit, mine: Mine) -> Iterable[Sheet]:
    """The numbers of the cockpit."""
    yield Sheet(gettext("概况"), (gettext("项目"), gettext("近30天"), gettext("前30天")),
                _overview(told.days, told.before))
    yield _days(told.days)
    yield Sheet(gettext("三率"), (gettext("指标"), gettext("本月 %"), gettext("上月 %"), gettext("目标 %")), [
        (labels.label(line.figure), line.now.percent, line.before.percent, "、".join(map(str, line.targets)))
        for line in told.rates])
    yield _topics(told.topics)
    yield Sheet(gettext("已超期"), _counted(), _words(told.overdue, "Bucket"))
    heads = gettext("类别"), gettext("单位"), gettext("名次"), gettext("参评单位"), gettext("得分")
    yield Sheet(gettext("排名末位"), heads, [
        (labels.label(group.kind), unit.name, unit.place, group.of, unit.total)
        for group, units in told.bottom for unit in units])
    yield Sheet(gettext("待办与关注"), _counted(), [
        (gettext("待我审批"), mine.approvals), (gettext("延期待审"), mine.extensions),
        (gettext("提级工单"), mine.raised), (gettext("督办未答复"), mine.orders), (gettext("风险待交接"), mine.dangers),
        (gettext("挂账"), mine.suspended), (gettext("复查超期"), mine.reviews_late)])
    yield _counted_by(told.month_before[0], told.day)


def of_repeats(found: Sequence[Often]) -> Iterable[Sheet]:
    """Callers by number only: neither name nor telephone, masked or not, nor any ticket, leaves the building."""
    yield Sheet(gettext("重复来电人"), (gettext("序号"), gettext("次数"), gettext("未办结"), gettext("事项")), [
        (place, one.count, one.open, "；".join(f"{matter.name} {matter.count}" for matter in one.matters))
        for place, one in enumerate(found, 1)])


def _counted_by(first: date, last: date) -> Sheet:
    """Who was rung back on which days, and the version of the formulas."""
    held = [(f"{begins} – {ends}", labels.callbacks_in_words(policy.callback_percent))
            for begins, ends, policy in reference().policies.stretches(first, last)]
    heads = gettext("时段"), gettext("指标口径")
    return Sheet(gettext("指标口径"), heads, [*held, (gettext("口径版本"), FORMULA_VERSION)])


def _counted() -> tuple[str, str]:
    return gettext("项目"), gettext("数量")


def _overview(now: Intake, before: Intake) -> list[tuple[str, int, int]]:
    return [
        (gettext("受理"), now.total, before.total), (gettext("其中电话"), now.by_phone, before.by_phone),
        (gettext("直接解答"), now.direct, before.direct), (gettext("派单"), now.dispatched, before.dispatched),
        (gettext("不予受理"), now.refused, before.refused), (gettext("并单"), now.merged, before.merged),
        *_beside(now.kinds, before.kinds, "Kind"), *_beside(now.channels, before.channels, "Channel"),
    ]


def _days(intake: Intake) -> Sheet:
    return Sheet(gettext("每日受理"), (gettext("日期"), gettext("受理")), [
        (str(day), n) for day, n in intake.days.items()])


def _topics(topics: Sequence[Topic]) -> Sheet:
    heads = (gettext("事项"), gettext("数量"), gettext("上一时段"), gettext("基线均值"), gettext("基线标准差"),
             gettext("异常"))
    return Sheet(gettext("热点事项"), heads, [
        (topic.name, topic.count, topic.before, topic.usual and topic.usual.mean, topic.usual and topic.usual.spread,
         gettext("高于基线") if topic.hot else "")
        for topic in topics])


def _beside(now: Mapping[str, int], before: Mapping[str, int], vocabulary: str) -> list[tuple[str, int, int]]:
    every = sorted({*now, *before}, key=lambda code: -now.get(code, 0))
    return [(labels.label(code, vocabulary), now.get(code, 0), before.get(code, 0)) for code in every]


def _words(counts: Mapping[Any, int], vocabulary: str) -> list[tuple[str, int]]:
    return [(labels.label(code, vocabulary), n) for code, n in counts.items()]


def _parts(ratio: Ratio) -> tuple[int, int]:
    return int(ratio.numerator), ratio.denominator
