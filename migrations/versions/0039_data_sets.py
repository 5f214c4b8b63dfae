"""Performance data: data sets, records, values, the figures kept with them, and ways in.

Revision: 0039
Follows: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
PERIODS = ("day", "week", "month", "quarter", "year")


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "collected_host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collected_host")),
        sa.UniqueConstraint("host", name=op.f("uq_collected_host_host")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "figure_total",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", _enum("period", *PERIODS), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("things", sa.Integer(), nullable=False),
        sa.Column("top", sa.Double(), nullable=False),
        sa.Column("bottom", sa.Double(), nullable=True),
        sa.Column("largest", sa.Double(), nullable=False),
        sa.Column("same_things", sa.Integer(), nullable=False),
        sa.Column("same_top", sa.Double(), nullable=False),
        sa.Column("same_bottom", sa.Double(), nullable=True),
        sa.Column("was_top", sa.Double(), nullable=False),
        sa.Column("was_bottom", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint(
            "organisation_id", "period", "figure", "start", name=op.f("pk_figure_total")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "data_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            _enum(
                "set_kind",
                "transactions",
                "volumes",
                "completion",
                "satisfaction",
                "cost",
                "outcomes",
                "calls",
                "component_volumes",
                "own",
            ),
            nullable=False,
        ),
        sa.Column("period", _enum("period", *PERIODS), nullable=True),
        sa.Column("open_schema", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("raw_queries", sa.Boolean(), nullable=False),
        sa.Column("realtime", sa.Boolean(), nullable=False),
        sa.Column("queryable", sa.Boolean(), nullable=False),
        sa.Column("auto_ids", JSON, nullable=False),
        sa.Column("max_age_days", sa.Integer(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("first_start", sa.Date(), nullable=True),
        sa.Column("last_start", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "open_schema OR period IS NOT NULL", name=op.f("ck_data_set_closed_has_period")
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR component_id IS NULL", name=op.f("ck_data_set_of_one")
        ),
        sa.CheckConstraint("threshold >= 0", name=op.f("ck_data_set_threshold_not_negative")),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_data_set_component_id_component"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_data_set_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_set")),
        sa.UniqueConstraint("group", "type", name=op.f("uq_data_set_group_type")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("data_set", schema=None) as batch_op:
        batch_op.create_index("ix_data_set_component_id", ["component_id"], unique=False)
        batch_op.create_index("ix_data_set_service_id", ["service_id"], unique=False)

    op.create_table(
        "figure_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(service_id IS NULL) <> (component_id IS NULL)", name=op.f("ck_figure_note_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_figure_note_component_id_component"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_figure_note_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_note")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("figure_note", schema=None) as batch_op:
        batch_op.create_index("ix_figure_note_component_id", ["component_id", "day"], unique=False)
        batch_op.create_index("ix_figure_note_service_id", ["service_id", "day"], unique=False)

    op.create_table(
        "figure_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "kpi",
            _enum(
                "kpi",
                "cost_per_transaction",
                "digital_take_up",
                "completion_rate",
                "user_satisfaction",
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_figure_target_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_target")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("figure_target", schema=None) as batch_op:
        batch_op.create_index("ix_figure_target_service_id", ["service_id", "since"], unique=False)

    op.create_table(
        "data_collection",
        sa.Column("data_set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("format", _enum("collected_format", "json", "csv"), nullable=False),
        sa.Column("every", _enum("period", *PERIODS), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_collection_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("data_set_id", name=op.f("pk_data_collection")),
    )
    with op.batch_alter_table("data_collection", schema=None) as batch_op:
        batch_op.create_index("ix_data_collection_next_at", ["next_at"], unique=False)

    op.create_table(
        "data_dimension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_dimension_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_dimension")),
        sa.UniqueConstraint("data_set_id", "key", name=op.f("uq_data_dimension_data_set_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "data_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column(
            "unit", _enum("unit", "count", "pounds", "percent", "seconds", "score"), nullable=False
        ),
        sa.Column("summable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_measure_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_measure")),
        sa.UniqueConstraint("data_set_id", "key", name=op.f("uq_data_measure_data_set_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "data_record",
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column(
            "record_id",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("cell", sa.String(length=400), nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_record_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("data_set_id", "record_id", name=op.f("pk_data_record")),
        sa.UniqueConstraint(
            "data_set_id", "day", "cell", name=op.f("uq_data_record_data_set_id_day_cell")
        ),
    )
    with op.batch_alter_table("data_record", schema=None) as batch_op:
        batch_op.create_index("ix_data_record_data_set_id_at", ["data_set_id", "at"], unique=False)

    op.create_table(
        "data_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_token_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_token")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("data_token", schema=None) as batch_op:
        batch_op.create_index("ix_data_token_data_set_id", ["data_set_id"], unique=False)

    op.create_table(
        "figure_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_figure_link_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_figure_link_digest")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("figure_link", schema=None) as batch_op:
        batch_op.create_index("ix_figure_link_data_set_id", ["data_set_id", "start"], unique=False)

    op.create_table(
        "figure_reminder",
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("step", _enum("reminder", "coming", "overdue", "escalated"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_figure_reminder_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("data_set_id", "start", "step", name=op.f("pk_figure_reminder")),
    )
    op.create_table(
        "thing_figure",
        sa.Column(
            "kind", _enum("kind", "portal", "organisation", "service", "component"), nullable=False
        ),
        sa.Column("of_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", _enum("period", *PERIODS), nullable=False),
        sa.Column(
            "figure",
            _enum(
                "figure",
                "transactions",
                "digital",
                "started",
                "completed",
                "ratings",
                "rating_points",
                "cost",
                "unit_cost",
                "processed",
                "intended",
                "calls",
                "volume",
                "pounds",
            ),
            nullable=False,
        ),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column(
            "state",
            _enum(
                "value_state",
                "number",
                "not_provided",
                "not_applicable",
                "not_collected",
                "suppressed",
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column(
            "status", _enum("value_status", "provisional", "published", "revised"), nullable=False
        ),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("doubt", _enum("doubt", "digital_above_total", "quarters_differ"), nullable=True),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_thing_figure_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "kind", "of_id", "period", "figure", "start", name=op.f("pk_thing_figure")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("thing_figure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_thing_figure_data_set_id"), ["data_set_id"], unique=False
        )
        batch_op.create_index("ix_thing_figure_start", ["period", "figure", "start"], unique=False)

    op.create_table(
        "data_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column(
            "way",
            _enum("way", "api", "form", "file", "link", "collected", "import"),
            nullable=False,
        ),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_batch_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["import_batch.id"],
            name=op.f("fk_data_batch_import_id_import_batch"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["data_token.id"],
            name=op.f("fk_data_batch_token_id_data_token"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_batch")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("data_batch", schema=None) as batch_op:
        batch_op.create_index("ix_data_batch_data_set_id", ["data_set_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_batch_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_batch_token_id"), ["token_id"], unique=False)

    op.create_table(
        "data_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column(
            "cell",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            _enum(
                "value_state",
                "number",
                "not_provided",
                "not_applicable",
                "not_collected",
                "suppressed",
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column(
            "status", _enum("value_status", "provisional", "published", "revised"), nullable=False
        ),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("doubt", _enum("doubt", "digital_above_total", "quarters_differ"), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'number') = (number IS NOT NULL)", name=op.f("ck_data_value_number_is_one")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_data_value_revision_from_one")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["data_batch.id"],
            name=op.f("fk_data_value_batch_id_data_batch"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_value_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["data_measure.id"],
            name=op.f("fk_data_value_measure_id_data_measure"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_value")),
        sa.UniqueConstraint(
            "data_set_id",
            "measure_id",
            "start",
            "cell",
            "revision",
            name=op.f("uq_data_value_data_set_id_measure_id_start_cell_revision"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("data_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_data_value_current",
            ["data_set_id", "start", "measure_id"],
            unique=False,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("data_value", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_data_value_current",
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.drop_table("data_value")
    with op.batch_alter_table("data_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_batch_token_id"))
        batch_op.drop_index(batch_op.f("ix_data_batch_import_id"))
        batch_op.drop_index("ix_data_batch_data_set_id")

    op.drop_table("data_batch")
    with op.batch_alter_table("thing_figure", schema=None) as batch_op:
        batch_op.drop_index("ix_thing_figure_start")
        batch_op.drop_index(batch_op.f("ix_thing_figure_data_set_id"))

    op.drop_table("thing_figure")
    op.drop_table("figure_reminder")
    with op.batch_alter_table("figure_link", schema=None) as batch_op:
        batch_op.drop_index("ix_figure_link_data_set_id")

    op.drop_table("figure_link")
    with op.batch_alter_table("data_token", schema=None) as batch_op:
        batch_op.drop_index("ix_data_token_data_set_id")

    op.drop_table("data_token")
    with op.batch_alter_table("data_record", schema=None) as batch_op:
        batch_op.drop_index("ix_data_record_data_set_id_at")

    op.drop_table("data_record")
    op.drop_table("data_measure")
    op.drop_table("data_dimension")
    with op.batch_alter_table("data_collection", schema=None) as batch_op:
        batch_op.drop_index("ix_data_collection_next_at")

    op.drop_table("data_collection")
    with op.batch_alter_table("figure_target", schema=None) as batch_op:
        batch_op.drop_index("ix_figure_target_service_id")

    op.drop_table("figure_target")
    with op.batch_alter_table("figure_note", schema=None) as batch_op:
        batch_op.drop_index("ix_figure_note_service_id")
        batch_op.drop_index("ix_figure_note_component_id")

    op.drop_table("figure_note")
    with op.batch_alter_table("data_set", schema=None) as batch_op:
        batch_op.drop_index("ix_data_set_service_id")
        batch_op.drop_index("ix_data_set_component_id")

    op.drop_table("data_set")
    op.drop_table("figure_total")
    op.drop_table("collected_host")
