"""The ticket page: what each reader sees, moves made from it, and typed words that survive every "no"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client, Document
from workflows import collect, conceal, resolve
from workflows.model.base import db
from workflows.model.ticket import Ticket, TicketEvent
from workflows.rules.vocabulary import CallerType

Loop = Callable[..., Any]
REPLY = {
    "truth": "TRUE", "resolution": "RESOLVED", "internal_account": "已约谈物业公司。",
    "public_answer": "电梯今日恢复运行。",
}
#: Queries of the page, sign-in and badge included.
BUDGET = 26


def version_of(app, no: str) -> int:
    with app.app_context():
        return db.session.scalar(select(Ticket.version).where(Ticket.no == no))


def send(browser: Client, no: str, move: str, status: int = 303, **fields: Any) -> Any:
    return browser.send(f"/tickets/{no}/moves/{move}", status=status, **fields)


def panel(page: Document, move: str) -> Any:
    return page.one("details", id=f"move-{move}")


def test_the_page_shows_the_request_the_clocks_and_the_history(loop: Loop, browser: Client) -> None:
    no = loop(play.to_replied)
    page = browser.as_user("reviewer").page(f"/tickets/{no}")
    words = page.text()
    for wanted in ("小区三号楼电梯停运三天", "住房与房产 › 物业服务", "待审核", "区住房和建设局",
                   "电梯已修复并恢复运行。", "已约谈物业公司并复查。", "首次联系时限", "内置默认（可改）"):
        assert wanted in words
    first, *_, last = page.texts("li", class_="timeline-good") + page.texts("li", class_="timeline-plain")
    assert "提交了回复" in first
    assert "登记了工单" in last


@pytest.mark.parametrize(
    ("account", "status"),
    [("agent", 200), ("supervisor", 200), ("housing", 200), ("housing_lead", 200), ("coordinator", 200),
     ("leader", 200), ("urban", 404), ("water", 404), ("admin", 403), ("auditor", 403)],
)
def test_only_those_whose_ticket_it_is_see_it(loop: Loop, browser: Client, account: str, status: int) -> None:
    no = loop(play.to_handling)
    browser.as_user(account).page(f"/tickets/{no}", status=status)


def test_the_likeliest_move_stands_open_and_a_forbidden_one_says_why(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    page = browser.as_user("housing").page(f"/tickets/{no}")
    assert panel(page, "contact").get("open") is not None
    assert panel(page, "apply_return").get("open") is None
    assert not page.all("details", id="move-reply")
    assert "请先联系诉求人并登记，再提交回复。" in page.text(page.one("ul", class_="barred"))


def test_an_interim_answer_stands_in_the_history_with_the_day_of_the_next(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    browser.as_user("housing").send(f"/tickets/{no}/moves/interim", text="配件已订购。", next_on="2099-12-31")
    words = browser.as_user("supervisor").page(f"/tickets/{no}").text()
    for wanted in ("作了阶段性答复", "配件已订购。", "下次答复 2099-12-31"):
        assert wanted in words
    page = browser.as_user("housing").send(f"/tickets/{no}/moves/interim", status=422, next_on="2099-12-31").page
    assert page.text(panel(page, "interim")).count("必填") == 1


def test_who_only_reads_has_no_moves(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    assert not browser.as_user("discipline").page(f"/tickets/{no}").all("section", id="moves")


def test_a_move_leads_back_to_the_list_it_came_from(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.contact, no)
    page = browser.as_user("housing").page(f"/tickets/{no}?next=/notices%3Fbefore%3D9")
    action = panel(page, "reply").find(".//form").get("action")
    sent = browser.send(action, version=version_of(app, no), **REPLY)
    assert sent.headers["Location"] == "/notices?before=9"
    assert "待审核" in browser.page(f"/tickets/{no}").text()


def test_a_move_in_the_middle_of_the_work_stays_on_the_ticket(app, loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    page = browser.as_user("housing").page(f"/tickets/{no}?next=/notices")
    action = panel(page, "sign").find(".//form").get("action")
    sent = browser.send(action, version=version_of(app, no))
    assert sent.headers["Location"] == f"/tickets/{no}?next=/notices"
    assert "“签收”已完成" in browser.page(sent.headers["Location"]).text()


def test_nobody_is_sent_to_another_site(app, loop: Loop, browser: Client) -> None:
    no = loop(play.log).no
    browser.as_user("housing")
    sent = browser.send(f"/tickets/{no}/moves/sign?next=https://evil.example/", version=version_of(app, no))
    assert sent.headers["Location"] == "/"


def test_a_wrong_form_comes_back_with_its_words_and_what_is_wrong(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.contact, no)
    browser.as_user("housing")
    page = send(browser, no, "reply", 422, version=version_of(app, no), truth="TRUE", resolution="UNRESOLVED",
                internal_account="材料要等厂家", public_answer="").page
    assert panel(page, "reply").get("open") is not None
    assert "材料要等厂家" in page.text(page.one("textarea", name="internal_account"))
    assert page.one("textarea", name="public_answer").get("aria-invalid") == "true"
    assert page.one("input", name="resolution", value="UNRESOLVED").get("checked") is not None


def test_a_stale_form_keeps_its_words_and_can_be_sent_again(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.contact, no)
    seen = version_of(app, no)
    loop(lambda city: collect.add(no, city.actor("agent"), text="又停了一次"))
    browser.as_user("housing")
    page = send(browser, no, "reply", 409, version=seen, **REPLY).page
    assert "在您打开之后已有变化" in page.text(panel(page, "reply"))
    assert "又停了一次" in page.text()
    fields = dict(page.fields("/moves/reply"))
    assert fields["public_answer"] == REPLY["public_answer"]
    assert int(fields["version"]) == version_of(app, no)
    send(browser, no, "reply", **{k: v for k, v in fields.items() if k != "csrf_token"})
    assert "待审核" in browser.page(f"/tickets/{no}").text()


def test_words_survive_though_the_move_is_open_no_more(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.contact, no)
    loop(play.reply, no)
    browser.as_user("housing_lead")
    page = send(browser, no, "reply", 409, version=version_of(app, no), **REPLY).page
    assert "现在已不能进行" in page.text(panel(page, "reply"))
    assert "待审核" in page.text(panel(page, "reply"))
    assert REPLY["public_answer"] in page.text(panel(page, "reply"))


def test_words_survive_though_the_ticket_is_another_units_by_now(app, city: City, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.contact, no)
    loop(play.ask_return, no)
    loop(lambda city: play.dispatch.grant_return(no, city.actor("dispatcher")))
    loop(play.send_to, no, "URBAN", override_reason="职责所在")
    loop(play.sign, no, "urban")
    loop(play.contact, no, "urban")
    browser.as_user("housing")
    page = send(browser, no, "reply", 404, version=version_of(app, no), **REPLY).page
    assert "不在您单位办理" in page.text(panel(page, "reply"))
    assert REPLY["public_answer"] in page.text(panel(page, "reply"))


def test_a_reply_that_was_sent_back_is_mended_not_written_anew(loop: Loop, browser: Client) -> None:
    no = loop(play.to_replied)
    loop(play.send_back, no)
    page = browser.as_user("housing").page(f"/tickets/{no}")
    assert "缺事实、时间、地点" in page.text()
    fields = page.fields("/moves/reply")
    assert fields["internal_account"] == play.ANSWER.internal_account
    assert fields["truth"] == "TRUE"


def test_after_a_dissatisfied_caller_the_answer_is_written_anew(loop: Loop, browser: Client) -> None:
    no = loop(play.to_callback)
    loop(play.ring, no, rework=True, **play.UNHAPPY)
    page = browser.as_user("housing").page(f"/tickets/{no}")
    assert panel(page, "reply").get("open") is not None
    assert page.fields("/moves/reply")["public_answer"] == ""


def test_a_form_sent_twice_acts_once(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    browser.as_user("agent")
    for _ in range(2):
        send(browser, no, "add", text="门牌是三号楼", idempotency_key="k-1")
    with app.app_context():
        kinds = db.session.scalars(select(TicketEvent.kind)).all()
    assert kinds.count("add") == 1


@pytest.mark.parametrize("move", ["submit", "nonsense", "../sign"])
def test_what_is_no_move_of_a_page_is_not_found(loop: Loop, browser: Client, move: str) -> None:
    no = loop(play.to_handling)
    browser.as_user("housing")
    send(browser, no, move, 404, version=1)


def test_the_caller_is_masked_until_a_reason_is_given(app, loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling, name="欧阳秋白", phone="13912345678")
    browser.as_user("housing")
    page = browser.page(f"/tickets/{no}")
    assert "139****5678" in page.text()
    assert "13912345678" not in page.html
    refused = browser.send(f"/tickets/{no}/reveal", status=422, reason="  ").page
    assert "13912345678" not in refused.html
    assert "必填。" in refused.text(refused.one("div", id="caller"))
    shown = browser.send(f"/tickets/{no}/reveal", status=200, reason="首次联系诉求人").page
    assert "139 1234 5678" in shown.text(shown.one("div", data_hide_after="60"))
    assert "欧阳秋白" in shown.text()
    with app.app_context():
        [seen] = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "revealed")).all()
    assert (seen.actor_name, seen.note) == ("住建经办人", "首次联系诉求人")


def test_the_part_of_a_revealed_caller_comes_alone_and_is_not_kept(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling, phone="13912345678")
    browser.as_user("housing")
    part = browser.post(f"/tickets/{no}/reveal", data={"reason": "核实诉求地点", "csrf_token": browser.token()},
                        headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "139 1234 5678" in part.page.text()
    assert "<html" not in part.get_data(as_text=True)
    assert part.headers["Cache-Control"] == "no-store"


CANARY = {"name": "欧阳秋白", "phone": "13912345678", "alt_phone": "13887654321", "id_no": "110101199003070011",
          "address": "金丝雀巷七号", "caller_type": CallerType.ENTERPRISE, "enterprise_name": "金丝雀贸易公司"}
#: Four digits alone stand by chance in numbers, tokens and addresses of files; in a masked number no letter is beside.
LEAKS = re.compile(
    "欧阳|139 1234|13912345678|13887654321|110101199003070011|金丝雀|(?<![0-9A-Za-z_-])(?:5678|4321)(?![0-9A-Za-z_-])"
)


@pytest.mark.parametrize("step", [play.log, play.to_handling, play.to_replied, play.to_callback, play.to_closed])
def test_a_withheld_caller_is_nowhere_on_a_units_page(
    loop: Loop, browser: Client, step: Callable[..., Any]
) -> None:
    made = loop(step, **play.WITHHELD, **CANARY)
    no = getattr(made, "no", made)
    loop(lambda city: conceal.reveal(no, city.actor("agent"), reason="回访欧阳女士"))
    for account in ("housing", "housing_lead", "coordinator"):
        page = browser.as_user(account).page(f"/tickets/{no}")
        assert "由热线转达并回告" in page.text()
        refused = browser.post(f"/tickets/{no}/reveal", data={"reason": "首次联系", "csrf_token": browser.token()})
        assert refused.status_code == 403
        for html in (page.html, refused.get_data(as_text=True)):
            assert not LEAKS.findall(html)


def test_the_hotline_sees_a_withheld_caller_masked(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling, **play.WITHHELD, **CANARY)
    words = browser.as_user("agent").page(f"/tickets/{no}").text()
    assert "139****5678" in words
    assert LEAKS.search("139****5678")
    assert "金丝雀贸易公司" in words


def test_an_anonymous_caller_needs_no_contact_and_the_page_says_so(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling, **play.ANONYMOUS)
    page = browser.as_user("housing").page(f"/tickets/{no}")
    assert "匿名诉求" in page.text()
    assert panel(page, "reply").get("open") is not None


def test_another_unit_reads_the_answer_but_not_the_inside(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.ask_return, no)
    loop(lambda city: play.dispatch.grant_return(no, city.actor("dispatcher")))
    loop(play.send_to, no, "URBAN", override_reason="职责所在")
    loop(play.sign, no, "urban")
    loop(lambda city: resolve.contact(no, city.actor("urban"), result=play.ContactResult.REACHED, note="说下午在家"))
    loop(play.reply, no, "urban")
    outside = browser.as_user("housing").page(f"/tickets/{no}").text()
    assert "电梯已修复并恢复运行。" in outside
    assert "已约谈物业公司并复查。" not in outside
    assert "说下午在家" not in outside
    inside = browser.as_user("urban").page(f"/tickets/{no}").text()
    assert "已约谈物业公司并复查。" in inside
    assert "说下午在家" in inside


def test_a_return_and_its_decision_are_on_the_page(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    loop(play.ask_return, no)
    loop(lambda city: play.dispatch.refuse_return(no, city.actor("dispatcher"), opinion="物业归住建管"))
    page = browser.as_user("housing").page(f"/tickets/{no}")
    asked = page.text(page.one("section", id="applications"))
    for wanted in ("驳回", "非本单位职责", "区城市管理局", "三定方案第四条", "物业归住建管"):
        assert wanted in asked
    assert "指定承办，不得再退" in page.text()
    assert "本单由热线指定贵单位承办" in page.text(page.one("ul", class_="barred"))


def test_a_long_history_is_folded(loop: Loop, browser: Client) -> None:
    no = loop(play.to_handling)
    for n in range(15):
        loop(lambda city, n=n: collect.add(no, city.actor("agent"), text=f"第{n}次补充"))
    page = browser.as_user("housing").page(f"/tickets/{no}")
    older = page.one("details", class_="older")
    assert "第0次补充" in page.text(older)
    assert "第14次补充" not in page.text(older)


def test_the_page_costs_a_fixed_number_of_queries(loop: Loop, browser: Client, queries: Callable[..., int]) -> None:
    no = loop(play.to_callback)
    loop(play.ring, no, rework=True, **play.UNHAPPY)
    browser.as_user("housing").page(f"/tickets/{no}")
    few = queries(lambda: browser.page(f"/tickets/{no}"))
    for n in range(20):
        loop(lambda city, n=n: collect.urge(no, city.actor("agent"), note=f"{n}"))
    assert queries(lambda: browser.page(f"/tickets/{no}")) == few <= BUDGET
