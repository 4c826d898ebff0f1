"""Signs of danger: the lexicon, reports of danger and the minutes they may take; cases passed from line to line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OPEN = "ended_at IS NULL"
#: kind, whether an emergency line comes before any unit, whom it must reach, words that are a sign of it
RULES = (
    ("EXTREME", True, "110；属地街道（乡镇）；区应急指挥中心", (
        "自杀", "跳楼", "割腕", "喝农药", "不想活", "轻生", "同归于尽", "砍人", "杀人", "捅死", "炸了", "炸药", "要放火",
        "点火烧", "自焚", "报复社会", "拿刀", "汽油浇", "被绑架", "扣押人质")),
    ("MASS", False, "公安；属地街道（乡镇）；行业主管部门", (
        "集体上访", "聚集闹", "聚众", "围堵", "堵路", "堵门", "拉横幅", "静坐", "罢工", "停运抗议", "集体讨薪", "组织业主", "上百人",
        "几百人", "联名去", "到市里去", "进京")),
    ("ACCIDENT", True, "119、120、110；区应急管理局值班室", (
        "爆炸", "着火", "起火", "发生火灾", "坍塌", "塌方", "塌陷", "燃气泄漏", "化学品泄漏", "燃气味", "煤气味", "触电", "溺水", "困在电梯",
        "被困", "有人受伤", "有伤亡", "昏迷", "中毒了", "翻车", "井盖掉", "掉进")),
    ("MAJOR_HAZARD", False, "区应急管理局；行业主管部门；属地街道（乡镇）", (
        "墙体开裂", "楼房倾斜", "危房要倒", "高压线垂", "电线掉落", "消防通道堵", "锁闭安全出口", "违规存放", "液化气罐",
        "非法储存", "尾矿", "大坝渗", "滑坡", "瓦斯")),
    ("EPIDEMIC", False, "区卫生健康局；区疾控中心；区市场监督管理局", (
        "集体腹泻", "食物中毒", "集体发烧", "多人呕吐", "传染病暴发", "聚集性疫情", "投毒", "水有异味多人", "禽流感", "鼠疫")),
    ("MINOR", True, "110；区民政局未成年人保护热线；区妇联", (
        "家暴", "打孩子", "虐待", "性侵", "猥亵", "强奸", "遗弃孩子", "孩子失踪", "走失", "拐卖", "校园欺凌", "体罚学生", "童工")),
    ("OPINION", False, "区委网信办；区委宣传部", (
        "发到网上", "找媒体", "联系记者", "找媒体曝光", "抖音直播", "微博热搜", "上热搜", "发视频")),
    ("SECRET", False, "区保密局", ("涉密", "国家秘密", "机密文件", "绝密")),
    ("FOREIGN", False, "区外事办公室；公安出入境", ("外国人", "外籍", "领事馆", "大使馆", "留学生打")),
    ("MILITARY", False, "区人民武装部；区退役军人事务局", ("部队营区", "军车", "现役军人", "退役军人聚", "老兵集")),
)
# An installation that already has limits gets that of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'RISK', 5, 'min', new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    (NULL, 'CRITICAL', NULL::boolean), (NULL, 'URGENT', NULL), ('CONSULT', 'NORMAL', NULL), ('PRAISE', 'NORMAL', NULL),
    ('OTHER', 'NORMAL', NULL), ('HELP', 'NORMAL', NULL), ('COMPLAINT', 'NORMAL', NULL), (NULL, NULL, NULL),
    ('REPORT', 'NORMAL', NULL), ('SUGGEST', 'NORMAL', NULL), (NULL, 'NORMAL', true)
  ) AS new (kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('RISK', 'YELLOW', '{HOTLINE:SHIFT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('RISK', 'RED', '{HOTLINE:SHIFT_LEAD,HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES
  ('risk_flagged', 'SHIFT_LEAD', '{sms}', 1), ('risk_flagged', 'SUPERVISOR', '{email,sms}', 1),
  ('transferred', 'SHIFT_LEAD', '{}', 1)
ON CONFLICT (kind, role) DO NOTHING
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, UPDATE ON risk_rule TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON risk_alert, link_case TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE risk_alert_id_seq, link_case_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Add them, with the words an installation begins with."""
    words = postgresql.ARRAY(sa.String(20))
    no = sa.text("false")
    op.add_column("ticket", sa.Column("open_risk", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("ticket", sa.Column("open_transfer", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("ticket", sa.Column("risk_line", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("ticket", sa.Column("risk_kinds", postgresql.ARRAY(sa.String(16)), nullable=False,
                                      server_default="{}"))
    rules = op.create_table(
        "risk_rule",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.Column("receivers", sa.String(200), nullable=False),
        sa.Column("needs_line", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_rule")),
        sa.UniqueConstraint("kind", name=op.f("uq_risk_rule_kind")),
    )
    op.bulk_insert(rules, [
        {"kind": kind, "needs_line": line, "receivers": receivers, "words": list(said), "version": 1}
        for kind, line, receivers, said in RULES
    ])
    op.execute("CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON risk_rule"
               " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()")
    _alerts(words)
    _links()
    for statement in (LIMITS, LADDER, NOTICES, GRANTS):
        op.execute(statement)


def _alerts(words: postgresql.ARRAY) -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "risk_alert",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String(16)), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("raised_at", moment, nullable=False),
        sa.Column("raised_by_id", sa.BigInteger(), nullable=True),
        sa.Column("raised_by", sa.String(80), nullable=False),
        sa.Column("taken_at", moment, nullable=True),
        sa.Column("taken_by", sa.String(80), nullable=False),
        sa.Column("receiver", sa.String(80), nullable=False),
        sa.Column("partner_no", sa.String(40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_risk_alert_of_a_kind")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name=op.f("ck_risk_alert_ended_by_somebody")),
        sa.CheckConstraint("receiver = '' OR ended_at IS NOT NULL", name=op.f("ck_risk_alert_received_at_its_end")),
        sa.CheckConstraint(
            "receiver <> '' OR ended_by_id IS DISTINCT FROM raised_by_id OR ended_by_id IS NULL",
            name=op.f("ck_risk_alert_no_false_alarm_by_who_raised_it"),
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_risk_alert_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_alert")),
    )
    op.create_index("uq_risk_alert_one_open", "risk_alert", ["ticket_id"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("ix_risk_alert_open", "risk_alert", ["raised_at", "id"], postgresql_where=sa.text(OPEN))
    op.create_index("ix_risk_alert_ticket_id", "risk_alert", ["ticket_id", "id"])


def _links() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "link_case",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("partner", sa.String(10), nullable=False),
        sa.Column("partner_no", sa.String(40), nullable=False),
        sa.Column("call_id", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("initiated_at", moment, nullable=False),
        sa.Column("initiated_by_id", sa.BigInteger(), nullable=True),
        sa.Column("initiated_by", sa.String(80), nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("returned_at", moment, nullable=True),
        sa.Column("settled_by", sa.String(80), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("accepted_at IS NULL OR returned_at IS NULL",
                           name=op.f("ck_link_case_accepted_or_returned")),
        sa.CheckConstraint("direction <> 'IN' OR accepted_at IS NOT NULL",
                           name=op.f("ck_link_case_what_comes_is_accepted")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_link_case_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_case")),
    )
    waits = "direction <> 'IN' AND accepted_at IS NULL AND returned_at IS NULL"
    op.create_index("uq_link_case_one_open", "link_case", ["ticket_id"], unique=True, postgresql_where=sa.text(waits))
    op.create_index("ix_link_case_open", "link_case", ["initiated_at", "id"], postgresql_where=sa.text(waits))
    op.create_index("ix_link_case_ticket_id", "link_case", ["ticket_id", "id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("link_case")
    op.drop_table("risk_alert")
    op.drop_table("risk_rule")
    for column in ("risk_kinds", "risk_line", "open_transfer", "open_risk"):
        op.drop_column("ticket", column)
    op.execute("DELETE FROM ladder_step WHERE code = 'RISK'")
    op.execute("DELETE FROM limit_rule WHERE code = 'RISK'")
    op.execute("DELETE FROM subscription WHERE kind IN ('risk_flagged', 'transferred')")
