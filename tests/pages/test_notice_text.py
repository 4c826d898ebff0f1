"""The State Council's notice as it is published, made into days; whatever does not fit is said, nothing guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hotline.admin.notice import as_lines
from hotline.admin.written import NoticeField
from hotline.seed.calendar import calendar_days
from workflows.errors import Invalid
from workflows.rules.calendar import DayKind

NOTICES = {
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2024: """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
}


def days(text: str, year: int) -> dict[date, DayKind]:
    return {row.date: row.kind for row in NoticeField().deserialize(as_lines(text, year))}


def problems(text: str, year: int = 2027) -> list[str]:
    with pytest.raises(Invalid) as refused:
        as_lines(text, year)
    return refused.value.fields["rows"]


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_a_published_notice_gives_the_year_as_it_was(year: int) -> None:
    named = days(NOTICES[year], year)
    for known in calendar_days():
        if known["date"].year == year:
            usual = DayKind.OFFDAY if known["date"].weekday() >= 5 else DayKind.WORKDAY
            assert named.get(known["date"], usual) == known["kind"], known


def test_names_widths_and_lines_of_days_stand_beside_each_other() -> None:
    text = "元旦 : 1 月 1 日 (周五) 放假 1 天.\n".replace(".", "。") + "2027-03-01,OFFDAY,市庆\n# 备注"
    rows = NoticeField().deserialize(as_lines(text, 2027))
    assert [(row.date, row.name) for row in rows] == [(date(2027, 1, 1), "元旦"), (date(2027, 3, 1), "市庆")]
    worked, = NoticeField().deserialize(as_lines("春节：2月20日上班。", 2027))
    assert (worked.kind, worked.name) == (DayKind.WORKDAY, "春节调休上班")


def test_a_holiday_may_reach_back_into_the_year_before() -> None:
    named = days("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert list(named) == [date(2022, 12, 31) + timedelta(days=n) for n in range(3)]


@pytest.mark.parametrize(("line", "code"), [
    ("元旦：1月1日（周四）放假1天。", "notice_weekday"),
    ("元旦：1月1日（周五）至3日（周日）放假，共4天。", "notice_count"),
    ("元旦：1月3日至1日放假。", "notice_count"),
    ("春节：2月30日放假1天。", "notice_no_day"),
    ("春节：30日放假1天。", "notice_no_day"),
    ("春节：2月6日放假1天。鼓励各单位安排职工在除夕休息。", "notice_sentence"),
    ("2月6日放假1天。", "notice_sentence"),
    ("春节：2月6日左右放假。", "notice_sentence"),
    ("春节：2月6日或7日上班。", "notice_sentence"),
])
def test_what_does_not_fit_is_said_with_its_line(line: str, code: str) -> None:
    found = problems(f"\n{line}")
    assert found == [code]
    assert found[0].params["line"] == 2
