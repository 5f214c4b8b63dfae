"""Pairs of records that may be one, what was decided about them, and what was merged.

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

UTC = sa.DateTime(timezone=True)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _kind() -> sa.Enum:
    return _one_of("record_kind", "service", "organisation")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column(
            "decision",
            _one_of("pair_decision", "waiting", "same", "related", "different"),
            nullable=False,
        ),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_duplicate_pair_in_order")),
        sa.CheckConstraint(
            "score >= 0 AND score <= 1000", name=op.f("ck_duplicate_pair_score_in_thousandths")
        ),
        sa.CheckConstraint(
            "(decision = 'waiting') = (decided_at IS NULL) "
            "AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_duplicate_pair_decided"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint(
            "kind", "low_id", "high_id", name=op.f("uq_duplicate_pair_kind_low_id_high_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duplicate_pair_score_id", "duplicate_pair", ["score", "id"])
    op.create_index("ix_duplicate_pair_kind_high_id", "duplicate_pair", ["kind", "high_id"])
    op.create_table(
        "duplicate_pass",
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("passed_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_duplicate_pass")),
    )
    op.create_table(
        "merged_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_record")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_merged_record_kind_thing_id")),
    )
    op.create_index("ix_merged_record_kind_slug", "merged_record", ["kind", "slug"])
    op.create_index("ix_service_start_page", "service", ["start_page"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_service_start_page", "service")
    op.drop_table("merged_record")
    op.drop_table("duplicate_pass")
    op.drop_table("duplicate_pair")
