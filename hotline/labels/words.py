"""The closed vocabularies of a ticket: kinds, codes of reasons, results (domain standard terms)."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

KINDS: Mapping[str, Label] = {
    "CONSULT": Label("咨询", "Consultation"),
    "HELP": Label("求助", "Request for help"),
    "COMPLAINT": Label("投诉", "Complaint"),
    "REPORT": Label("举报", "Report"),
    "SUGGEST": Label("建议", "Suggestion"),
    "PRAISE": Label("表扬", "Praise"),
    "OTHER": Label("其他", "Other"),
}

URGENCIES: Mapping[str, Label] = {
    "NORMAL": Label("一般", "Normal"),
    "URGENT": Label("紧急", "Urgent", "warn"),
    "CRITICAL": Label("特急", "Critical", "bad"),
}

ANONYMITIES: Mapping[str, Label] = {
    "OPEN": Label("公开", "Open"),
    "WITHHELD": Label("保密", "Withheld from units", "accent"),
    "ANONYMOUS": Label("匿名", "Anonymous", "accent"),
}

CALLER_TYPES: Mapping[str, Label] = {
    "PERSON": Label("个人", "Person"),
    "ENTERPRISE": Label("企业", "Enterprise", "info"),
    "ORGANISATION": Label("组织", "Organisation"),
    "PROXY": Label("代理", "Proxy"),
}

DETAILS_WANTED: Mapping[str, Label] = {
    "PLACE": Label("事发地点不清", "Where it is"),
    "TIME": Label("事发时间不清", "When it was"),
    "FACTS": Label("经过与诉求不清", "What happened, and what is wanted"),
    "CONTACT": Label("联系方式不全", "How to reach the caller"),
    "MATTER": Label("事项分类有误", "The matter is wrong"),
    "EVIDENCE": Label("缺少图片或材料", "A picture or a paper"),
}

REFUSE_REASONS: Mapping[str, Label] = {
    "R2": Label("已进入诉讼、仲裁程序", "In litigation or arbitration"),
    "R3": Label("属纪检监察事项", "For discipline inspection"),
    "R4": Label("属行政复议事项", "For administrative reconsideration"),
    "R5": Label("属政府信息公开申请", "For information disclosure"),
    "R6": Label("已进入信访程序", "Already in the petition procedure"),
    "R7": Label("涉及国家秘密、商业秘密、个人隐私或违反公序良俗", "Secrets, privacy or public order"),
    "R8": Label("同一事项正在办理或已依法办结且无新事实", "Same matter, without new facts"),
    "R9": Label("不属于本级政府职责范围", "Outside jurisdiction"),
    "R10": Label("恶意骚扰或无实质内容", "Malicious or without substance"),
    "R11": Label("民事纠纷，超出行政职责", "Private dispute beyond public duty"),
}

BLOCK_STATES: Mapping[str, Label] = {
    "ASKED": Label("待值班长审核", "For a shift lead", "warn"),
    "SECONDED": Label("待督办员审批", "For a supervisor", "warn"),
    "IN_FORCE": Label("生效", "In force", "bad"),
    "REFUSED": Label("已驳回", "Refused", "muted"),
    "LIFTED": Label("已解除", "Lifted", "muted"),
}

ANSWER_SOURCES: Mapping[str, Label] = {
    "ARTICLE": Label("知识库条目", "An article of the knowledge base"),
    "THREE_WAY": Label("三方通话", "A call of three"),
    "OWN": Label("自行解答", "The agent's own knowledge"),
}

RETURN_REASONS: Mapping[str, Label] = {
    "NOT_OUR_DUTY": Label("非本单位职责", "Not our duty"),
    "WRONG_PLACE": Label("属地不符", "Wrong place"),
    "UNCLEAR_DUTY": Label("权属不清", "Unclear whose duty"),
    "SEVERAL_UNITS": Label("需多部门办理", "Needs several units"),
    "TOO_LITTLE_KNOWN": Label("信息不足", "Too little is known"),
    "DUPLICATE": Label("重复工单", "Duplicate"),
    "IN_PETITION_OR_COURT": Label("已移交信访或诉讼", "In petition or court"),
    "OTHER": Label("其他", "Other"),
}

TICKET_RELATIONS: Mapping[str, Label] = {
    "DUP": Label("同一事项", "The same matter"),
    "RELATED": Label("相关事项", "Related"),
}

EXTENSION_REASONS: Mapping[str, Label] = {
    "COMPLEX": Label("案情复杂", "The matter is complex"),
    "SEVERAL_UNITS": Label("需多部门协调", "Several units must agree"),
    "CONSTRUCTION": Label("需施工或采购", "Works or purchases are needed"),
    "EXPERT_OPINION": Label("需检测、鉴定或专家意见", "Tests or an expert's opinion are needed"),
    "CALLER_ASKS": Label("应诉求人要求", "The caller asks for it"),
    "FORCE_MAJEURE": Label("天气等不可抗力", "Weather or other force majeure"),
    "OTHER": Label("其他", "Other"),
}

RECALL_REASONS: Mapping[str, Label] = {
    "MISDISPATCHED": Label("派单有误", "Wrongly dispatched"),
    "NEW_FACTS": Label("有新情况", "New facts"),
    "UNIT_CHANGED": Label("单位职责调整", "The unit's duties changed"),
    "OTHER": Label("其他", "Other"),
}

DEFECTS: Mapping[str, Label] = {
    "D1": Label("未联系诉求人", "Caller not contacted"),
    "D2": Label("未逐项答复诉求", "Not answered item by item"),
    "D3": Label("缺事实、时间、地点", "No facts, date or place"),
    "D4": Label("不支持诉求但未引依据", "Refuses without a basis"),
    "D5": Label("照抄以往回复", "Copied from an earlier reply"),
    "D6": Label("有承诺无时限", "A promise without a date"),
    "D7": Label("缺应附照片", "Photograph missing"),
    "D8": Label("泄露诉求人身份", "Gives the caller away"),
    "D9": Label("办结类型不符", "Wrong close type"),
    "D10": Label("语言、格式不规范", "Language or form"),
    "D11": Label("未汇总下级回复", "Sub-units' replies not put together"),
    "D12": Label("与以往回复矛盾", "Contradicts an earlier reply"),
    "D13": Label("重件未经领导审签", "Not signed by the leader"),
}

#: What each item of the review looks for.
DEFECT_HINTS: Mapping[str, Label] = {
    "D1": Label("应有与诉求人的通话或上门记录", "There should be a record of a call or visit"),
    "D2": Label("诉求有几项，答复就应有几项", "Every point of the request needs its answer"),
    "D3": Label("何时、何地、何人、查明了什么", "When, where, who, and what was found"),
    "D4": Label("不支持的，写明法规政策和文号", "A refusal names the law or document"),
    "D5": Label("答复应针对本次诉求", "The answer must fit this request"),
    "D6": Label("承诺要有完成日期和责任单位", "A promise needs a date and who keeps it"),
    "D7": Label("事项要求附照片的，须有现场照片", "Where the matter asks for it, a photograph"),
    "D8": Label("公开答复不得出现姓名、电话、住址", "No name, telephone or address in public"),
    "D9": Label("所选办理结果应与答复内容一致", "The result chosen must match the answer"),
    "D10": Label("语句通顺、称谓得体、无错别字", "Plain, polite, without mistakes"),
    "D11": Label("汇总各办理单位意见后统一答复", "One answer from all who handled it"),
    "D12": Label("前后说法应一致，变化要说明原因", "Consistent, or the change explained"),
    "D13": Label("重要、紧急、重办件由负责人审签", "Weighty cases are signed by the leader"),
}

CONTACT_RESULTS: Mapping[str, Label] = {
    "REACHED": Label("已联系上", "Reached", "good"),
    "NO_ANSWER": Label("无人接听", "No answer", "warn"),
    "WRONG_NUMBER": Label("号码有误", "Wrong number", "warn"),
    "REFUSED": Label("拒绝沟通", "Refused to talk", "warn"),
    "VIA_HOTLINE": Label("经热线转达", "Through the hotline", "info"),
}

TRUTHS: Mapping[str, Label] = {
    "TRUE": Label("属实", "True"),
    "PARTLY": Label("部分属实", "Partly true"),
    "FALSE": Label("不属实", "Not true"),
}

RESOLUTIONS: Mapping[str, Label] = {
    "RESOLVED": Label("已解决", "Resolved", "good"),
    "PARTLY": Label("部分解决", "Partly resolved", "warn"),
    "UNRESOLVED": Label("未解决", "Unresolved", "bad"),
}

UNRESOLVED_REASONS: Mapping[str, Label] = {
    "POLICY": Label("政策法规不支持", "The law does not allow it"),
    "FUNDS": Label("资金未落实", "No funds yet"),
    "PLANNED": Label("已列入计划", "Planned"),
    "THIRD_PARTY": Label("涉及第三方", "Depends on a third party"),
    "UNREASONABLE": Label("诉求不合理", "Unreasonable request"),
    "OTHER": Label("其他", "Other"),
}

URGE_SOURCES: Mapping[str, Label] = {
    "CITIZEN": Label("诉求人催单", "The caller"),
    "HOTLINE": Label("热线催办", "The hotline"),
}

CHANNELS: Mapping[str, Label] = {
    "PHONE": Label("12345 电话", "Phone 12345"),
    "WEB": Label("网站", "Web portal"),
    "WECHAT": Label("微信", "WeChat"),
    "APP": Label("手机应用", "App"),
    "SMS": Label("短信", "SMS"),
    "EMAIL": Label("电子邮件", "E-mail"),
    "LETTER": Label("信函传真", "Letter or fax"),
    "WINDOW": Label("办不成事窗口", "Service window"),
    "PROVINCE": Label("省热线转办", "Province's hotline"),
    "PETITION_OFFICE": Label("信访转入", "Petition office"),
    "GRID": Label("网格员上报", "Grid worker"),
    "TRANSFER_110": Label("110 转入", "From 110"),
    "MEDIA": Label("媒体", "Media"),
    "INSTRUCTION": Label("领导批示", "Leader's instruction"),
    "API": Label("接口", "API"),
    "IMPORT": Label("批量导入", "Import"),
    "MERGED_LINE": Label("归并热线", "Merged line"),
    "SOCIAL": Label("微博、短视频", "Social media"),
    "MESSAGE_BOARD": Label("领导留言板", "Leaders' message board"),
    "STATE_COMPLAINTS": Label("国家投诉建议平台", "State complaints platform"),
    "STATE_INSPECTION": Label("国务院互联网督查", "State Council inspection"),
    "SERVICE_RATING": Label("政务服务好差评", "Service rating"),
    "SENSOR": Label("物联感知", "Sensor"),
    "CONGRESS": Label("人大政协", "Congress"),
    "SUBCENTRE": Label("分中心", "Sub-centre"),
}

BUCKETS: Mapping[str, Label] = {
    "UP_TO_1": Label("1个工作日内", "Up to 1 working day"),
    "UP_TO_3": Label("1–3个工作日", "1–3 working days"),
    "UP_TO_5": Label("3–5个工作日", "3–5 working days"),
    "UP_TO_10": Label("5–10个工作日", "5–10 working days"),
    "OVER_10": Label("10个工作日以上", "Over 10 working days"),
}

FATES: Mapping[str, Label] = {
    "DIRECT": Label("直接解答", "Answered at once", "good"),
    "REFUSED": Label("不予受理", "Not taken on", "muted"),
    "MERGED": Label("并单", "Merged", "info"),
    "DISPATCHED": Label("派单", "Dispatched", "info"),
    "OTHER": Label("尚未派单", "Not dispatched yet", "warn"),
}

PARTS: Mapping[str, Label] = {
    "NUMERATOR": Label("计入分子", "Counted in the numerator"),
    "REST": Label("未计入分子", "Not in the numerator"),
    "DENOMINATOR": Label("全部（分母）", "All (denominator)"),
}

IDENTITY_HITS: Mapping[str, Label] = {
    "NAME": Label("诉求人姓名", "The caller's name", "warn"),
    "PHONE": Label("诉求人电话", "The caller's telephone", "warn"),
    "OTHER_PHONE": Label("手机号码", "A mobile number", "warn"),
    "ID_NUMBER": Label("身份证号", "An identity number", "warn"),
    "PLATE": Label("车牌号", "A licence plate", "warn"),
}

LIKENESSES: Mapping[str, Label] = {
    "SAME_CALLER": Label("同一来电人", "Same caller", "accent"),
    "SAME_PLACE": Label("同一区域", "Same place", "info"),
    "SAME_MATTER": Label("同一事项", "Same matter", "info"),
    "SIMILAR_TEXT": Label("内容相近", "Similar words", "warn"),
}


