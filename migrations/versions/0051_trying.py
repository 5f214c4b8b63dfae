"""What the figures of a savings run follow from, so that other assumptions can be tried with it.

Revision: 0051
Follows: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
TABLE = "savings_quantity"
DONE = "SELECT id FROM savings_run WHERE state = 'done'"
#: What is done never changes: what each verb looks at.
GUARDS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}
SAID = "what is published or done does not change"
FUNCTION = """
CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF %s THEN RAISE EXCEPTION '%s' USING ERRCODE = 'integrity_constraint_violation'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW; END $$
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        TABLE,
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["savings_run.id"],
            name=op.f("fk_savings_quantity_run_id_savings_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_savings_quantity")),
    )
    for verb, sides in GUARDS.items():
        when = " OR ".join(f"{side}.run_id IN ({DONE})" for side in sides)
        name = f"{TABLE}_no_{verb.lower()}"
        on = f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} "
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"{on} WHEN {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        else:
            op.execute(FUNCTION % (name, when, SAID))
            op.execute(f"{on} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take it back."""
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for verb in GUARDS:
            op.execute(f"DROP FUNCTION {TABLE}_no_{verb.lower()}()")
