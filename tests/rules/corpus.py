"""Text that breaks programs, in a Chinese setting; made up, for every string field and query parameter.

`REFUSED` must be turned away with a clear message. Everything in `NASTY` is something a person could
paste: it must be taken (cleaned) or refused by a rule of the field, and never lead to an error page.
"""

from __future__ import annotations

REFUSED = {
    "nul": "投诉\x00噪音",
    "only_nul": "\x00",
    "high_surrogate": "张\ud842",
    "low_surrogate": "\udfb7三",
    "reversed_pair": "路灯\udfb7\ud842不亮",
}

RARE_NAMES = {
    "extension_e": "𬱖磊",
    "extension_a": "䶮正阳",
    "extension_a_last_row": "㛃婷",
    "extension_b": "𣲘伟",
    "extension_b_ji": "𠮷野家",
    "extension_g": "𰻝𰻝面馆",
    "variation_sequence": "葛\U000e0100城",
    "variation_sequence_inside": "辻\U000e0101子涵",
    "compatibility_ideograph": "凉宫\uf979",
    "compatibility_gb18030": "\ufa0c术",
    "private_use": "李\ue000明",
    "twenty_characters": "阿卜杜热合曼阿卜杜克热木麦麦提艾力图尔荪",
}

MINORITY_NAMES = {
    "middle_dot": "买买提·吐尔逊",
    "katakana_dot": "古丽娜尔・艾合买提",
    "bullet": "迪丽热巴•木拉提",
    "full_width_stop": "阿依古丽．买买提",
    "four_parts": "才旦·卓玛·央金·拉姆",
    "uyghur": "ئالىم ئابدۇللا",
    "tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ།",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
    "yi": "ꆈꌠꉙ",
    "zhuang": "Vahcuengh Lauxsaeq",
    "korean_jamo": "\u1112\u1161\u11ab국",
}

FULL_WIDTH = {
    "phone": "１３８００００１２３４",
    "latin": "ＡＢＣ物业",
    "padding": "\u3000\u3000关于路灯不亮的投诉\u3000",
    "tab_padding": "\t\t井盖缺失\n",
    "ideographic_inside": "张\u3000三",
    "half_width_katakana": "ｶﾞｽ漏れ",
    "circled": "①停水②停电㈱",
    "chinese_digits": "一三八〇〇〇〇一二三四",
}

INVISIBLE = {
    "zero_width_space": "噪\u200b音\u200b扰民",
    "zero_width_joiner": "张\u200d三",
    "word_joiner": "张\u2060三",
    "byte_order_mark": "\ufeff标题",
    "soft_hyphen": "投\xad诉",
    "only_invisible": "\u200b\u200c\u200d\ufeff",
    "hangul_filler": "\u3164\u3164",
    "stray_selector": "\U000e0100",
    "tag_characters": "正常\U000e0041\U000e0042文字",
    "no_break_space": "张\xa0三",
    "bidi_override": "发票\u202egnp.exe",
    "bidi_isolate": "\u2066管理员\u2069",
    "bidi_marks": "\u200f张三\u200e",
}

CONTROLS = {
    "c0": "投诉\x01\x02\x1b[31m红色",
    "c1": "投诉\x85换行\x9b31m",
    "delete": "投诉\x7f",
    "line_separators": "第一行\u2028第二行\u2029第三行",
    "windows_lines": "第一行\r\n第二行\r第三行",
    "vertical_tab": "第一行\x0b第二行\x0c第三行",
    "noncharacter": "完\uffff",
    "log_injection": "张三\n2026-03-02 INFO login ok user=admin",
    "header_injection": "张三\r\nSet-Cookie: a=b",
}

MOJIBAKE = {
    "replacement_as_gbk": "锟斤拷锟斤拷",
    "uninitialised_memory": "烫烫烫烫屯屯屯",
    "utf8_as_latin1": "å¼ ä¸‰",
    "replacement": "张\ufffd三",
    "html_entities": "&#24352;&#19977;&nbsp;",
}

EMOJI = {
    "family": "👨‍👩‍👧‍👦反映问题",
    "flag": "🇨🇳",
    "skin_tone": "👍🏽满意",
    "keycap": "1️⃣第一点",
    "many_combining_marks": "路" + "\u0301" * 200,
}

FORMULAS = {
    "equals": "=HYPERLINK(\"http://example.invalid\",\"查看\")",
    "full_width_equals": "＝1＋1",
    "plus": "+8613800001234",
    "full_width_plus": "＋86",
    "minus": "-2+3",
    "full_width_minus": "－2",
    "at": "@SUM(A1:A9)",
    "full_width_at": "＠SUM(A1)",
    "behind_blank": " =1+1",
    "behind_invisible": "\u200b=1+1",
}

INJECTIONS = {
    "sql": "张三'); DROP TABLE ticket;--",
    "html": "<script>alert('投诉')</script>",
    "attribute": "\" onmouseover=\"alert(1)",
    "template": "{{ 7*7 }}{% raw %}",
    "format": "%s%n{0.__class__}",
    "path": "../../etc/passwd",
    "like": "100%_\\",
    "regular_expression": "(a+)+$" + "a" * 40,
    "json": "{\"a\": NaN}",
    "number": "1e400",
}

LONG = {
    "address": "某市某区某街道某社区" * 1_000,
    "one_character": "噪" * 100_000,
    "blanks": " " * 100_000,
    "digits": "1" * 100_000,
    "astral": "𬱖" * 50_000,
    "lines": "\n" * 50_000,
}

GROUPS = {
    "rare": RARE_NAMES,
    "minority": MINORITY_NAMES,
    "full_width": FULL_WIDTH,
    "invisible": INVISIBLE,
    "controls": CONTROLS,
    "mojibake": MOJIBAKE,
    "emoji": EMOJI,
    "formulas": FORMULAS,
    "injections": INJECTIONS,
    "long": LONG,
}

NASTY = {f"{group}-{name}": text for group, texts in GROUPS.items() for name, text in texts.items()}
"""Every string above but the refused ones, by `group-name`; use the keys as test ids."""
