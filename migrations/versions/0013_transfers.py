"""Transfers of functions between organisations.

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table: str, column: str, target: str, rule: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=rule)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "kind",
            _one_of("succession_kind", "renamed", "merged", "split", "functions_transferred",
                    "abolished"),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column(
            "state", _one_of("transfer_state", "draft", "applied", "reversed"), nullable=False
        ),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("applied_at", UTC, nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (applied_at IS NULL)", name=op.f("ck_transfer_applied")
        ),
        sa.CheckConstraint("reverses_id <> id", name=op.f("ck_transfer_not_itself")),
        _key("transfer", "reverses_id", "transfer", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transfer_reverses_id")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_transfer_happened_on_id", "transfer", ["happened_on", "id"])
    op.create_table(
        "transfer_body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("side", _one_of("transfer_side", "loses", "gains"), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("succeeded", JSON, nullable=False),
        _key("transfer_body", "transfer_id", "transfer", "CASCADE"),
        _key("transfer_body", "organisation_id", "organisation", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_body")),
    )
    op.create_index("ix_transfer_body_transfer_id", "transfer_body", ["transfer_id"])
    op.create_index("ix_transfer_body_organisation_id", "transfer_body", ["organisation_id"])
    op.create_table(
        "transfer_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _one_of("transfer_kind", "service", "component", "organisation", "role"),
            nullable=False,
        ),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column(
            "action", _one_of("transfer_action", "open", "move", "stay", "end"), nullable=False
        ),
        sa.Column("kept", JSON, nullable=True),
        sa.CheckConstraint(
            "(action = 'move') = (to_id IS NOT NULL)",
            name=op.f("ck_transfer_item_moves_somewhere"),
        ),
        _key("transfer_item", "transfer_id", "transfer", "CASCADE"),
        _key("transfer_item", "from_id", "organisation", "RESTRICT"),
        _key("transfer_item", "to_id", "organisation", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_item")),
    )
    op.create_index(
        "ix_transfer_item_transfer_id_kind_id", "transfer_item", ["transfer_id", "kind", "id"]
    )
    op.create_index("ix_transfer_item_kind_thing_id", "transfer_item", ["kind", "thing_id"])
    op.create_index("ix_transfer_item_from_id", "transfer_item", ["from_id"])
    op.create_index("ix_transfer_item_to_id", "transfer_item", ["to_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("transfer_item")
    op.drop_table("transfer_body")
    op.drop_table("transfer")
