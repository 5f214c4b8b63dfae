"""Assumptions, savings runs, and what they claim.

Revision: 0048
Follows: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
PUBLISHED = "SELECT id FROM assumption_set WHERE state = 'published'"
DONE = "SELECT id FROM savings_run WHERE state = 'done'"
OLD, NEW = "OLD.{0} IN ({1})", "NEW.{0} IN ({1})"
#: What is published or done never changes: (table, verb, when).
GUARDS = [
    ("assumption_set", "UPDATE", "OLD.state = 'published'"),
    ("assumption_set", "DELETE", "OLD.state = 'published'"),
    ("savings_run", "UPDATE", "OLD.state = 'done'"),
    ("savings_run", "DELETE", "OLD.state = 'done'"),
] + [
    (table, verb, " OR ".join(each.format(column, done) for each in sides))
    for table, column, done in (
        ("assumption", "set_id", PUBLISHED),
        ("savings_input", "run_id", DONE),
        ("savings_claim", "run_id", DONE),
    )
    for verb, sides in (("INSERT", [NEW]), ("UPDATE", [OLD, NEW]), ("DELETE", [OLD]))
]
SAID = "what is published or done does not change"
FUNCTION = """
CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF %s THEN RAISE EXCEPTION '%s' USING ERRCODE = 'integrity_constraint_violation'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW; END $$
"""


def _enum(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _guard(table: str, verb: str, when: str) -> None:
    name = f"{table}_no_{verb.lower()}"
    on = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{on} WHEN {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
    else:
        op.execute(FUNCTION % (name, when, SAID))
        op.execute(f"{on} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "assumption_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_year", sa.Integer(), nullable=False),
        sa.Column("price_year", sa.Integer(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("claim_years", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", _enum("set_state", "draft", "published"), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("approver", sa.String(length=200), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (approver IS NULL)",
            name=op.f("ck_assumption_set_published_has_approver"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)",
            name=op.f("ck_assumption_set_published_has_moment"),
        ),
        sa.CheckConstraint("claim_years >= 0", name=op.f("ck_assumption_set_claims_not_negative")),
        sa.CheckConstraint(
            "horizon >= 1 AND horizon <= 60", name=op.f("ck_assumption_set_horizon_of_years")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_assumption_set_number_from_one")),
        sa.CheckConstraint("rate >= 0 AND rate < 1", name=op.f("ck_assumption_set_rate_is_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption_set")),
        sa.UniqueConstraint("scope", "number", name=op.f("uq_assumption_set_scope_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assumption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column(
            "field",
            _enum(
                "assumed",
                "build",
                "run",
                "own_run",
                "additionality",
                "relative_cost",
                "exit_cost",
                "optimism",
                "alternative_price",
                "price",
                "platform",
            ),
            nullable=False,
        ),
        sa.Column("capability_id", sa.Integer(), nullable=True),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column(
            "band", _enum("size_band", "smallest", "small", "medium", "large"), nullable=True
        ),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("low", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("central", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("high", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column(
            "evidence",
            _enum("evidence_class", "measured", "published", "benchmark", "judgement"),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(field IN ('platform', 'price')) = (component_id IS NOT NULL)",
            name=op.f("ck_assumption_of_component"),
        ),
        sa.CheckConstraint(
            "year IS NULL OR component_id IS NOT NULL", name=op.f("ck_assumption_year_of_component")
        ),
        sa.CheckConstraint(
            "evidence = 'judgement' OR source IS NOT NULL", name=op.f("ck_assumption_has_source")
        ),
        sa.CheckConstraint(
            "component_id IS NULL OR (capability_id IS NULL AND band IS NULL)",
            name=op.f("ck_assumption_of_one_sort"),
        ),
        sa.CheckConstraint(
            "low <= central AND central <= high", name=op.f("ck_assumption_in_order")
        ),
        sa.CheckConstraint("low >= 0", name=op.f("ck_assumption_not_negative")),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name=op.f("fk_assumption_capability_id_capability"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["component.id"],
            name=op.f("fk_assumption_component_id_component"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["assumption_set.id"],
            name=op.f("fk_assumption_set_id_assumption_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption")),
        sa.UniqueConstraint("set_id", "key", name=op.f("uq_assumption_set_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assumption_capability_id", "assumption", ["capability_id"])
    op.create_index("ix_assumption_component_id", "assumption", ["component_id"])
    op.create_table(
        "savings_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("basis", _enum("basis", "as_it_was", "restated"), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column(
            "state", _enum("run_state", "waiting", "running", "done", "failed"), nullable=False
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("inputs_digest", sa.String(length=64), nullable=True),
        sa.Column("lines_digest", sa.String(length=64), nullable=True),
        sa.Column("result", JSON, nullable=False),
        sa.Column("failed", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_savings_run_done_has_moment")
        ),
        sa.CheckConstraint(
            "progress >= 0 AND progress <= 100", name=op.f("ck_savings_run_progress_per_cent")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["assumption_set.id"],
            name=op.f("fk_savings_run_set_id_assumption_set"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_run")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_savings_run_set_id", "savings_run", ["set_id"])
    op.create_table(
        "savings_claim",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capability_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            _enum(
                "claim_kind",
                "run_released",
                "build_avoided",
                "run_avoided",
                "volume_avoided",
                "run_replaced",
                "volume_replaced",
                "integration",
                "integration_measured",
                "own_run",
                "exit",
                "price",
                "platform",
            ),
            nullable=False,
        ),
        sa.Column("platform_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("years", JSON, nullable=False),
        sa.Column("usages", JSON, nullable=False),
        sa.Column("assumptions", JSON, nullable=False),
        sa.CheckConstraint(
            "(kind = 'platform') = (platform_id <> 0)", name=op.f("ck_savings_claim_platform_costs")
        ),
        sa.CheckConstraint(
            "(service_id = 0) = (platform_id <> 0)",
            name=op.f("ck_savings_claim_of_service_or_platform"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["savings_run.id"],
            name=op.f("fk_savings_claim_run_id_savings_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "run_id",
            "service_id",
            "capability_id",
            "kind",
            "platform_id",
            name=op.f("pk_savings_claim"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_savings_claim_run_id_component_id", "savings_claim", ["run_id", "component_id"]
    )
    op.create_table(
        "savings_input",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["savings_run.id"],
            name=op.f("fk_savings_input_run_id_savings_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "part", name=op.f("pk_savings_input")),
    )
    for guard in GUARDS:
        _guard(*guard)


def downgrade() -> None:
    """Take it back."""
    for table in ("savings_input", "savings_claim", "savings_run", "assumption", "assumption_set"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table, verb, _when in GUARDS:
            op.execute(f"DROP FUNCTION {table}_no_{verb.lower()}()")
