"""Data sets are collected from web addresses: from which hosts, when next, and how it went.

Revision: 0050
Follows: 0049
"""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
HOST = sa.String(length=253).with_variant(sa.String(length=253, collation="C"), "postgresql")
TROUBLES = (
    "address", "no_name", "not_public", "no_connection", "certificate", "too_slow", "redirect",
    "status", "too_large", "broken", "no_json", "no_csv", "too_many", "records",
)  # fmt: skip


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _of_set(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_data_set_id_data_set")
    return sa.ForeignKeyConstraint(["data_set_id"], ["data_set.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Bring the schema forward. Nothing used the tables before."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("collected_host", "host", type_=HOST)
    op.alter_column("collected_host", "allowed_at", new_column_name="decided_at")
    # Of a host of before nobody said that it may be collected from as it is now.
    no = sa.Column("allowed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("collected_host", no)
    op.drop_column("data_collection", "last_at")
    op.drop_column("data_collection", "outcome")
    for column in (
        sa.Column("host", HOST, nullable=False, server_default=""),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("modified", sa.String(length=200), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("data_collection", column)
    op.create_index(op.f("ix_data_collection_host"), "data_collection", ["host"])
    rows = op.get_bind().execute(sa.text("SELECT data_set_id, url FROM data_collection")).all()
    for id_, url in rows:
        said = {"host": urlsplit(url).hostname or "", "id": id_}
        update = "UPDATE data_collection SET host = :host WHERE data_set_id = :id"
        op.get_bind().execute(sa.text(update), said)
    op.create_table(
        "collection_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("format", _enum("collected_format", "json", "csv"), nullable=False),
        sa.Column(
            "outcome", _enum("collected_outcome", "kept", "unchanged", "failed"), nullable=False
        ),
        sa.Column("trouble", _enum("collected_trouble", *TROUBLES), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("faults", JSON, nullable=False),
        _of_set("collection_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_run")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collection_run_data_set_id", "collection_run", ["data_set_id", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("collection_run")
    op.drop_index(op.f("ix_data_collection_host"), "data_collection")
    for name in ("host", "digest", "etag", "modified", "told_at"):
        op.drop_column("data_collection", name)
    last = sa.Column("last_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("data_collection", last)
    outcome = sa.Column("outcome", sa.String(length=500), nullable=True)
    op.add_column("data_collection", outcome)
    op.drop_column("collected_host", "allowed")
    op.alter_column("collected_host", "decided_at", new_column_name="allowed_at")
