"""A unit's leader consents to returns and extensions before the hotline decides; clocks of the steps of approvals."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# An installation that already has limits gets those of the new clocks, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT new.code, new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    ('CONSENT', 15, 'min', NULL, 'CRITICAL', NULL::boolean), ('CONSENT', 30, 'min', NULL, 'URGENT', NULL),
    ('CONSENT', 4, 'wh', 'CONSULT', 'NORMAL', NULL), ('CONSENT', 4, 'wh', 'PRAISE', 'NORMAL', NULL),
    ('CONSENT', 4, 'wh', 'OTHER', 'NORMAL', NULL), ('CONSENT', 4, 'wh', 'HELP', 'NORMAL', NULL),
    ('CONSENT', 4, 'wh', 'COMPLAINT', 'NORMAL', NULL), ('CONSENT', 4, 'wh', NULL, NULL, NULL),
    ('CONSENT', 4, 'wh', 'REPORT', 'NORMAL', NULL), ('CONSENT', 1, 'wd', 'SUGGEST', 'NORMAL', NULL),
    ('CONSENT', 2, 'wh', NULL, 'NORMAL', true),
    ('APPROVAL', 1, 'h', NULL, 'CRITICAL', NULL), ('APPROVAL', 2, 'h', NULL, 'URGENT', NULL),
    ('APPROVAL', 1, 'wd', 'CONSULT', 'NORMAL', NULL), ('APPROVAL', 1, 'wd', 'PRAISE', 'NORMAL', NULL),
    ('APPROVAL', 1, 'wd', 'OTHER', 'NORMAL', NULL), ('APPROVAL', 1, 'wd', 'HELP', 'NORMAL', NULL),
    ('APPROVAL', 1, 'wd', 'COMPLAINT', 'NORMAL', NULL), ('APPROVAL', 1, 'wd', NULL, NULL, NULL),
    ('APPROVAL', 1, 'wd', 'REPORT', 'NORMAL', NULL), ('APPROVAL', 1, 'wd', 'SUGGEST', 'NORMAL', NULL),
    ('APPROVAL', 4, 'wh', NULL, 'NORMAL', true)
  ) AS new (code, amount, basis, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('CONSENT', 'YELLOW', '{UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('CONSENT', 'RED', '{UNIT:UNIT_LEAD,UNIT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('APPROVAL', 'YELLOW', '{HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('APPROVAL', 'RED', '{HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
RULES = """
INSERT INTO sign_off_rule (kind, wanted, version) VALUES ('RETURN', true, 1), ('EXTENSION', true, 1)
ON CONFLICT DO NOTHING
"""
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES ('consent_denied', 'UNIT_CLERK', '{email}', 1)
ON CONFLICT (kind, role) DO NOTHING
"""


def upgrade() -> None:
    """What is undecided goes its way: it is with the hotline already."""
    for statement in (LIMITS, LADDER, RULES, NOTICES):
        op.execute(statement)


def downgrade() -> None:
    """Without them."""
    op.execute("DELETE FROM subscription WHERE kind = 'consent_denied'")
    op.execute("DELETE FROM sign_off_rule WHERE unit_id IS NULL AND kind IN ('RETURN', 'EXTENSION')")
    op.execute("DELETE FROM ladder_step WHERE code IN ('CONSENT', 'APPROVAL')")
    op.execute("DELETE FROM limit_rule WHERE code IN ('CONSENT', 'APPROVAL')")
