"""Bookings of assessments with their clocks, and how organisations hold assessments.

Revision: 0035
Follows: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = (
    "booking_session",
    "booking_contact",
    "booking_clock",
    "booking_artefact",
    "booking",
    "calendar_key",
    "assessment_setting",
)


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _sorted(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "assessment_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "nation",
            _enum("nation", "england-and-wales", "scotland", "northern-ireland"),
            nullable=True,
        ),
        sa.Column("lead_weeks", sa.Integer(), nullable=True),
        sa.Column("ahead_weeks", sa.Integer(), nullable=True),
        sa.Column("report_days", sa.Integer(), nullable=True),
        sa.Column("check_days", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("amber_months", sa.Integer(), nullable=True),
        sa.Column("access_days", sa.Integer(), nullable=True),
        sa.Column("weekdays", JSON, nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("discovery_minutes", sa.Integer(), nullable=True),
        sa.Column("cross_transactions", sa.Integer(), nullable=True),
        sa.Column("same_organisation", sa.Boolean(), nullable=True),
        sa.Column("earlier_lead", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "scope = coalesce(organisation_id, 0)",
            name=op.f("ck_assessment_setting_scope_of_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assessment_setting_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_setting")),
        sa.UniqueConstraint("scope", name=op.f("uq_assessment_setting_scope")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_assessment_setting_organisation_id"),
        "assessment_setting",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "calendar_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_calendar_key_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_key_digest")),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            _enum(
                "state",
                "draft",
                "submitted",
                "rejected",
                "accepted",
                "panel_forming",
                "panel_ready",
                "assessed",
                "drafting",
                "assurance_check",
                "team_review",
                "panel_amends",
                "ready_to_publish",
                "published",
                "unpublished",
                "closed_unpublished",
                "postponed",
                "withdrawn",
                "stopped",
            ),
            nullable=False,
        ),
        sa.Column(
            "resumes",
            _enum(
                "resumes",
                "draft",
                "submitted",
                "rejected",
                "accepted",
                "panel_forming",
                "panel_ready",
                "assessed",
                "drafting",
                "assurance_check",
                "team_review",
                "panel_amends",
                "ready_to_publish",
                "published",
                "unpublished",
                "closed_unpublished",
                "postponed",
                "withdrawn",
                "stopped",
            ),
            nullable=True,
        ),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", _sorted(300), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=True),
        sa.Column(
            "stage",
            _enum("stage", "discovery", "alpha", "beta", "live", "live_review", "unknown"),
            nullable=True,
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
            nullable=True,
        ),
        sa.Column("again_of_id", sa.Integer(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=True),
        sa.Column("project_code_known", sa.Boolean(), nullable=True),
        sa.Column("project_code", _sorted(60), nullable=True),
        sa.Column("discovery_on", sa.Date(), nullable=True),
        sa.Column("phase_start", sa.Date(), nullable=True),
        sa.Column("phase_end_known", sa.Boolean(), nullable=True),
        sa.Column("phase_end", sa.Date(), nullable=True),
        sa.Column("weeks", JSON, nullable=False),
        sa.Column("access_needs", sa.Text(), nullable=True),
        sa.Column("access_needs_answered", sa.Boolean(), nullable=False),
        sa.Column("artefacts_answered", sa.Boolean(), nullable=False),
        sa.Column("needed", JSON, nullable=False),
        sa.Column("panel_by", _enum("panel_by", "cross_government", "organisation"), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("scheme", _enum("rating_scheme", "pass_fail", "met", "rag"), nullable=True),
        sa.Column("standard_version_id", sa.Integer(), nullable=True),
        sa.Column("pinned_because", sa.String(length=1000), nullable=True),
        sa.Column(
            "result",
            _enum("result", "met", "met_with_conditions", "not_met", "not_rated"),
            nullable=True,
        ),
        sa.Column("result_verbatim", sa.String(length=200), nullable=True),
        sa.Column("result_reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("report_slug", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'postponed') = (resumes IS NOT NULL)",
            name=op.f("ck_booking_postponed_resumes"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_booking_has_name")),
        sa.CheckConstraint(
            "state NOT IN ('published', 'unpublished') OR result IS NOT NULL",
            name=op.f("ck_booking_has_result"),
        ),
        sa.CheckConstraint(
            "after_id IS NULL OR after_id <> id", name=op.f("ck_booking_not_after_itself")
        ),
        sa.CheckConstraint(
            "phase_end IS NULL OR phase_start IS NULL OR phase_end >= phase_start",
            name=op.f("ck_booking_phase_ends_after_start"),
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR component_id IS NULL", name=op.f("ck_booking_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["booking.id"],
            name=op.f("fk_booking_after_id_booking"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["again_of_id"],
            ["assessment.id"],
            name=op.f("fk_booking_again_of_id_assessment"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_booking_component_id_component"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_booking_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_booking_report_id_report"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_booking_service_id_service"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_version.id"],
            name=op.f("fk_booking_standard_version_id_standard_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
        sa.UniqueConstraint("report_id", name=op.f("uq_booking_report_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_booking_after_id"), "booking", ["after_id"], unique=False)
    op.create_index(op.f("ix_booking_again_of_id"), "booking", ["again_of_id"], unique=False)
    op.create_index(op.f("ix_booking_component_id"), "booking", ["component_id"], unique=False)
    op.create_index(op.f("ix_booking_held_on"), "booking", ["held_on"], unique=False)
    op.create_index(
        op.f("ix_booking_organisation_id"), "booking", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_booking_project_code"), "booking", ["project_code"], unique=False)
    op.create_index(op.f("ix_booking_service_id"), "booking", ["service_id"], unique=False)
    op.create_index(
        op.f("ix_booking_standard_version_id"), "booking", ["standard_version_id"], unique=False
    )
    op.create_index(
        op.f("ix_booking_state_edited_at"), "booking", ["state", "edited_at"], unique=False
    )
    op.create_table(
        "booking_artefact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("access_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_artefact_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_artefact")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_booking_artefact_booking_id"), "booking_artefact", ["booking_id"], unique=False
    )
    op.create_table(
        "booking_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("clock_kind", "report", "check", "answer"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("left_days", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(due_on IS NULL) = (left_days IS NOT NULL)",
            name=op.f("ck_booking_clock_due_or_paused"),
        ),
        sa.CheckConstraint("days >= 0", name=op.f("ck_booking_clock_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_clock_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_clock")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_booking_clock_booking_id"), "booking_clock", ["booking_id"], unique=False
    )
    op.create_index(op.f("ix_booking_clock_due_on"), "booking_clock", ["due_on"], unique=False)
    op.create_table(
        "booking_contact",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            _enum(
                "contact_role",
                "senior_responsible_owner",
                "service_owner",
                "product_manager",
                "delivery_manager",
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_contact_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("booking_id", "role", name=op.f("pk_booking_contact")),
    )
    op.create_table(
        "booking_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts", _sorted(5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=True),
        sa.Column("agenda", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "minutes BETWEEN 15 AND 600", name=op.f("ck_booking_session_minutes_in_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_session_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_session")),
        sa.UniqueConstraint(
            "booking_id",
            "held_on",
            "starts",
            name=op.f("uq_booking_session_booking_id_held_on_starts"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_booking_session_held_on"), "booking_session", ["held_on"], unique=False
    )


def downgrade() -> None:
    """Take the schema back."""
    for name in TABLES:
        op.drop_table(name)
