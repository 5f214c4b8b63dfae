"""What makes a mandate countable; requests for exemptions; requests to spend.

Revision: 0025
Follows: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COVERS = ("needs", "sectors", "audiences")
STATES = ("asked", "granted", "refused", "withdrawn", "ended")
REASONS = ("does_not_meet_need", "security", "legacy_contract", "cost", "timing", "did_not_know",
           "not_eligible", "other")  # fmt: skip
DECISIONS = ("waiting", "approved", "approved_with_conditions", "refused", "withdrawn")
ASKED = sa.text("state = 'asked'")
GRANTED = "fk_component_exemption_request_id_exemption_request"


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _key(column: str, to: str, table: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Bring the schema forward; what was granted before has a request of the same words."""
    for name in COVERS:
        op.add_column("component_mandate", sa.Column(name, JSON, nullable=True))
    op.add_column("component_mandate", sa.Column("from_phase", sa.String(40), nullable=True))
    op.add_column("component_mandate", sa.Column("new_since", sa.Date(), nullable=True))
    _requests()
    with op.batch_alter_table("component_exemption") as batch:
        batch.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("conditions", sa.Text(), nullable=True))
        batch.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch.create_foreign_key(
            op.f(GRANTED), "exemption_request", ["request_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_unique_constraint(op.f("uq_component_exemption_request_id"), ["request_id"])
        batch.create_check_constraint(
            op.f("ck_component_exemption_ended_after"), "ended_on >= granted_on"
        )
    op.execute(
        "INSERT INTO exemption_request (component_id, service_id, state, reason, asked_on,"
        " asked_until, asked_by, decided_on, decided_by)"
        " SELECT component_id, service_id, 'granted', reason, granted_on, expires_on,"
        " 'command:migration', granted_on, granted_by FROM component_exemption ORDER BY id"
    )
    op.execute(
        "UPDATE component_exemption SET request_id = (SELECT r.id FROM exemption_request r"
        " WHERE r.component_id = component_exemption.component_id"
        " AND r.service_id = component_exemption.service_id"
        " AND r.decided_on = component_exemption.granted_on)"
    )
    _spend()


def _requests() -> None:
    table = "exemption_request"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("state", _enum("exemption_state", *STATES), nullable=False),
        sa.Column("reason_kind", _enum("not_shared_reason", *REASONS), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_until", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("opinion_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(300), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        _check(
            table, "decided_has_day",
            "(state IN ('granted', 'refused', 'ended')) = (decided_on IS NOT NULL)",
        ),
        _check(table, "decided_has_somebody", "(decided_on IS NULL) = (decided_by IS NULL)"),
        _check(table, "refused_has_reason", "state <> 'refused' OR answer IS NOT NULL"),
        _check(table, "ended_has_reason", "(state = 'ended') = (ended_reason IS NOT NULL)"),
        _check(table, "opinion_has_day", "(opinion IS NULL) = (opinion_on IS NULL)"),
        _key("component_id", "component", table),
        _key("service_id", "service", table),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption_request")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(
        "uq_exemption_request_asked", table, ["service_id", "component_id"], unique=True,
        sqlite_where=ASKED, postgresql_where=ASKED,
    )  # fmt: skip
    op.create_index("ix_exemption_request_component_id_state", table, ["component_id", "state"])
    op.create_index("ix_exemption_request_service_id", table, ["service_id"])


def _spend() -> None:
    table = "spend_request"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("capability_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(100), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("decision", _enum("spend_decision", *DECISIONS), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(300), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _check(table, "of_one", "(service_id IS NULL) <> (organisation_id IS NULL)"),
        _check(table, "amount_not_negative", "amount >= 0"),
        _check(table, "years_are_few", "years BETWEEN 1 AND 30"),
        _check(
            table, "decided_has_day",
            "(decision IN ('waiting', 'withdrawn')) = (decided_on IS NULL)",
        ),
        _check(table, "decided_has_somebody", "(decided_on IS NULL) = (decided_by IS NULL)"),
        _check(table, "refused_has_reason", "decision <> 'refused' OR reason IS NOT NULL"),
        _check(table, "decided_after", "decided_on >= asked_on"),
        _key("service_id", "service", table),
        _key("organisation_id", "organisation", table, "RESTRICT"),
        _key("capability_id", "capability", table, "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spend_request")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    for column in ("service_id", "organisation_id", "capability_id"):
        op.create_index(f"ix_spend_request_{column}", table, [column])
    op.create_index("ix_spend_request_decision_asked_on_id", table, ["decision", "asked_on", "id"])
    op.create_index("ix_spend_request_asked_on_id", table, ["asked_on", "id"])
    op.create_table(
        "spend_condition",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        _key("request_id", "spend_request", "spend_condition"),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_spend_condition")),
    )
    op.create_table(
        "spend_usage",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("usage_id", sa.Integer(), nullable=False),
        _key("request_id", "spend_request", "spend_usage"),
        _key("usage_id", "usage", "spend_usage"),
        sa.PrimaryKeyConstraint("request_id", "usage_id", name=op.f("pk_spend_usage")),
    )
    op.create_index(op.f("ix_spend_usage_usage_id"), "spend_usage", ["usage_id"])


def downgrade() -> None:
    """Take it back; what was granted stays."""
    for table in ("spend_usage", "spend_condition", "spend_request"):
        op.drop_table(table)
    with op.batch_alter_table("component_exemption") as batch:
        batch.drop_constraint(op.f("ck_component_exemption_ended_after"), type_="check")
        batch.drop_constraint(op.f("uq_component_exemption_request_id"), type_="unique")
        batch.drop_constraint(op.f(GRANTED), type_="foreignkey")
        for name in ("ended_on", "conditions", "request_id"):
            batch.drop_column(name)
    op.drop_table("exemption_request")
    for name in ("new_since", "from_phase", *reversed(COVERS)):
        op.drop_column("component_mandate", name)
