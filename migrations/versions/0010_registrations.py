"""Services being registered.

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)
STATES = ("draft", "waiting", "published")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="registration_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document", JSON, nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("not_these", sa.String(length=300), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("edited_at", UTC, nullable=False),
        sa.Column("submitted_at", UTC, nullable=True),
        sa.Column("published_at", UTC, nullable=True),
        sa.CheckConstraint(
            "state <> 'waiting' OR organisation_id IS NOT NULL",
            name=op.f("ck_registration_waiting_has_organisation"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (submitted_at IS NULL)",
            name=op.f("ck_registration_submitted_has_moment"),
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR state = 'published'",
            name=op.f("ck_registration_service_is_published"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_registration_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_registration_service_id_service"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("started_by", name=op.f("uq_registration_started_by")),
        sa.UniqueConstraint("service_id", name=op.f("uq_registration_service_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_registration_person_id_id", "registration", ["person_id", "id"])
    op.create_index(
        "ix_registration_organisation_id_state", "registration", ["organisation_id", "state"]
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("registration")
