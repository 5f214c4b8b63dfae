"""Problems that readers report, with the addresses that they leave for the answer.

Revision: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column(
            "kind", _enum("kind", "portal", "organisation", "service", "component"), nullable=False
        ),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(length=300), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unique_key", sa.String(length=64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("outcome", _enum("problem_outcome", "put_right", "not_changed"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'portal') = (thing_id = 0)", name=op.f("ck_problem_portal_has_no_id")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND "
            "(answered_at IS NULL) = (outcome IS NULL) AND "
            "(answered_at IS NULL) = (answer IS NULL)",
            name=op.f("ck_problem_answered_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_problem_unique_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_problem_kind_thing_id", "problem", ["kind", "thing_id"])
    op.create_index("ix_problem_answered_at_due_on", "problem", ["answered_at", "due_on"])
    op.create_table(
        "problem_contact",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problem.id"],
            name=op.f("fk_problem_contact_problem_id_problem"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("problem_id", name=op.f("pk_problem_contact")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("problem_contact")
    op.drop_table("problem")
