"""Finding a caller's tickets, tickets by words, tickets like a new one, and names by a few letters."""

from __future__ import annotations

import pytest

from tests import builders as play
from workflows import upkeep
from workflows.errors import NotAllowed
from workflows.model.base import transaction
from workflows.model.directory import Category
from workflows.read import directory
from workflows.read.callers import CallerHistory, history
from workflows.read.lists import TicketFilter
from workflows.read.search import Likeness, excerpt_of, pieces, search, similar, stretches_of
from workflows.rules.vocabulary import RefuseReason

MONDAY = "2026-11-16 10:00"
PHONE = "13912345678"


@pytest.fixture
def city(db):
    return play.make_city()


def numbers(rows):
    return [row.no for row in rows]


def test_a_caller_is_known_by_the_number_however_it_is_written(db, city):
    with play.at(MONDAY):
        closed = play.to_closed(city, phone=PHONE)
        first = play.log(city, phone=PHONE).no
        play.log(city)
        second = play.log(city, "0502", phone="+86 139-1234-5678").no
        for written in (PHONE, "+86 139 1234 5678", "１３９１２３４５６７８"):
            found = history(city.actor("agent"), written)
            assert numbers(found.open) == [second, first]
            assert numbers(found.earlier) == [closed]
            assert found.count == 3
    assert found.open[1].unit_name == "区住房和建设局"
    assert found.earlier[0].close_type == "SOLVED"


def test_open_tickets_come_before_many_newer_closed_ones(db, city):
    with play.at(MONDAY):
        old = play.log(city, phone=PHONE).no
        for _ in range(21):
            play.refuse(city, play.ask_refusal(city, RefuseReason.MALICIOUS, phone=PHONE))
        found = history(city.actor("agent"), PHONE)
    assert numbers(found.open) == [old]
    assert len(found.earlier) == 19
    assert found.count == 22


def test_what_was_said_anonymously_is_in_no_history(db, city):
    with play.at(MONDAY):
        play.log(city, phone=PHONE, anonymity="ANONYMOUS", name="")
        withheld = play.log(city, phone=PHONE, **play.WITHHELD).no
        found = history(city.actor("agent"), PHONE)
    assert (numbers(found.open), found.count) == ([withheld], 1)


def test_what_is_no_callers_number_has_no_history(db, city):
    with play.at(MONDAY):
        play.log(city, phone="12345")
    for phone in ("", "12345", "110", "abc", "138"):
        assert history(city.actor("agent"), phone) == CallerHistory()


def test_only_the_hotline_asks_who_calls(db, city):
    for who in ("housing", "coordinator", "leader", "discipline", "admin", "auditor"):
        with pytest.raises(NotAllowed):
            history(city.actor(who), PHONE)


@pytest.fixture
def texts(db, city):
    """Three tickets and their words, searchable."""
    with play.at(MONDAY):
        found = {
            "lift": play.log(city).no,
            "rubbish": play.log(city, "0501", "D-E", title="垃圾堆积", content="杨桥路12号门前Ａ区垃圾一周未清运。").no,
            "school": play.log(city, "0201", title="入学划片", content="孩子入学划片有疑问，100%不合理。").no,
        }
        upkeep.index_texts()
        yield found


WORDS = [
    ("垃圾", ["rubbish"]),
    ("电梯 物业", ["lift"]),
    ("电梯 垃圾", []),
    ("a区", ["rubbish"]),
    ("杨桥路12号", ["rubbish"]),
    ("100%", ["school"]),
    ("0_%", []),
    ("桥", ["rubbish"]),
    ("楼 圾", []),
    ("门前区", []),
    ("   ", []),
    ("", []),
    ("20261116010000010", []),
]


def test_words_are_found_as_they_stand(db, city, texts):
    for words, found in WORDS:
        assert numbers(search(city.actor("agent"), words).items) == [texts[name] for name in found], words


def test_a_ticket_number_finds_its_ticket_however_it_is_written(db, city, texts):
    no = texts["lift"]
    spaced = f"{no[:8]} {no[8:10]} {no[10:]}"
    assert numbers(search(city.actor("agent"), spaced).items) == [no]
    assert search(city.actor("schools"), no).items == ()


def test_search_shows_each_only_what_is_theirs_and_the_words_in_place(db, city, texts):
    for who, sees in (("agent", 1), ("east", 1), ("coordinator", 1), ("leader", 1), ("west", 0), ("admin", 0)):
        assert len(search(city.actor(who), "垃圾").items) == sees
    [hit] = search(city.actor("agent"), "清运").items
    assert "清运" in hit.excerpt


def test_hits_are_walked_in_pages_newest_first(db, city):
    with play.at(MONDAY):
        every = [play.log(city).no for _ in range(5)]
        upkeep.index_texts()
        found, cursor = [], None
        while True:
            page = search(city.actor("agent"), "电梯停运", after=cursor, size=2)
            found += numbers(page.items)
            cursor = page.next
            if cursor is None:
                break
    assert found == every[::-1]


NARROWED = [
    ({"states": frozenset({"DISPATCHED"})}, ["school", "rubbish", "lift"]),
    ({"states": frozenset({"CLOSED"})}, []),
    ({"unit_id": "EAST"}, ["rubbish"]),
    ({"category_id": "05"}, ["rubbish"]),
    ({"area_id": "D-E"}, ["rubbish"]),
    ({"created_to": play.moment("2026-11-16 00:00")}, []),
    ({"created_from": play.moment("2026-11-16 00:00"), "category_id": "02"}, ["school"]),
]


def test_what_is_found_is_narrowed_by_filters_with_words_or_without(db, city, texts):
    ids = {"unit_id": city.units, "category_id": city.categories, "area_id": city.areas}
    said = {"lift": "电梯", "rubbish": "垃圾", "school": "入学"}
    who = city.actor("agent")
    for asked, found in NARROWED:
        filters = TicketFilter(**{key: ids[key][value] if key in ids else value for key, value in asked.items()})
        assert numbers(search(who, "", filters).items) == [texts[name] for name in found], asked
        for name, words in said.items():
            hits = [texts[name]] if name in found else []
            assert numbers(search(who, words, filters).items) == hits, (asked, words)
    assert search(city.actor("west"), "", TicketFilter(states=frozenset({"DISPATCHED"}))).items == ()


def test_words_are_marked_as_search_compares_them():
    assert pieces("Ａ区垃圾，a区", ["a区", "垃圾"]) == [("Ａ区垃圾", True), ("，", False), ("a区", True)]
    assert pieces("停电停电梯", ["停电", "电停"]) == [("停电停电", True), ("梯", False)]
    assert pieces("没有", ["电梯"]) == [("没有", False)]
    assert pieces("ﬁx", ["f"]) == [("ﬁ", True), ("x", False)]
    assert pieces("", ["电"]) == pieces("", []) == []


def test_an_excerpt_is_taken_around_the_words():
    text = "前" * 100 + "电梯停运" + "后" * 100
    assert "电梯停运" in excerpt_of(text, ["停运"])
    assert excerpt_of(text, ["无"]).startswith("前前")
    assert excerpt_of("短", ["长"]) == "短"
    assert "ＡＢ区" in excerpt_of("前" * 100 + "ＡＢ区" + "后" * 100, ["ab区"])


def test_a_text_is_probed_by_its_stretches():
    assert stretches_of("电梯停运三天, ab") == ["电梯停运", "梯停运三", "停运三天"]
    assert stretches_of("短 句 子") == []


def reasons(found):
    return {one.no: set(one.reasons) for one in found}


def test_what_is_like_a_new_request_is_shown_with_its_reasons(db, city):
    with play.at(MONDAY):
        caller = play.log(city, "0201", title="校门口堵车", content="上学时段堵车严重。", phone=PHONE).no
        place = play.log(city, "0501", "D-E", title="路面积水", content="雨后积水难行。").no
        words = play.log(city, "0502", "D-W", title="垃圾无人清运", content="垃圾堆了一周无人清运，气味难闻。").no
        play.log(city, "0501", "D-W", title="狗叫", content="夜里狗叫。")
        play.to_closed(city, "0501", by="east", area="D-E", title="垃圾无人清运", content="垃圾堆了一周无人清运。")
        upkeep.index_texts()
        found = similar(
            city.actor("agent"), category_id=city.categories["0501"], area_id=city.areas["D-E"], title="垃圾无人清运",
            content="门口垃圾一周无人清运，气味很大。", phone=PHONE,
        )
        assert reasons(found) == {
            caller: {Likeness.SAME_CALLER},
            place: {Likeness.SAME_PLACE, Likeness.SAME_MATTER},
            words: {Likeness.SIMILAR_TEXT},
        }
        assert found[0].score == max(one.score for one in found)


def test_old_tickets_are_like_nothing_and_five_are_enough(db, city):
    with play.at("2026-09-01 10:00"):
        old = play.log(city).no
    with play.at(MONDAY):
        new = [play.log(city).no for _ in range(7)]
        upkeep.index_texts()
        found = similar(city.actor("agent"), category_id=city.categories["0101"], title="电梯停运三天无人修")
    assert len(found) == 5
    assert old not in numbers(found)
    assert numbers(found) == new[:1:-1]


def test_likeness_gives_nobody_away(db, city):
    with play.at(MONDAY):
        play.log(city, "0201", title="孩子转学", content="请问转学手续。", phone=PHONE, anonymity="ANONYMOUS", name="")
        mine = play.log(city, "0201", title="路灯不亮", content="夜里太黑。", phone=PHONE).no
        asked = {"title": "电梯停运", "phone": PHONE}
        assert numbers(similar(city.actor("agent"), **asked)) == [mine]
        assert similar(city.actor("schools"), **asked) == []
        assert similar(city.actor("leader"), **asked) == []
        # the same words, for a unit that has no such ticket
        assert similar(city.actor("housing"), category_id=city.categories["0201"], title="路灯不亮夜里太黑") == []


def test_how_alike_is_told_in_per_cent(db, city):
    with play.at(MONDAY):
        said = {"title": "路口两侧路灯不亮", "content": "夜里太黑看不清路面，老人和孩子容易摔倒，报修三次没人来。"}
        play.log(city, "0201", "D-E-1", phone=PHONE, **said)
        asked = said | {"category_id": city.categories["0201"], "area_id": city.areas["D-E-1"]}
        mine, = similar(city.actor("agent"), phone=PHONE, **asked)
        anybodys, = similar(city.actor("agent"), **asked)
    assert mine.percent == 100
    assert 0 < anybodys.percent < 100


def test_nothing_typed_is_like_nothing(db, city):
    with play.at(MONDAY):
        play.log(city)
    assert similar(city.actor("agent")) == []
    assert similar(city.actor("agent"), category_id=999, area_id=999, title="啊") == []


def test_matters_are_found_by_code_name_and_initials(db, city):
    for words, first in (
        ("0501", "0501"), ("ljqy", "0501"), ("LJ", "0501"), ("垃圾", "0501"), ("清运", "0501"), ("05", "05"),
        ("市容 占道", "0502"), ("srhw zd", "0502"), ("gs", "0601"),
    ):
        assert directory.categories(words)[0].code == first, words


def test_places_and_units_are_found_alike(db, city):
    assert [a.code for a in directory.areas("yqsq")] == ["D-E-1"]
    assert directory.areas("东街")[0].code == "D-E"
    assert [u.code for u in directory.units("城管")] == []
    assert [u.code for u in directory.units("城市管理")] == ["URBAN"]
    assert [u.code for u in directory.units("zjj")] == []
    assert [u.code for u in directory.units("zfh")] == ["HOUSING"]
    assert [u.code for u in directory.units("12345")] == []


def test_with_nothing_typed_the_tops_are_proposed_and_never_too_many(db, city):
    assert [c.code for c in directory.categories("")] == ["01", "02", "05", "06", "99"]
    assert directory.categories("没有这个") == []
    assert len(directory.categories("0", limit=3)) == 3
    assert len(directory.categories("0", limit=1000)) <= directory.MOST


def test_a_matter_no_longer_used_is_not_proposed(db, city):
    with transaction():
        db.session.get(Category, city.categories["0501"]).active = False
    assert "0501" not in [c.code for c in directory.categories("垃圾")]
