"""Components, the capabilities they offer, and how services meet their needs.

Old code runs beside the new schema while it is rolled out: add first, remove a release later.

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = sa.DateTime(timezone=True)
SORTED = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _where(which: str) -> dict[str, sa.TextClause]:
    condition = f"status <> 'stopped' AND {which}"
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "capability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=True),
        sa.Column("hint", sa.String(length=1000), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", UTC, nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_capability_not_itself")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["capability.id"],
            name="fk_capability_parent_id_capability",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_capability"),
        sa.UniqueConstraint("parent_id", "position", name="uq_capability_parent_id_position"),
        sa.UniqueConstraint("slug", name="uq_capability_slug"),
    )
    with op.batch_alter_table("capability", schema=None) as batch_op:
        batch_op.create_index("ix_capability_parent_id", ["parent_id"], unique=False)

    op.create_table(
        "component",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "platform",
                "api",
                "register",
                "library",
                "pattern",
                "contract",
                name="component_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "delivery",
            sa.Enum(
                "wholesale",
                "retail",
                "both",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("has_interface", sa.Boolean(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("sectors", JSON, nullable=False),
        sa.Column("eligibility_note", sa.Text(), nullable=True),
        sa.Column("how_to_start", sa.String(length=2000), nullable=True),
        sa.Column("documentation", sa.String(length=2000), nullable=True),
        sa.Column("support_hours", sa.String(length=300), nullable=True),
        sa.Column("status_page", sa.String(length=2000), nullable=True),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "alpha",
                "private_beta",
                "beta",
                "live",
                "deprecated",
                "closing",
                "closed",
                name="lifecycle",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lifecycle_since", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("closing_means", sa.Text(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("names", JSON, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("allowances", JSON, nullable=False),
        sa.Column("volumes", JSON, nullable=False),
        sa.Column("costs", JSON, nullable=False),
        sa.Column("adopters", JSON, nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", UTC, nullable=False),
        sa.CheckConstraint(
            "lifecycle <> 'closing' OR closes_on IS NOT NULL",
            name=op.f("ck_component_closing_has_date"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_component_has_name")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_component_not_itself")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["organisation.id"],
            name="fk_component_provider_id_organisation",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["component.id"],
            name="fk_component_successor_id_component",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component"),
        sa.UniqueConstraint("slug", name="uq_component_slug"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.create_index("ix_component_kind", ["kind"], unique=False)
        batch_op.create_index("ix_component_lifecycle", ["lifecycle"], unique=False)
        batch_op.create_index("ix_component_provider_id", ["provider_id"], unique=False)
        batch_op.create_index("ix_component_sort_name_id", ["sort_name", "id"], unique=False)
        batch_op.create_index("ix_component_successor_id", ["successor_id"], unique=False)

    op.create_table(
        "capability_need",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "needed",
                "not_needed",
                "unknown",
                name="need_answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("edited_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name="fk_capability_need_capability_id_capability",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name="fk_capability_need_service_id_service",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "capability_id", name="pk_capability_need"),
    )
    with op.batch_alter_table("capability_need", schema=None) as batch_op:
        batch_op.create_index("ix_capability_need_capability_id", ["capability_id"], unique=False)

    op.create_table(
        "component_capability",
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name="fk_component_capability_capability_id_capability",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_capability_component_id_component",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("component_id", "capability_id", name="pk_component_capability"),
    )
    with op.batch_alter_table("component_capability", schema=None) as batch_op:
        batch_op.create_index(
            "ix_component_capability_capability_id", ["capability_id"], unique=False
        )

    op.create_table(
        "component_evolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "genesis",
                "custom",
                "product",
                "commodity",
                name="evolution_stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_evolution_component_id_component",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component_evolution"),
        sa.UniqueConstraint(
            "component_id", "since", name="uq_component_evolution_component_id_since"
        ),
    )
    op.create_table(
        "component_exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.String(length=300), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "expires_on >= granted_on", name=op.f("ck_component_exemption_expires_after")
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_exemption_component_id_component",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name="fk_component_exemption_service_id_service",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component_exemption"),
        sa.UniqueConstraint(
            "component_id",
            "service_id",
            "granted_on",
            name="uq_component_exemption_component_id_service_id_granted_on",
        ),
    )
    with op.batch_alter_table("component_exemption", schema=None) as batch_op:
        batch_op.create_index("ix_component_exemption_component_id", ["component_id"], unique=False)
        batch_op.create_index("ix_component_exemption_service_id", ["service_id"], unique=False)

    op.create_table(
        "component_mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("policy", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_component_mandate_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_mandate_component_id_component",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component_mandate"),
    )
    with op.batch_alter_table("component_mandate", schema=None) as batch_op:
        batch_op.create_index("ix_component_mandate_component_id", ["component_id"], unique=False)

    op.create_table(
        "component_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("pence", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("per_cent", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "(pence IS NULL) <> (per_cent IS NULL)", name=op.f("ck_component_price_one_amount")
        ),
        sa.CheckConstraint(
            "coalesce(pence, per_cent) >= 0", name=op.f("ck_component_price_not_negative")
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_component_price_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_price_component_id_component",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component_price"),
        sa.UniqueConstraint(
            "component_id", "item", "since", name="uq_component_price_component_id_item_since"
        ),
    )
    op.create_table(
        "component_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name="fk_component_slug_component_id_component",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name="pk_component_slug"),
    )
    with op.batch_alter_table("component_slug", schema=None) as batch_op:
        batch_op.create_index("ix_component_slug_component_id", ["component_id"], unique=False)

    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=False),
        sa.Column(
            "arrangement",
            sa.Enum(
                "shared_component",
                "own_build",
                "bought_product",
                "by_hand",
                "gap",
                name="arrangement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column("product", sa.String(length=300), nullable=True),
        sa.Column("supplier", sa.String(length=300), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "considering",
                "planned",
                "integrating",
                "live",
                "stopping",
                "stopped",
                name="usage_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("planned_live", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column(
            "since_basis",
            sa.Enum(
                "published",
                "month",
                "contract",
                "seen",
                name="since_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "until_basis",
            sa.Enum(
                "published",
                "month",
                "contract",
                "seen",
                name="until_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("share", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("contract_end", sa.Date(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "does_not_meet_need",
                "security",
                "legacy_contract",
                "cost",
                "timing",
                "did_not_know",
                "not_eligible",
                "other",
                name="not_shared_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason_note", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("yearly_cost", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("declared_by", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", UTC, nullable=False),
        sa.CheckConstraint(
            "(arrangement = 'shared_component') = (component_id IS NOT NULL)",
            name=op.f("ck_usage_shared_has_component"),
        ),
        sa.CheckConstraint(
            "arrangement <> 'bought_product' OR product IS NOT NULL",
            name=op.f("ck_usage_bought_has_product"),
        ),
        sa.CheckConstraint("product <> ''", name=op.f("ck_usage_product_has_name")),
        sa.CheckConstraint(
            "status <> 'stopped' OR until IS NOT NULL", name=op.f("ck_usage_stopped_has_until")
        ),
        sa.CheckConstraint(
            "status NOT IN ('considering', 'planned', 'integrating') OR since IS NULL",
            name=op.f("ck_usage_planned_has_no_since"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('live', 'stopping') OR since IS NOT NULL",
            name=op.f("ck_usage_live_has_since"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR status IN ('stopping', 'stopped')",
            name=op.f("ck_usage_until_when_stopping"),
        ),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_usage_not_itself")),
        sa.CheckConstraint("share > 0 AND share <= 100", name=op.f("ck_usage_share_is_per_cent")),
        sa.CheckConstraint("until >= since", name=op.f("ck_usage_until_after")),
        sa.CheckConstraint("yearly_cost >= 0", name=op.f("ck_usage_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name="fk_usage_capability_id_capability",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["component_id", "capability_id"],
            ["component_capability.component_id", "component_capability.capability_id"],
            name="fk_usage_component_offers_capability",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["usage.id"], name="fk_usage_replaces_id_usage", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name="fk_usage_service_id_service", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
        sa.UniqueConstraint("replaces_id", name="uq_usage_replaces_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.create_index(
            "ix_usage_capability_id_status", ["capability_id", "status"], unique=False
        )
        batch_op.create_index(
            "ix_usage_component_id_status_service_id",
            ["component_id", "status", "service_id"],
            unique=False,
        )
        batch_op.create_index("ix_usage_service_id", ["service_id"], unique=False)
        batch_op.create_index(
            "uq_usage_open_component",
            ["service_id", "capability_id", "component_id"],
            unique=True,
            **_where("component_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_usage_open_other",
            ["service_id", "capability_id", "arrangement"],
            unique=True,
            **_where("product IS NULL AND component_id IS NULL"),
        )
        batch_op.create_index(
            "uq_usage_open_product",
            ["service_id", "capability_id", "product"],
            unique=True,
            **_where("product IS NOT NULL AND component_id IS NULL"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_usage_open_product",
            **_where("product IS NOT NULL AND component_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_usage_open_other",
            **_where("product IS NULL AND component_id IS NULL"),
        )
        batch_op.drop_index("uq_usage_open_component", **_where("component_id IS NOT NULL"))
        batch_op.drop_index("ix_usage_service_id")
        batch_op.drop_index("ix_usage_component_id_status_service_id")
        batch_op.drop_index("ix_usage_capability_id_status")

    op.drop_table("usage")
    with op.batch_alter_table("component_slug", schema=None) as batch_op:
        batch_op.drop_index("ix_component_slug_component_id")

    op.drop_table("component_slug")
    op.drop_table("component_price")
    with op.batch_alter_table("component_mandate", schema=None) as batch_op:
        batch_op.drop_index("ix_component_mandate_component_id")

    op.drop_table("component_mandate")
    with op.batch_alter_table("component_exemption", schema=None) as batch_op:
        batch_op.drop_index("ix_component_exemption_service_id")
        batch_op.drop_index("ix_component_exemption_component_id")

    op.drop_table("component_exemption")
    op.drop_table("component_evolution")
    with op.batch_alter_table("component_capability", schema=None) as batch_op:
        batch_op.drop_index("ix_component_capability_capability_id")

    op.drop_table("component_capability")
    with op.batch_alter_table("capability_need", schema=None) as batch_op:
        batch_op.drop_index("ix_capability_need_capability_id")

    op.drop_table("capability_need")
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.drop_index("ix_component_successor_id")
        batch_op.drop_index("ix_component_sort_name_id")
        batch_op.drop_index("ix_component_provider_id")
        batch_op.drop_index("ix_component_lifecycle")
        batch_op.drop_index("ix_component_kind")

    op.drop_table("component")
    with op.batch_alter_table("capability", schema=None) as batch_op:
        batch_op.drop_index("ix_capability_parent_id")

    op.drop_table("capability")
