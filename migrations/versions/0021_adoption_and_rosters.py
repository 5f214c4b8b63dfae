"""What providers publish of the use of their components: figures by day, and lists of users.

Revision: 0021
Follows: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _to(table: str, column: str, other: str, ondelete: str | None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "adoption_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        _to("adoption_day", "component_id", "component", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_day")),
        sa.UniqueConstraint("component_id", "day", name=op.f("uq_adoption_day_component_id_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "adoption_point",
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Numeric(precision=22, scale=4), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_adoption_point_not_negative")),
        _to("adoption_point", "day_id", "adoption_day", "CASCADE"),
        sa.PrimaryKeyConstraint("day_id", "measure", name=op.f("pk_adoption_point")),
    )
    op.create_table(
        "roster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column(
            "sort",
            sa.Enum(
                "per_service", "counts", name="roster_sort", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        _to("roster", "component_id", "component", "CASCADE"),
        _to("roster", "batch_id", "import_batch", None),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint(
            "component_id", "taken_on", "sort", name=op.f("uq_roster_component_id_taken_on_sort")
        ),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_roster_batch_id", "roster", ["batch_id"])
    op.create_table(
        "roster_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=True),
        sa.Column("service", sa.String(length=2000), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("services", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(service IS NULL) = (services IS NOT NULL)",
            name=op.f("ck_roster_row_service_or_count"),
        ),
        sa.CheckConstraint(
            "services IS NULL OR organisation IS NOT NULL",
            name=op.f("ck_roster_row_count_has_name"),
        ),
        sa.CheckConstraint(
            "service IS NOT NULL OR (service_id IS NULL AND since IS NULL)",
            name=op.f("ck_roster_row_count_confirms_nothing"),
        ),
        sa.CheckConstraint("services >= 0", name=op.f("ck_roster_row_not_negative")),
        _to("roster_row", "roster_id", "roster", "CASCADE"),
        _to("roster_row", "service_id", "service", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_row")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roster_row_organisation", "roster_row", ["organisation"])
    op.create_index("ix_roster_row_roster_id_position", "roster_row", ["roster_id", "position"])
    op.create_index("ix_roster_row_service_id", "roster_row", ["service_id"])


def downgrade() -> None:
    """Take it back."""
    for table in ("roster_row", "roster", "adoption_point", "adoption_day"):
        op.drop_table(table)
