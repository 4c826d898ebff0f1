"""What a request may be a sign of."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

RISK_KINDS: Mapping[str, Label] = {
    "EXTREME": Label("扬言极端", "Threat of self-harm or violence", "bad"),
    "MASS": Label("群体性苗头", "Mass event", "bad"),
    "ACCIDENT": Label("突发事件、事故", "Accident or emergency", "bad"),
    "MAJOR_HAZARD": Label("重大隐患", "Major hazard", "bad"),
    "EPIDEMIC": Label("疫情、食物中毒", "Epidemic or food poisoning", "bad"),
    "MINOR": Label("未成年人、家暴", "Minors or domestic violence", "bad"),
    "OPINION": Label("舆情", "Public opinion", "warn"),
    "SECRET": Label("涉密", "State secrets", "warn"),
    "FOREIGN": Label("涉外", "Foreigners involved", "warn"),
    "MILITARY": Label("涉军", "Military involved", "warn"),
}

#: Lines a request is passed to or comes from.
LINE_PARTNERS: Mapping[str, Label] = {
    "POLICE": Label("110 报警", "110 police"),
    "FIRE": Label("119 火警", "119 fire"),
    "AMBULANCE": Label("120 急救", "120 ambulance"),
    "TRAFFIC": Label("122 交通事故", "122 traffic accidents"),
    "WATER": Label("供水抢修", "Water repair"),
    "POWER": Label("供电抢修", "Power repair"),
    "GAS": Label("燃气抢修", "Gas repair"),
    "HEAT": Label("供热抢修", "Heating repair"),
}

LINK_DIRECTIONS: Mapping[str, Label] = {
    "OUT": Label("一键转接", "Passed on"),
    "IN": Label("转入", "Come in"),
    "THREE_WAY": Label("三方通话", "Three on the phone"),
}
