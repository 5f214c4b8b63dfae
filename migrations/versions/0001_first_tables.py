"""First tables: organisations, services, journeys, imports and the append-only history.

Revision: 0001
Follows:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQLITE_TRIGGER = """
CREATE TRIGGER history_event_no_{verb} BEFORE {verb} ON history_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
"""
# "INSERT OR REPLACE" deletes the row it replaces without running a trigger for DELETE.
SQLITE_REPLACE_TRIGGER = """
CREATE TRIGGER history_event_no_replace BEFORE INSERT ON history_event
WHEN EXISTS (SELECT 1 FROM history_event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
"""
POSTGRESQL_TRIGGER = """
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'history is append-only'; END $$;
CREATE TRIGGER history_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history_event
FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "journey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("slug", name=op.f("uq_journey_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "department",
                "agency",
                "ndpb",
                "local_authority",
                "nhs",
                "police",
                "school",
                "supplier",
                "other",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", sa.String(length=300), nullable=False),
        sa.Column("abbreviation", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=1000), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_organisation_has_name")),
        sa.CheckConstraint(
            "end_date IS NULL OR start_date IS NULL OR end_date >= start_date",
            name=op.f("ck_organisation_ends_after_start"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)
        batch_op.create_index("ix_organisation_sort_name_id", ["sort_name", "id"], unique=False)

    op.create_table(
        "history_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("thing", sa.String(length=30), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_history_event_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_event")),
    )
    with op.batch_alter_table("history_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_event_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_history_event_thing_thing_id_id", ["thing", "thing_id", "id"], unique=False
        )

    op.create_table(
        "import_set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(length=300), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_set_aside_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_set_aside")),
    )
    with op.batch_alter_table("import_set_aside", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_set_aside_batch_id"), ["batch_id"], unique=False
        )

    op.create_table(
        "imported_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("thing", sa.String(length=30), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("said_before", JSON, nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_imported_record_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_record")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_imported_record_kind_key")),
    )
    with op.batch_alter_table("imported_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_record_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_imported_record_thing_thing_id", ["thing", "thing_id"], unique=False
        )

    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_alias_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_alias")),
        sa.UniqueConstraint(
            "organisation_id", "alias", name=op.f("uq_organisation_alias_organisation_id_alias")
        ),
    )
    with op.batch_alter_table("organisation_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_alias_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "organisation_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_identifier_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_identifier")),
        sa.UniqueConstraint("identifier", name=op.f("uq_organisation_identifier_identifier")),
    )
    with op.batch_alter_table("organisation_identifier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_identifier_organisation_id"),
            ["organisation_id"],
            unique=False,
        )

    op.create_table(
        "organisation_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("published_name", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "matched",
                "no_match",
                name="match_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "(state = 'matched') = (organisation_id IS NOT NULL)",
            name=op.f("ck_organisation_match_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_match_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_match")),
        sa.UniqueConstraint("published_name", name=op.f("uq_organisation_match_published_name")),
    )
    with op.batch_alter_table("organisation_match", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_match_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_organisation_match_state"), ["state"], unique=False)

    op.create_table(
        "organisation_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "en", "cy", name="language", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "name",
                "official",
                name="organisation_name_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_organisation_name_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_name_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
    )
    with op.batch_alter_table("organisation_name", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_name_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "organisation_parent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "part_of",
                "sponsored_by",
                name="parent_relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("child_id <> parent_id", name=op.f("ck_organisation_parent_not_itself")),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_organisation_parent_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_parent_child_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_parent_parent_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_parent")),
    )
    with op.batch_alter_table("organisation_parent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_parent_child_id"), ["child_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_organisation_parent_parent_id"), ["parent_id"], unique=False
        )

    op.create_table(
        "organisation_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_slug_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisation_slug")),
    )
    with op.batch_alter_table("organisation_slug", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_slug_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "organisation_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "renamed",
                "merged",
                "split",
                "functions_transferred",
                "abolished",
                name="succession_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "successor_id IS NOT NULL OR kind = 'abolished'",
            name=op.f("ck_organisation_succession_has_successor"),
        ),
        sa.CheckConstraint(
            "predecessor_id <> successor_id", name=op.f("ck_organisation_succession_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_succession_predecessor_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_succession_successor_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_succession")),
    )
    with op.batch_alter_table("organisation_succession", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_succession_predecessor_id"),
            ["predecessor_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_organisation_succession_successor_id"), ["successor_id"], unique=False
        )

    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("user_need", sa.Text(), nullable=True),
        sa.Column("transactional", sa.Boolean(), nullable=True),
        sa.Column("category", sa.String(length=120), nullable=True),
        sa.Column("customer_type", sa.String(length=120), nullable=True),
        sa.Column("business_model", sa.String(length=200), nullable=True),
        sa.Column("start_page", sa.String(length=2000), nullable=True),
        sa.Column("service_address", sa.String(length=2000), nullable=True),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("channels", JSON, nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column(
            "apis_answer",
            sa.Enum(
                "offers",
                "none",
                "unknown",
                name="apis_answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("yearly_transactions", sa.Integer(), nullable=True),
        sa.Column("transactions_from", sa.Date(), nullable=True),
        sa.Column("transactions_to", sa.Date(), nullable=True),
        sa.Column(
            "phase",
            sa.Enum(
                "discovery",
                "alpha",
                "private_beta",
                "public_beta",
                "live",
                "retired",
                "unknown",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("delivers_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_service_has_name")),
        sa.CheckConstraint(
            "yearly_transactions >= 0", name=op.f("ck_service_transactions_not_negative")
        ),
        sa.CheckConstraint(
            "yearly_transactions IS NULL OR transactions_to IS NOT NULL",
            name=op.f("ck_service_transactions_have_period"),
        ),
        sa.ForeignKeyConstraint(
            ["delivers_id"],
            ["organisation.id"],
            name=op.f("fk_service_delivers_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_service_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_apis_answer"), ["apis_answer"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_delivers_id"), ["delivers_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_service_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_service_phase"), ["phase"], unique=False)
        batch_op.create_index("ix_service_sort_name_id", ["sort_name", "id"], unique=False)

    op.create_table(
        "journey_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("what_happens", sa.Text(), nullable=False),
        sa.Column("hand_off", sa.Text(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_journey_step_position_from_one")),
        sa.ForeignKeyConstraint(
            ["journey_id"],
            ["journey.id"],
            name=op.f("fk_journey_step_journey_id_journey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_journey_step_service_id_service"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_step")),
        sa.UniqueConstraint(
            "journey_id", "position", name=op.f("uq_journey_step_journey_id_position")
        ),
    )
    with op.batch_alter_table("journey_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_journey_step_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_api",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=True),
        sa.Column("documentation", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "address IS NOT NULL OR documentation IS NOT NULL",
            name=op.f("ck_service_api_leads_somewhere"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_api_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_api")),
    )
    with op.batch_alter_table("service_api", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_api_service_id"), ["service_id"], unique=False)

    op.create_table(
        "service_audience",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "public",
                "business",
                "internal",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_audience_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "audience", name=op.f("pk_service_audience")),
    )
    with op.batch_alter_table("service_audience", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_audience_audience"), ["audience"], unique=False
        )

    op.create_table(
        "service_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "source_code",
                "guidance",
                "status",
                "other",
                name="link_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_link_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_link")),
    )
    with op.batch_alter_table("service_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_link_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "synonym",
                "former",
                "abbreviation",
                name="service_name_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum(
                "en", "cy", name="language", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_name_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_name")),
    )
    with op.batch_alter_table("service_name", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_name_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "accountable",
                "delivers",
                "funds",
                name="owner_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("published_name", sa.String(length=300), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR published_name IS NOT NULL",
            name=op.f("ck_service_owner_somebody"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_service_owner_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_service_owner_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_owner_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_owner")),
    )
    with op.batch_alter_table("service_owner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_owner_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_owner_published_name"), ["published_name"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_owner_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            "uq_service_owner_open",
            ["service_id", "role"],
            unique=True,
            sqlite_where=sa.text("until IS NULL AND role = 'accountable'"),
            postgresql_where=sa.text("until IS NULL AND role = 'accountable'"),
        )

    op.create_table(
        "service_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "discovery",
                "alpha",
                "private_beta",
                "public_beta",
                "live",
                "retired",
                "unknown",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since",
            name=op.f("ck_service_phase_until_after"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_phase_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_phase")),
    )
    with op.batch_alter_table("service_phase", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_phase_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(
            "uq_service_phase_open",
            ["service_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "service_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "part_of",
                "replaces",
                "same_journey_as",
                "duplicate_of",
                name="service_relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("service_id <> other_id", name=op.f("ck_service_relation_not_itself")),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["service.id"],
            name=op.f("fk_service_relation_other_id_service"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_relation_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_relation")),
        sa.UniqueConstraint(
            "service_id",
            "relation",
            "other_id",
            name=op.f("uq_service_relation_service_id_relation_other_id"),
        ),
    )
    with op.batch_alter_table("service_relation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_relation_other_id"), ["other_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_relation_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_slug_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_service_slug")),
    )
    with op.batch_alter_table("service_slug", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_slug_service_id"), ["service_id"], unique=False
        )

    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))
        op.execute(SQLITE_REPLACE_TRIGGER)
    else:
        op.execute(POSTGRESQL_TRIGGER)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("service_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_slug_service_id"))

    op.drop_table("service_slug")
    with op.batch_alter_table("service_relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_relation_service_id"))
        batch_op.drop_index(batch_op.f("ix_service_relation_other_id"))

    op.drop_table("service_relation")
    with op.batch_alter_table("service_phase", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_service_phase_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_service_phase_service_id"))

    op.drop_table("service_phase")
    with op.batch_alter_table("service_owner", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_service_owner_open",
            sqlite_where=sa.text("until IS NULL AND role = 'accountable'"),
            postgresql_where=sa.text("until IS NULL AND role = 'accountable'"),
        )
        batch_op.drop_index(batch_op.f("ix_service_owner_service_id"))
        batch_op.drop_index(batch_op.f("ix_service_owner_published_name"))
        batch_op.drop_index(batch_op.f("ix_service_owner_organisation_id"))

    op.drop_table("service_owner")
    with op.batch_alter_table("service_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_name_service_id"))

    op.drop_table("service_name")
    with op.batch_alter_table("service_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_link_service_id"))

    op.drop_table("service_link")
    with op.batch_alter_table("service_audience", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_audience_audience"))

    op.drop_table("service_audience")
    with op.batch_alter_table("service_api", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_api_service_id"))

    op.drop_table("service_api")
    with op.batch_alter_table("journey_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journey_step_service_id"))

    op.drop_table("journey_step")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index("ix_service_sort_name_id")
        batch_op.drop_index(batch_op.f("ix_service_phase"))
        batch_op.drop_index(batch_op.f("ix_service_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_service_delivers_id"))
        batch_op.drop_index(batch_op.f("ix_service_category"))
        batch_op.drop_index(batch_op.f("ix_service_apis_answer"))

    op.drop_table("service")
    with op.batch_alter_table("organisation_succession", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_succession_successor_id"))
        batch_op.drop_index(batch_op.f("ix_organisation_succession_predecessor_id"))

    op.drop_table("organisation_succession")
    with op.batch_alter_table("organisation_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_slug_organisation_id"))

    op.drop_table("organisation_slug")
    with op.batch_alter_table("organisation_parent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_parent_parent_id"))
        batch_op.drop_index(batch_op.f("ix_organisation_parent_child_id"))

    op.drop_table("organisation_parent")
    with op.batch_alter_table("organisation_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_name_organisation_id"))

    op.drop_table("organisation_name")
    with op.batch_alter_table("organisation_match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_match_state"))
        batch_op.drop_index(batch_op.f("ix_organisation_match_organisation_id"))

    op.drop_table("organisation_match")
    with op.batch_alter_table("organisation_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_identifier_organisation_id"))

    op.drop_table("organisation_identifier")
    with op.batch_alter_table("organisation_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_alias_organisation_id"))

    op.drop_table("organisation_alias")
    with op.batch_alter_table("imported_record", schema=None) as batch_op:
        batch_op.drop_index("ix_imported_record_thing_thing_id")
        batch_op.drop_index(batch_op.f("ix_imported_record_batch_id"))

    op.drop_table("imported_record")
    with op.batch_alter_table("import_set_aside", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_set_aside_batch_id"))

    op.drop_table("import_set_aside")
    with op.batch_alter_table("history_event", schema=None) as batch_op:
        batch_op.drop_index("ix_history_event_thing_thing_id_id")
        batch_op.drop_index(batch_op.f("ix_history_event_batch_id"))

    op.drop_table("history_event")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index("ix_organisation_sort_name_id")
        batch_op.drop_index(batch_op.f("ix_organisation_kind"))

    op.drop_table("organisation")
    op.drop_table("journey")
    op.drop_table("import_batch")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION history_is_append_only()")
