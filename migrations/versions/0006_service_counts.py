"""How many services there are of each sort, in a table of its own; the audiences as one text.

Old code runs beside the new schema while it is rolled out: the new column has a default. What it
writes is not counted, so `flask --app wsgi rollups rebuild` follows the last restart.

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ORDERED = ("phase", "category", "apis_answer")
AUDIENCES = ("business", "internal", "public")
FACETS = {
    "phase": "phase",
    "audience": "audience_set",
    "category": "category",
    "apis": "apis_answer",
}


def upgrade() -> None:
    """Bring the schema forward, and count what is there."""
    op.create_table(
        "service_count",
        sa.Column("within", sa.String(length=20), nullable=False),
        sa.Column("within_value", sa.String(length=120), nullable=False),
        sa.Column("facet", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("delivers_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "within", "within_value", "facet", "value", "organisation_id", "delivers_id",
            name=op.f("pk_service_count"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    for column in ("organisation_id", "delivers_id"):
        op.create_index(
            f"ix_service_count_{column}", "service_count", [column, "within", "within_value"]
        )
    op.add_column(
        "service",
        sa.Column("audience_set", sa.String(length=60), nullable=False, server_default=""),
    )
    for column in ORDERED:
        name = f"ix_service_{column}_sort_name_id"
        op.create_index(name, "service", [column, "sort_name", "id"])
        op.drop_index(f"ix_service_{column}", table_name="service")
    _count()


def _count() -> None:
    each = " || ".join(
        f"CASE WHEN EXISTS (SELECT 1 FROM service_audience a WHERE a.service_id = service.id "
        f"AND a.audience = '{audience}') THEN '{audience},' ELSE '' END"
        for audience in AUDIENCES
    )
    op.execute(f"UPDATE service SET audience_set = rtrim({each}, ',')")
    bodies = "coalesce(organisation_id, 0), coalesce(delivers_id, 0)"
    _add("''", "''", "''", "''", "0, 0")
    for within, within_column in ({"": "''"} | FACETS).items():
        _add(f"'{within}'", within_column, "'organisation'", "''", bodies)
        for facet, column in FACETS.items():
            if facet != within:
                _add(f"'{within}'", within_column, f"'{facet}'", column, "0, 0")


def _add(within: str, within_value: str, facet: str, value: str, bodies: str) -> None:
    where = " AND ".join(f"{c} IS NOT NULL" for c in {within_value, value} if c != "''")
    op.execute(
        f"INSERT INTO service_count SELECT {within}, {within_value}, {facet}, {value}, {bodies}, "
        f"count(*) FROM service WHERE {where or '1 = 1'} GROUP BY 1, 2, 3, 4, 5, 6"
    )


def downgrade() -> None:
    """Take it back."""
    for column in ORDERED:
        op.create_index(f"ix_service_{column}", "service", [column])
        op.drop_index(f"ix_service_{column}_sort_name_id", table_name="service")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE service DROP COLUMN audience_set")
    else:
        op.drop_column("service", "audience_set")
    op.drop_table("service_count")
