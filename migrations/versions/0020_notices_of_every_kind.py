"""A row for every kind of notice and whom it tells, so that an administrator can choose its channels.

What a unit must act on, or loses time by not knowing, leaves by e-mail, and by text message where it is pressing; the
rest is on the screen alone until somebody chooses otherwise.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CLERK, LEAD, DISPATCHER, SUPERVISOR, DIRECTOR = "UNIT_CLERK", "UNIT_LEAD", "DISPATCHER", "SUPERVISOR", "HOTLINE_DIR"
CALLBACK, REVIEWER = "CALLBACK", "REVIEWER"
SCREEN, MAIL, BOTH = "{}", "{email}", "{email,sms}"
ROWS = (
    ("instructed", CLERK, BOTH), ("instructed", LEAD, BOTH), ("instructed", DISPATCHER, SCREEN),
    ("extension_granted", CLERK, BOTH), ("extension_granted", LEAD, MAIL),
    ("extension_refused", CLERK, BOTH), ("extension_refused", LEAD, MAIL),
    ("extension_filed", SUPERVISOR, SCREEN), ("extension_filed", DIRECTOR, MAIL),
    ("return_granted", CLERK, MAIL), ("return_filed", DISPATCHER, SCREEN), ("return_filed", SUPERVISOR, SCREEN),
    ("conference_invited", CLERK, BOTH), ("conference_invited", LEAD, MAIL),
    ("conference_decided", CLERK, MAIL), ("conference_decided", LEAD, SCREEN),
    ("conference_cancelled", CLERK, MAIL), ("conference_cancelled", LEAD, SCREEN),
    ("opinions_in", DISPATCHER, SCREEN), ("raised", SUPERVISOR, MAIL), ("raised", DIRECTOR, MAIL),
    ("step_waits", LEAD, BOTH), ("step_waits", SUPERVISOR, SCREEN), ("step_waits", DIRECTOR, MAIL),
    ("application_refused", CLERK, BOTH), ("application_refused", LEAD, MAIL),
    ("suspended", CLERK, MAIL), ("suspended", LEAD, MAIL), ("resumed", CLERK, BOTH), ("resumed", LEAD, MAIL),
    ("terminated", CLERK, MAIL), ("terminated", LEAD, SCREEN),
    ("recalled", CLERK, MAIL), ("merged", CLERK, MAIL), ("supported", CLERK, MAIL), ("supported", DISPATCHER, SCREEN),
    ("crowd", SUPERVISOR, BOTH), ("supporters_to_ring", CALLBACK, SCREEN), ("handed_over", CLERK, MAIL),
    ("concealed", CLERK, BOTH), ("concealed", LEAD, BOTH), ("identity_was_seen", SUPERVISOR, MAIL),
    ("relay_asked", CALLBACK, SCREEN), ("relayed", CLERK, MAIL),
    ("whistled", SUPERVISOR, SCREEN), ("whistled", DISPATCHER, SCREEN), ("part_objected", DISPATCHER, SCREEN),
    ("part_decided", CLERK, MAIL), ("part_returned", CLERK, BOTH), ("part_ended", CLERK, SCREEN),
    ("contributed", CLERK, SCREEN), ("reopen", CLERK, BOTH), ("reopen", LEAD, MAIL),
    ("added", CLERK, SCREEN), ("added", DISPATCHER, SCREEN), ("urged", DISPATCHER, SCREEN),
    ("auto_signed", CLERK, MAIL), ("auto_signed", LEAD, MAIL),
    ("to_dispatch", DISPATCHER, SCREEN), ("replied", REVIEWER, SCREEN), ("dissatisfied", SUPERVISOR, SCREEN),
    ("order_answered", SUPERVISOR, SCREEN), ("meeting", DIRECTOR, MAIL),
)


def upgrade() -> None:
    """Write what is not there yet; what an administrator chose stands."""
    rows = ", ".join(f"('{kind}', '{role}', '{carriers}', 1)" for kind, role, carriers in ROWS)
    op.execute(f"INSERT INTO subscription (kind, role, carriers, version) VALUES {rows}"
               " ON CONFLICT (kind, role) DO NOTHING")


def downgrade() -> None:
    """Take them away again."""
    rows = ", ".join(f"('{kind}', '{role}')" for kind, role, _ in ROWS)
    op.execute(f"DELETE FROM subscription WHERE (kind, role) IN ({rows})")
