"""Assessors, and the seats of panels.

Revision: 0036
Follows: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
TABLES = (
    "seat_volunteer",
    "seat",
    "assessor_away",
    "assessor",
)


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "assessor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("supplier", sa.String(length=300), nullable=True),
        sa.Column("supplier_key", sa.String(length=300), nullable=True),
        sa.Column("cross_government", sa.Boolean(), nullable=False),
        sa.Column("can_lead", sa.Boolean(), nullable=False),
        sa.Column(
            "training",
            _enum("training", "not_begun", "observed", "shadowed", "trained"),
            nullable=False,
        ),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("most_a_month", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(supplier IS NULL) = (supplier_key IS NULL)", name=op.f("ck_assessor_supplier_has_key")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assessor_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_assessor_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_assessor")),
    )
    op.create_index(
        op.f("ix_assessor_organisation_id"), "assessor", ["organisation_id"], unique=False
    )
    op.create_table(
        "assessor_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_assessor_away_until_after")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["assessor.person_id"],
            name=op.f("fk_assessor_away_person_id_assessor"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessor_away")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_assessor_away_person_id_until"),
        "assessor_away",
        ["person_id", "until"],
        unique=False,
    )
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("role", _enum("seat_role", "lead", "assessor", "observer"), nullable=False),
        sa.Column(
            "profession",
            _enum(
                "profession",
                "product",
                "user_research",
                "design",
                "technology",
                "performance",
                "accessibility",
            ),
            nullable=True,
        ),
        sa.Column("state", _enum("seat_state", "open", "filled", "left"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "declaration", _enum("declaration", "waiting", "none", "conflict"), nullable=False
        ),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conflict", sa.String(length=500), nullable=True),
        sa.Column("objection", sa.String(length=500), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_because", sa.String(length=500), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'observer') = (profession IS NULL)", name=op.f("ck_seat_has_profession")
        ),
        sa.CheckConstraint(
            "state = 'open' OR person_id IS NOT NULL OR state = 'left'",
            name=op.f("ck_seat_filled_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_seat_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_seat_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["seat.id"], name=op.f("fk_seat_replaces_id_seat"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_seat_booking_id"), "seat", ["booking_id"], unique=False)
    op.create_index(op.f("ix_seat_person_id_state"), "seat", ["person_id", "state"], unique=False)
    op.create_index(op.f("ix_seat_replaces_id"), "seat", ["replaces_id"], unique=False)
    op.create_table(
        "seat_volunteer",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["assessor.person_id"],
            name=op.f("fk_seat_volunteer_person_id_assessor"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"],
            ["seat.id"],
            name=op.f("fk_seat_volunteer_seat_id_seat"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seat_id", "person_id", name=op.f("pk_seat_volunteer")),
    )
    op.create_index(
        op.f("ix_seat_volunteer_person_id"), "seat_volunteer", ["person_id"], unique=False
    )


def downgrade() -> None:
    """Take the schema back."""
    for name in TABLES:
        op.drop_table(name)
