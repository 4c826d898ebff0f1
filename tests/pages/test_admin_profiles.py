"""Limit profiles and single limits: what would change is seen first, and only then done."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from hotline.admin import profile_file
from tests.builders import City
from tests.pages.browser import Client, Document
from tests.pages.test_admin import version
from workflows.errors import Invalid

PROFILES = "/admin/limits/profiles"
FILE = """name = "试点区"
note = "甲"
[[limit]]
clock = "SIGN"
amount = 2
basis = "wh"
unit = "WATER"
source = "试点办法第三条"
"""


@pytest.fixture
def desk(browser: Client, city: City) -> Client:
    return browser.as_user("director")


def rows(page: Document) -> list[str]:
    return [row for row in page.texts("tr") if row.startswith(("新增", "改动", "终止", "不变"))]


@pytest.mark.parametrize("code", sorted(profile_file.shipped()))
def test_a_shipped_profile_is_whole_and_says_where_each_limit_stands(app: Flask, city: City, code: str) -> None:
    with app.app_context():
        profile = profile_file.read(profile_file.shipped()[code])
    assert profile.name
    assert profile.document
    assert all(len(line.source) > 8 for line in profile.lines)


def test_the_profiles_of_the_places_are_there(desk: Client) -> None:
    words = desk.page(PROFILES).text()
    for place in ("北京市", "济南市", "潍坊市", "安阳市", "广东省", "山东省", "上海市", "蚌埠市"):
        assert place in words


def test_a_profile_is_looked_at_then_applied(desk: Client) -> None:
    page = desk.send(PROFILES, status=200, profile="guangdong").page
    seen = rows(page)
    new = next(row for row in seen if row.startswith("新增 办理时限 咨询 2 工作日"))
    assert "2 工作日 广东省12345热线管理办法" in new
    assert any(row.startswith("终止 办理时限 建议 · 一般 10 工作日") for row in seen)
    assert "广东省" not in desk.page("/admin/limits?code=HANDLING").text(), "looking must write nothing"
    plan = page.fields("/apply")
    sent = desk.send(f"{PROFILES}/apply", **{n: plan[n] for n in ("text", "seen", "valid_from")})
    words = desk.page(sent.headers["Location"]).text()
    assert "已采用“广东省" in words
    words = desk.page("/admin/limits?code=HANDLING").text()
    assert "广东省12345热线管理办法（2022）：投诉 15 个工作日" in words
    assert "导入" in desk.page("/admin/record?subject=LIMIT").text()
    assert "办理时限 建议 · 一般" not in " ".join(rows(desk.send(PROFILES, status=200, profile="guangdong").page))


def test_limits_changed_meanwhile_are_shown_anew(desk: Client) -> None:
    plan = desk.send(PROFILES, status=200, profile="jinan").page.fields("/apply")
    desk.send("/admin/limits/new", code="SIGN", amount=1, basis="h", source="通知", kind="HELP")
    page = desk.send(f"{PROFILES}/apply", status=409, text=plan["text"], seen=plan["seen"]).page
    assert "已被他人修改" in page.text()
    again = page.fields("/apply")
    assert again["seen"] != plan["seen"]
    desk.send(f"{PROFILES}/apply", text=again["text"], seen=again["seen"])


def test_a_file_of_ones_own_is_taken_and_the_present_limits_are_such_a_file(desk: Client) -> None:
    page = desk.send(PROFILES, status=200, file=(BytesIO(FILE.encode()), "区.toml")).page
    assert rows(page) == ["新增 签收时限 区自来水公司 4 工作小时 内置默认（可改） 2 工作小时 试点办法第三条 0"]
    plan = page.fields("/apply")
    desk.send(f"{PROFILES}/apply", text=plan["text"], seen=plan["seen"])
    present = desk.open("/admin/limits/present.toml").get_data(as_text=True)
    assert "试点办法第三条" in present
    page = desk.send(PROFILES, status=200, file=(BytesIO(present.encode()), "现行.toml")).page
    assert "与现行规则完全一致" in page.text()


@pytest.mark.parametrize(("text", "words"), [
    ("name = ", "不是有效的 TOML"),
    ('name = "甲"', "没有 [[limit]]"),
    (FILE.replace('"SIGN"', '"SIGNED"'), "第 1 条 clock：请从列表中选择"),
    (FILE.replace('"WATER"', '"NOBODY"'), "第 1 条 unit：没有这个单位"),
    (FILE.replace('"SIGN"', '"TOTAL"'), "第 1 条 code：总时长只计时"),
    (FILE.replace("amount = 2", "amount = 99999"), "第 1 条 amount：时限的数值不合理"),
    (FILE.replace('source = "试点办法第三条"', ""), "第 1 条 source：必填"),
    (FILE + 'colour = "red"', "第 1 条 colour：不应出现的字段"),
    (FILE + "enterprise = 1", "第 1 条 enterprise：应为 true 或 false"),
    (FILE.replace('name = "试点区"', ""), "文件开头的 name：必填"),
    (FILE.replace("[[limit]]", "[limit]"), "没有 [[limit]]"),
    ('name = "甲"\nlimit = [1]', "第 1 条"),
])
def test_a_file_that_cannot_be_used_is_refused_limit_by_limit(desk: Client, text: str, words: str) -> None:
    page = desk.send(PROFILES, status=422, file=(BytesIO(text.encode()), "区.toml")).page
    assert words in page.text()


def test_no_choice_and_a_file_in_another_encoding_are_refused(desk: Client) -> None:
    assert "必填" in desk.send(PROFILES, status=422).page.text()
    assert "编码" in desk.send(PROFILES, status=422, file=(BytesIO(FILE.encode("gb18030")), "区.toml")).page.text()
    desk.send(PROFILES, status=422, profile="../jinan")
    desk.page(f"{PROFILES}/nowhere.toml", status=404)
    assert "DB11/T" in desk.open(f"{PROFILES}/beijing.toml").get_data(as_text=True)


def test_a_bad_profile_raises_nothing_but_a_refusal(app: Flask, city: City) -> None:
    with app.app_context():
        for text in ("\x00", "a" * 1000, "[[limit]]\n", 'limit = "x"\nname="y"', 'name = [1]\n[[limit]]\nclock = 1'):
            with pytest.raises(Invalid):
                profile_file.read(text)


# --- one limit


def test_an_edit_shows_old_and_new_and_who_keeps_the_old_before_it_is_saved(desk: Client, city: City) -> None:
    limit = {"code": "HANDLING", "amount": 3, "basis": "wd", "source": "地方条例", "unit_id": city.units["WATER"]}
    page = desk.send("/admin/limits/new/plan", status=200, **limit).page
    assert rows(page) == ["新增 办理时限 区自来水公司 5 工作日 内置默认（可改） 3 工作日 地方条例 0"]
    assert "地方条例" not in desk.page("/admin/limits").text()
    confirmed = page.fields("/limits/new")
    address = desk.send("/admin/limits/new", **confirmed).headers["Location"]
    page = desk.send(f"{address}/plan", status=200, version=version(desk, address), **limit | {"amount": 4}).page
    assert rows(page) == ["改动 办理时限 区自来水公司 3 工作日 地方条例 4 工作日 地方条例 0"]
    new = desk.send(address, **page.fields(address)).headers["Location"]
    page = desk.send(f"{new}/end/plan", status=200, version=version(desk, new)).page
    assert rows(page) == ["终止 办理时限 区自来水公司 4 工作日 地方条例 按更宽的规则 0"]
    desk.send(f"{new}/end", **page.fields("/end"))
    assert "地方条例" not in desk.page("/admin/limits").text()


def test_a_plan_that_cannot_be_saved_is_refused_with_the_words_kept(desk: Client) -> None:
    page = desk.send("/admin/limits/new/plan", status=422, code="HANDLING", amount=3, basis="wd", source="某条").page
    assert "已有条件相同的规则" in page.text()
    assert page.fields("/new/plan")["source"] == "某条"


def test_profiles_are_closed_to_others(browser: Client, city: City) -> None:
    browser.as_user("dispatcher").page(PROFILES, status=403)
    browser.send(f"{PROFILES}/apply", status=403, text=FILE, seen="x")
