"""Sentences of documents that name components.

Revision: 0026
Follows: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
KINDS = ("assessment_report", "document")
SENSES = ("uses", "plans", "advised", "declined", "is_it", "unclear")
STATES = ("open", "confirmed", "rejected")


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("kind", _enum("document_kind", *KINDS), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("guess", _enum("guess", *SENSES), nullable=False),
        sa.Column("state", _enum("mention_state", *STATES), nullable=False),
        sa.Column("sense", _enum("sense", *SENSES), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)", name=op.f("ck_mention_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (sense IS NOT NULL)",
            name=op.f("ck_mention_confirmed_has_sense"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR reason IS NOT NULL", name=op.f("ck_mention_rejected_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["component_id"], ["component.id"], name=op.f("fk_mention_component_id_component"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_mention_service_id_service"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("mark", name=op.f("uq_mention_mark")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_mention_component_id_state", "mention", ["component_id", "state"])
    op.create_index(op.f("ix_mention_service_id"), "mention", ["service_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("mention")
