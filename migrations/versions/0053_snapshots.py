"""Reports that were frozen.

Revision: 0053
Follows: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
SAID = "a snapshot does not change"
FUNCTION = f"""
CREATE FUNCTION report_snapshot_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "report_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(month IS NULL) = (reason IS NOT NULL)",
            name=op.f("ck_report_snapshot_by_hand_has_reason"),
        ),
        sa.CheckConstraint("rows > 0", name=op.f("ck_report_snapshot_has_rows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_snapshot")),
        sa.UniqueConstraint(
            "report", "query", "month", name=op.f("uq_report_snapshot_report_query_month")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_snapshot_report_id", "report_snapshot", ["report", "id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(FUNCTION)
    for verb in ("UPDATE", "DELETE"):
        on = f"CREATE TRIGGER report_snapshot_no_{verb.lower()} BEFORE {verb} ON report_snapshot "
        if sqlite:
            op.execute(f"{on} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        else:
            op.execute(f"{on} FOR EACH ROW EXECUTE FUNCTION report_snapshot_stays()")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("report_snapshot")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION report_snapshot_stays()")
