"""Evidence for and against usages, and what follows from it for each.

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
KINDS = ("provider_confirmed", "provider_disputed", "roster", "scan", "invoice",
         "assessment_report", "document")  # fmt: skip
REASONS = ("not_ours", "other_date", "stopped")
DISPUTED = sa.text("disputed_on IS NOT NULL")


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("usage", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.add_column("usage", sa.Column("disputed_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_usage_disputed", "usage", ["component_id"], sqlite_where=DISPUTED,
        postgresql_where=DISPUTED,
    )  # fmt: skip
    op.create_table(
        "usage_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usage_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("evidence_kind", *KINDS), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("reason", _enum("dispute_reason", *REASONS), nullable=True),
        sa.Column("in_use_since", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'provider_disputed') = (reason IS NOT NULL)",
            name=op.f("ck_usage_evidence_disputed_has_reason"),
        ),
        sa.CheckConstraint(
            "(in_use_since IS NOT NULL) = (reason IS NOT NULL AND reason = 'other_date')",
            name=op.f("ck_usage_evidence_other_date_has_date"),
        ),
        sa.CheckConstraint(
            "(stopped_on IS NOT NULL) = (reason IS NOT NULL AND reason = 'stopped')",
            name=op.f("ck_usage_evidence_stopped_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["usage_id"], ["usage.id"], name=op.f("fk_usage_evidence_usage_id_usage"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_evidence")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_usage_evidence_usage_id_said_on", "usage_evidence", ["usage_id", "said_on"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("usage_evidence")
    op.drop_index("ix_usage_disputed", "usage")
    op.drop_column("usage", "disputed_on")
    op.drop_column("usage", "confirmed_on")
