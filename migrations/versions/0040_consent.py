"""Returns and extensions leave a unit with its leader's consent; every step of a chain has a clock of its own."""

from alembic import op

revision = "0040"
down_revision = "0036"
branch_labels = None
depends_on = None

CODES = "('CONSENT', 'DECISION', 'FINAL_DECISION')"
# An installation that already has limits gets those of the new clocks, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT new.code, new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）',
       DATE '2000-01-01', 1, ''
  FROM (
    SELECT 'CONSENT' AS code, column1 AS amount, column2 AS basis, column3 AS kind, column4 AS urgency,
           column5 AS enterprise
      FROM (VALUES
        (15, 'min', NULL, 'CRITICAL', NULL::boolean), (30, 'min', NULL, 'URGENT', NULL),
        (4, 'wh', 'CONSULT', 'NORMAL', NULL), (4, 'wh', 'PRAISE', 'NORMAL', NULL), (4, 'wh', 'OTHER', 'NORMAL', NULL),
        (4, 'wh', 'HELP', 'NORMAL', NULL), (4, 'wh', 'COMPLAINT', 'NORMAL', NULL), (4, 'wh', NULL, NULL, NULL),
        (4, 'wh', 'REPORT', 'NORMAL', NULL), (1, 'wd', 'SUGGEST', 'NORMAL', NULL), (2, 'wh', NULL, 'NORMAL', true)
      ) AS leader
    UNION ALL
    SELECT step.code, column1, column2, column3, column4, column5
      FROM (VALUES ('DECISION'), ('FINAL_DECISION')) AS step (code), (VALUES
        (15, 'min', NULL, 'CRITICAL', NULL::boolean), (2, 'h', NULL, 'URGENT', NULL),
        (1, 'wd', 'CONSULT', 'NORMAL', NULL), (1, 'wd', 'PRAISE', 'NORMAL', NULL), (1, 'wd', 'OTHER', 'NORMAL', NULL),
        (1, 'wd', 'HELP', 'NORMAL', NULL), (1, 'wd', 'COMPLAINT', 'NORMAL', NULL), (1, 'wd', NULL, NULL, NULL),
        (1, 'wd', 'REPORT', 'NORMAL', NULL), (2, 'wd', 'SUGGEST', 'NORMAL', NULL), (1, 'wd', NULL, 'NORMAL', true)
      ) AS above
  ) AS new
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('CONSENT', 'YELLOW', '{UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('CONSENT', 'RED', '{UNIT:UNIT_LEAD,UNIT:UNIT_CLERK,HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('DECISION', 'YELLOW', '{HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('DECISION', 'RED', '{HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('FINAL_DECISION', 'YELLOW', '{HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('FINAL_DECISION', 'RED', '{HOTLINE:HOTLINE_DIR,DISTRICT:LEADER}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
SIGN_OFFS = """
INSERT INTO sign_off_rule (kind, wanted, version) VALUES ('RETURN', true, 1), ('EXTENSION', true, 1)
ON CONFLICT (kind, unit_id) DO NOTHING
"""


def upgrade() -> None:
    """Give the steps their time, and let leaders consent first."""
    for statement in (LIMITS, LADDER, SIGN_OFFS):
        op.execute(statement)


def downgrade() -> None:
    """Take it away again; what waits inside a unit, or was kept there, was never before the hotline."""
    op.execute("UPDATE application SET state = 'LAPSED', decided_at = coalesce(decided_at, filed_at)"
               " WHERE state = 'DECLINED' OR (state = 'FILED' AND id IN (SELECT application_id FROM application_step)"
               " AND kind IN ('RETURN', 'EXTENSION'))")
    op.execute("UPDATE assignment SET extension_filed_at = NULL, asked = NULL"
               " WHERE asked ->> 'kind' IN ('RETURN', 'EXTENSION')")
    op.execute("DELETE FROM application_step WHERE application_id IN (SELECT id FROM application"
               " WHERE kind IN ('RETURN', 'EXTENSION'))")
    op.execute("DELETE FROM sign_off_rule WHERE kind IN ('RETURN', 'EXTENSION')")
    op.execute(f"DELETE FROM ladder_step WHERE code IN {CODES}")
    op.execute(f"DELETE FROM clock_segment WHERE clock_id IN (SELECT id FROM clock WHERE code IN {CODES})")
    op.execute(f"DELETE FROM clock_firing WHERE clock_id IN (SELECT id FROM clock WHERE code IN {CODES})")
    op.execute(f"DELETE FROM clock WHERE code IN {CODES}")
    op.execute(f"DELETE FROM limit_rule WHERE code IN {CODES}")
