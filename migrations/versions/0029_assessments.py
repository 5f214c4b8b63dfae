"""Standards and their points; assessments, the reports that tell of them, and what they find.

Revision: 0029
Follows: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SORTED = sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql")
TABLES = (
    "finding_sentence",
    "point_relation",
    "finding",
    "assessment_point",
    "assessment_owner",
    "standard_point",
    "assessment",
    "standard_version",
    "standard",
    "report_check",
    "report",
)
#: A published version of a standard never changes, nor do its points: (name, table, verb, when).
GUARDS = (
    ("standard_version_no_update", "standard_version", "UPDATE", "OLD.state = 'published'"),
    ("standard_version_no_delete", "standard_version", "DELETE", "OLD.state = 'published'"),
    ("standard_point_no_insert", "standard_point", "INSERT", "NEW.version_id IN (%s)"),
    ("standard_point_no_update", "standard_point", "UPDATE",
     "OLD.version_id IN (%s) OR NEW.version_id IN (%s)"),
    ("standard_point_no_delete", "standard_point", "DELETE", "OLD.version_id IN (%s)"),
)  # fmt: skip
PUBLISHED = "SELECT id FROM standard_version WHERE state = 'published'"
SAID = "a published standard does not change"
FUNCTION = """
CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF %s THEN RAISE EXCEPTION '%s' USING ERRCODE = 'integrity_constraint_violation'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW; END $$
"""


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _guard(name: str, table: str, verb: str, when: str) -> None:
    when = when.replace("%s", PUBLISHED)
    on = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{on} WHEN {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
    else:
        op.execute(FUNCTION % (name, when, SAID))
        op.execute(f"{on} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("verbatim", JSON, nullable=False),
        sa.Column("names_dropped", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("later_id", sa.Integer(), nullable=True),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("names_dropped >= 0", name=op.f("ck_report_names_not_negative")),
        sa.CheckConstraint(
            "same_as_id IS NULL OR same_as_id <> id", name=op.f("ck_report_not_its_own_copy")
        ),
        sa.ForeignKeyConstraint(
            ["later_id"], ["report.id"], name=op.f("fk_report_later_id_report"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["same_as_id"],
            ["report.id"],
            name=op.f("fk_report_same_as_id_report"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_report_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_later_id"), "report", ["later_id"])
    op.create_index("ix_report_published_on_id", "report", ["published_on", "id"])
    op.create_index(op.f("ix_report_same_as_id"), "report", ["same_as_id"])

    op.create_table(
        "report_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", _enum("check_state", "open", "right", "corrected"), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)",
            name=op.f("ck_report_check_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_check_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_check")),
        sa.UniqueConstraint(
            "report_id", "field", "reason", name=op.f("uq_report_check_report_id_field_reason")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_check_state", "report_check", ["state"])

    op.create_table(
        "standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_standard_has_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_standard_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard")),
        sa.UniqueConstraint("slug", name=op.f("uq_standard_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_standard_organisation_id"), "standard", ["organisation_id"])

    op.create_table(
        "standard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("discovery_from", sa.Date(), nullable=True),
        sa.Column("scheme", _enum("rating_scheme", "pass_fail", "met", "rag"), nullable=False),
        sa.Column("extends_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("state", _enum("version_state", "draft", "published"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)",
            name=op.f("ck_standard_version_published_has_moment"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_standard_version_number_from_one")),
        sa.ForeignKeyConstraint(
            ["extends_id"],
            ["standard_version.id"],
            name=op.f("fk_standard_version_extends_id_standard_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"],
            ["standard.id"],
            name=op.f("fk_standard_version_standard_id_standard"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_version")),
        sa.UniqueConstraint(
            "standard_id", "number", name=op.f("uq_standard_version_standard_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_standard_version_extends_id"), "standard_version", ["extends_id"])

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column(
            "service_match",
            _enum("service_match", "waiting", "sure", "decided", "no_match"),
            nullable=False,
        ),
        sa.Column(
            "stage",
            _enum("stage", "discovery", "alpha", "beta", "live", "live_review", "unknown"),
            nullable=False,
        ),
        sa.Column(
            "kind",
            _enum(
                "assessment_kind",
                "assessment",
                "reassessment",
                "amber_review",
                "self_certification",
                "peer_review",
                "mock",
                "voluntary",
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("again_of_id", sa.Integer(), nullable=True),
        sa.Column("scheme", _enum("rating_scheme", "pass_fail", "met", "rag"), nullable=True),
        sa.Column(
            "result",
            _enum("result", "met", "met_with_conditions", "not_met", "not_rated"),
            nullable=False,
        ),
        sa.Column("result_verbatim", sa.String(length=200), nullable=True),
        sa.Column("standard_version_id", sa.Integer(), nullable=True),
        sa.Column("pinned_because", sa.String(length=1000), nullable=True),
        sa.Column("discovery_on", sa.Date(), nullable=True),
        sa.Column("lead_present", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('reassessment', 'amber_review') OR again_of_id IS NULL",
            name=op.f("ck_assessment_again_is_again"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_assessment_has_name")),
        sa.CheckConstraint(
            "again_of_id IS NULL OR again_of_id <> id",
            name=op.f("ck_assessment_not_its_own_original"),
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR component_id IS NULL", name=op.f("ck_assessment_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["again_of_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_again_of_id_assessment"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_assessment_component_id_component"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_assessment_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_assessment_service_id_service"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_version.id"],
            name=op.f("fk_assessment_standard_version_id_standard_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("report_id", "position", name=op.f("uq_assessment_report_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assessment_again_of_id"), "assessment", ["again_of_id"])
    op.create_index(op.f("ix_assessment_component_id"), "assessment", ["component_id"])
    op.create_index("ix_assessment_held_on_id", "assessment", ["held_on", "id"])
    op.create_index("ix_assessment_result_held_on_id", "assessment", ["result", "held_on", "id"])
    op.create_index("ix_assessment_service_id_held_on", "assessment", ["service_id", "held_on"])
    op.create_index("ix_assessment_service_match", "assessment", ["service_match"])
    op.create_index("ix_assessment_stage_held_on_id", "assessment", ["stage", "held_on", "id"])
    op.create_index(
        op.f("ix_assessment_standard_version_id"), "assessment", ["standard_version_id"]
    )

    op.create_table(
        "standard_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("asks", sa.Text(), nullable=True),
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
        sa.Column("address", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("title <> ''", name=op.f("ck_standard_point_has_title")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_standard_point_number_from_one")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["standard_version.id"],
            name=op.f("fk_standard_point_version_id_standard_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_point")),
        sa.UniqueConstraint(
            "version_id", "number", name=op.f("uq_standard_point_version_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assessment_owner",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published_name", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_owner_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assessment_owner_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "position", name=op.f("pk_assessment_owner")),
    )
    op.create_index(
        op.f("ix_assessment_owner_organisation_id"), "assessment_owner", ["organisation_id"]
    )
    op.create_index("ix_assessment_owner_published_name", "assessment_owner", ["published_name"])

    op.create_table(
        "assessment_point",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("verbatim", sa.String(length=100), nullable=False),
        sa.Column(
            "rating",
            _enum("rating", "met", "met_with_conditions", "not_met", "not_rated"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_assessment_point_number_from_one")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_point_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["standard_point.id"],
            name=op.f("fk_assessment_point_point_id_standard_point"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "number", name=op.f("pk_assessment_point")),
    )
    op.create_index(
        "ix_assessment_point_point_id_rating", "assessment_point", ["point_id", "rating"]
    )

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("capability_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_finding_has_title")),
        sa.CheckConstraint(
            "capability_id IS NOT NULL OR point_id IS NOT NULL",
            name=op.f("ck_finding_of_something"),
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name=op.f("fk_finding_capability_id_capability"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["standard_point.id"],
            name=op.f("fk_finding_point_id_standard_point"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("slug", name=op.f("uq_finding_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_finding_capability_id"), "finding", ["capability_id"])
    op.create_index(op.f("ix_finding_point_id"), "finding", ["point_id"])

    op.create_table(
        "point_relation",
        sa.Column("older_id", sa.Integer(), nullable=False),
        sa.Column("newer_id", sa.Integer(), nullable=False),
        sa.Column("mapped_by", sa.String(length=80), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("older_id <> newer_id", name=op.f("ck_point_relation_of_two")),
        sa.ForeignKeyConstraint(
            ["newer_id"],
            ["standard_point.id"],
            name=op.f("fk_point_relation_newer_id_standard_point"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["older_id"],
            ["standard_point.id"],
            name=op.f("fk_point_relation_older_id_standard_point"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("older_id", "newer_id", name=op.f("pk_point_relation")),
    )
    op.create_index("ix_point_relation_newer_id", "point_relation", ["newer_id"])

    op.create_table(
        "finding_sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("capability_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column(
            "state", _enum("finding_state", "suggested", "grouped", "rejected"), nullable=False
        ),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'grouped') = (finding_id IS NOT NULL)",
            name=op.f("ck_finding_sentence_grouped_has_finding"),
        ),
        sa.CheckConstraint(
            "(state = 'suggested') = (decided_by IS NULL)",
            name=op.f("ck_finding_sentence_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name=op.f("fk_finding_sentence_capability_id_capability"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["finding.id"],
            name=op.f("fk_finding_sentence_finding_id_finding"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["standard_point.id"],
            name=op.f("fk_finding_sentence_point_id_standard_point"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_finding_sentence_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_sentence")),
        sa.UniqueConstraint(
            "report_id", "position", name=op.f("uq_finding_sentence_report_id_position")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_finding_sentence_capability_id"), "finding_sentence", ["capability_id"]
    )
    op.create_index(op.f("ix_finding_sentence_finding_id"), "finding_sentence", ["finding_id"])
    op.create_index(op.f("ix_finding_sentence_point_id"), "finding_sentence", ["point_id"])
    op.create_index(
        "ix_finding_sentence_state_score_id", "finding_sentence", ["state", "score", "id"]
    )
    for guard in GUARDS:
        _guard(*guard)


def downgrade() -> None:
    """Take it back."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION {name}()")
